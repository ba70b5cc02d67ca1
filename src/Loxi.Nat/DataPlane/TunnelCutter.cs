using System.Buffers.Binary;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Tables;
using Loxi.Nat.Translation;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Sends IPv4 packets that are too long for their tunnel over IPv6 and may be fragmented: cut first, so that every piece fits into an outer
/// packet that fits any path. The outer packet itself could be fragmented by nobody but its sender (RFC 2473 7.2 b). One thread at a time.
/// </summary>
internal sealed class TunnelCutter(NatMaps maps, FrameSender sender, ushort firstIdentification)
{
    private const int LargestPacket = ushort.MaxValue;
    private const int InnerMtu = IpHeader.LeastIpv6Mtu - IpHeader.Ipv6Length;

    private readonly byte[] _packet = new byte[LargestPacket];
    private readonly byte[] _piece = new byte[LargestPacket];
    private readonly byte[] _frame = new byte[EthernetFrame.HeaderLength + (2 * EthernetFrame.TagLength) + LargestPacket + TunnelHeader.MaxLength];
    private ushort _identification = firstIdentification;

    /// <summary>Sends a packet of a flow with direct server return in a tunnel of the other family. False when it is none that can be cut, or could not be sent.</summary>
    public bool TrySend(ReadOnlySpan<byte> packet, in RawFlow flow)
    {
        // Headers with options are not cut: some belong in the first piece only.
        if (IpHeader.Read(packet, isQuoted: false, out var header) != TranslationStatus.Translated
            || header.IsIpv6 || header.HopLimit <= 1 || (packet[0] & 0xf) * 4 != IpHeader.Ipv4Length)
        {
            return false;
        }

        var inner = _packet.AsSpan(0, header.TotalLength);
        packet[..header.TotalLength].CopyTo(inner);
        inner[8]--;
        inner[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(inner[10..], InternetChecksum.Finish(InternetChecksum.Add(0, inner[..IpHeader.Ipv4Length])));
        TransportRewriter.CompleteChecksum(inner[header.Length..], header);
        return TrySendPieces(inner, flow);
    }

    private bool TrySendPieces(ReadOnlySpan<byte> packet, in RawFlow flow)
    {
        var (source, destination) = (WireAddress.ToNumber(flow.Xsaddr6), WireAddress.ToNumber(flow.Xdaddr6));
        var isKnown = NextHopOf.IsKnown(maps, flow);
        var ethernet = isKnown ? FragmentRewriter.WriteEthernet(_frame, NextHopOf.Describe(flow, isKnown, source, destination), isIpv6: true) : 0;
        var pieces = new FragmentPieces(packet, InnerMtu);
        while (pieces.MoveNext(_piece, out var length))
        {
            if (!TunnelHeader.TryWrap(_piece.AsSpan(0, length), source, destination, ++_identification, _frame.AsSpan(ethernet), out var outer))
            {
                return false;
            }

            var sent = isKnown
                ? sender.TrySend((int)flow.Ifindex, _frame.AsSpan(0, ethernet + outer))
                : sender.TryRoute(_frame.AsSpan(0, outer), WireAddress.ToAddress(flow.Xdaddr6));
            if (!sent)
            {
                return false;
            }
        }

        return true;
    }
}
