using System.Collections.Immutable;
using System.Net;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Loxi.Nat.Translation;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Translates between the address families what the programs leave to user space (fragments, ICMP errors, headers with options, UDP without
/// checksum; what is too long for a tunnel of the other family, but may be fragmented) and sends it: to the next hop that the flow's entry knows, or, while that is not known, through a raw socket (IPPROTO_RAW), so
/// that the kernel finds the way and the neighbour. One thread at a time; the counters from any.
/// </summary>
internal sealed class CrossFamilyForwarder(NatMaps maps, FrameSender sender, TunnelCutter tunnels, ushort firstIdentification)
{
    private const int LargestPacket = 65_575;

    private static readonly int Outcomes = Enum.GetValues<TranslationStatus>().Length;

    private readonly byte[] _translated = new byte[LargestPacket + HeaderTranslator.MaxGrowth];
    private readonly byte[] _frame = new byte[EthernetFrame.HeaderLength + (2 * EthernetFrame.TagLength) + LargestPacket + HeaderTranslator.MaxGrowth];
    private readonly long[] _outcomes = new long[Outcomes];
    private ushort _identification = firstIdentification;

    /// <summary>What became of packets.</summary>
    public ImmutableArray<TranslationCounter> ReadCounters() =>
        [.. Enum.GetValues<TranslationStatus>().Select(status => new TranslationCounter(status, Interlocked.Read(ref _outcomes[(int)status])))];

    /// <summary>Translates and sends a frame of a connection between the families.</summary>
    public void Forward(ReadOnlySpan<byte> frame)
    {
        var status = ReadPacket(frame, out var packet);
        if (status == TranslationStatus.Translated)
        {
            status = FlowTuple.Read(maps, packet, out var tuple);
            if (status == TranslationStatus.Translated)
            {
                status = tuple.TryFind(maps, out var flow) ? Send(packet, flow) : TranslationStatus.NoConnection;
            }
        }

        Interlocked.Increment(ref _outcomes[(int)status]);
    }

    /// <summary>Translates and sends a frame whose connection is known.</summary>
    public bool TrySend(ReadOnlySpan<byte> frame, in RawFlow flow)
    {
        var status = ReadPacket(frame, out var packet);
        if (status == TranslationStatus.Translated)
        {
            status = Send(packet, flow);
        }

        Interlocked.Increment(ref _outcomes[(int)status]);
        return status == TranslationStatus.Translated;
    }

    private static TranslationStatus ReadPacket(ReadOnlySpan<byte> frame, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        if (!EthernetFrame.TryParse(frame, out var etherType, out var headerLength))
        {
            return TranslationStatus.Truncated;
        }

        packet = frame[headerLength..];
        return etherType is EthernetFrame.Ipv4 or EthernetFrame.Ipv6 ? TranslationStatus.Translated : TranslationStatus.Malformed;
    }

    private TranslationStatus Send(ReadOnlySpan<byte> packet, in RawFlow flow)
    {
        if ((flow.Flags & Shared.FlowCross) == 0)
        {
            return TranslationStatus.NoConnection;
        }

        // Direct server return translates nothing: there the other family is that of the tunnel.
        if ((flow.Flags & Shared.FlowDirect) != 0)
        {
            return tunnels.TrySend(packet, flow) ? TranslationStatus.Translated : TranslationStatus.NotSent;
        }

        var to = packet[0] >> 4 == 6
            ? new TranslatedTuple(WireAddress.ToNumber(flow.Xsaddr4), WireAddress.ToNumber(flow.Xdaddr4), WireAddress.FromWire(flow.Xsport), WireAddress.FromWire(flow.Xdport))
            : new TranslatedTuple(WireAddress.ToNumber(flow.Xsaddr6), WireAddress.ToNumber(flow.Xdaddr6), WireAddress.FromWire(flow.Xsport), WireAddress.FromWire(flow.Xdport));
        var status = HeaderTranslator.Translate(packet, to, ++_identification, _translated, out var length);
        if (status != TranslationStatus.Translated)
        {
            return status;
        }

        return TrySendPieces(_translated.AsSpan(0, length), to, flow) ? TranslationStatus.Translated : TranslationStatus.NotSent;
    }

    private bool TrySendPieces(ReadOnlySpan<byte> packet, in TranslatedTuple to, in RawFlow flow)
    {
        var isKnown = NextHopOf.IsKnown(maps, flow);
        var header = isKnown ? FragmentRewriter.WriteEthernet(_frame, NextHopOf.Describe(flow, isKnown, to.Source, to.Destination), to.IsIpv6) : 0;
        // RFC 7915 4: an IPv6 fragment that comes from IPv4 fits any path.
        var mtu = to.IsIpv6 ? IpHeader.LeastIpv6Mtu : LinkMtu.Smallest(maps);
        var pieces = new FragmentPieces(packet, mtu);
        while (pieces.MoveNext(_frame.AsSpan(header), out var length))
        {
            var sent = isKnown
                ? sender.TrySend((int)flow.Ifindex, _frame.AsSpan(0, header + length))
                : sender.TryRoute(_frame.AsSpan(0, length), DestinationOf(flow, to.IsIpv6));
            if (!sent)
            {
                return false;
            }
        }

        return true;
    }

    private static IPAddress DestinationOf(in RawFlow flow, bool isIpv6) =>
        isIpv6 ? WireAddress.ToAddress(flow.Xdaddr6) : WireAddress.ToAddress(flow.Xdaddr4);
}
