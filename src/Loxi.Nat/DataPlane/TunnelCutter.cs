using System.Buffers.Binary;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Tables;
using Loxi.Nat.Translation;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Sends packets through a tunnel that may be too long for it: IPv4 packets that may be fragmented are cut first, so that every piece fits
/// into an outer packet that goes through. An outer packet of IPv6 could be fragmented by nobody but its sender (RFC 2473 7.2 b), one that a
/// socket or a link takes as a frame is not fragmented at all. One thread at a time.
/// </summary>
internal sealed class TunnelCutter(NatMaps maps, FrameSender sender, ushort firstIdentification)
{
    // An IPv6 packet; its header does not count.
    private const int LargestPacket = IpHeader.Ipv6Length + ushort.MaxValue;
    private const int MtuThroughIpv6 = IpHeader.LeastIpv6Mtu - IpHeader.Ipv6Length;

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
        return TrySendPieces(inner, flow, isIpv6: true);
    }

    /// <summary>Sends a packet as it shall come out of the tunnel of a flow. False when it could not be sent.</summary>
    /// <param name="packet">The packet from its IP header to its end; may not be in a buffer of this object.</param>
    /// <param name="flow">The flow, with direct server return in a tunnel.</param>
    /// <param name="isIpv6">Family of the tunnel.</param>
    public bool TrySendPieces(ReadOnlySpan<byte> packet, in RawFlow flow, bool isIpv6)
    {
        var (source, destination) = isIpv6
            ? (WireAddress.ToNumber(flow.Xsaddr6), WireAddress.ToNumber(flow.Xdaddr6))
            : (WireAddress.ToNumber(flow.Xsaddr4), WireAddress.ToNumber(flow.Xdaddr4));
        var isKnown = NextHopOf.IsKnown(maps, flow);
        var ethernet = isKnown ? FragmentRewriter.WriteEthernet(_frame, NextHopOf.Describe(flow, isKnown, source, destination), isIpv6) : 0;
        var pieces = new FragmentPieces(packet, MostInside(packet, isIpv6));
        while (pieces.MoveNext(_piece, out var length))
        {
            if (!TunnelHeader.TryWrap(_piece.AsSpan(0, length), source, destination, ++_identification, _frame.AsSpan(ethernet), out var outer))
            {
                return false;
            }

            var sent = isKnown
                ? sender.TrySend((int)flow.Ifindex, _frame.AsSpan(0, ethernet + outer))
                : sender.TryRoute(_frame.AsSpan(0, outer), isIpv6 ? WireAddress.ToAddress(flow.Xdaddr6) : WireAddress.ToAddress(flow.Xdaddr4));
            if (!sent)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Most bytes of a piece. IPv6 packets are cut by their sender alone (RFC 8200 5).</summary>
    private int MostInside(ReadOnlySpan<byte> packet, bool isIpv6)
    {
        if (packet[0] >> 4 == 6)
        {
            return int.MaxValue;
        }

        return isIpv6 ? MtuThroughIpv6 : LinkMtu.Smallest(maps) - IpHeader.Ipv4Length;
    }
}
