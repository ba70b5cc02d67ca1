using System.Net;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Tables;
using Loxi.Nat.Translation;

namespace Loxi.Nat.DataPlane;

/// <summary>Later fragments that came before their first one: held, sent after it, or dropped when it does not come. Thread-safe.</summary>
internal sealed class HeldFragments : IAsyncDisposable
{
    private static readonly TimeSpan ExpiryStep = TimeSpan.FromMilliseconds(250);

    private readonly NatMaps _maps;
    private readonly FrameSender _sender;
    private readonly CrossFamilyForwarder _crossing;
    private readonly TunnelCutter _tunnels;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly FragmentHolder _holder;
    private readonly ITimer _expiry;
    private readonly Lock _gate = new();
    private readonly byte[] _held = new byte[65_575 + 22];
    private readonly byte[] _rewritten = new byte[65_575 + 22 + (2 * EthernetFrame.TagLength)];
    private readonly byte[] _piece = new byte[65_575 + 22 + (2 * EthernetFrame.TagLength)];
    private long _unsent;

    public HeldFragments(NatMaps maps, FrameSender sender, CrossFamilyForwarder crossing, TunnelCutter tunnels, TimeProvider time, ulong hashKey)
    {
        _maps = maps;
        _sender = sender;
        _crossing = crossing;
        _tunnels = tunnels;
        _time = time;
        _origin = time.GetTimestamp();
        _holder = new FragmentHolder(hashKey);
        _expiry = time.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public FragmentCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _holder.Counters with { Unsent = _unsent };
            }
        }
    }

    /// <summary>Datagrams that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _holder.DatagramCount;
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    public void Hold(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            var waiting = _holder.DatagramCount;
            _holder.TryAdd(frame, Now);
            if (waiting == 0 && _holder.DatagramCount > 0)
            {
                _expiry.Change(FragmentHolder.HoldTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>The first fragment has made an entry: the others follow it.</summary>
    public void Release(in RawEvent first)
    {
        lock (_gate)
        {
            // RFC 8200 4.5: IPv6 fragments belong together by addresses and identification alone.
            var key = new FragmentKey(
                WireAddress.ToNumber(first.Saddr), WireAddress.ToNumber(first.Daddr), first.Id, first.Family == 4 ? first.Proto : (byte)0);
            while (_holder.TryTake(key, _held, out var length))
            {
                if (!TrySend(first, _held.AsSpan(0, length)))
                {
                    _unsent++;
                }
            }
        }
    }

    /// <summary>Waits for an expiry that runs.</summary>
    public ValueTask DisposeAsync() => _expiry.DisposeAsync();

    private void Expire()
    {
        lock (_gate)
        {
            _holder.Expire(Now);
            if (_holder.DatagramCount > 0)
            {
                _expiry.Change(ExpiryStep, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private bool TrySend(in RawEvent first, ReadOnlySpan<byte> frame)
    {
        if (!TryFindFlow(first, out var flow, out var source, out var destination))
        {
            return false;
        }

        if ((flow.Flags & Shared.FlowDirect) != 0)
        {
            return TrySendDirect(first, flow, frame);
        }

        if ((flow.Flags & Shared.FlowCross) != 0)
        {
            return _crossing.TrySend(frame, flow);
        }

        // The next hop may be one that only the kernel can resolve, as it did for the first fragment.
        var isResolved = NextHopOf.IsKnown(_maps, flow);
        var translation = NextHopOf.Describe(flow, isResolved, source, destination);
        if (!FragmentRewriter.TryRewrite(frame, translation, _rewritten, out var length))
        {
            return false;
        }

        return TrySendPieces(_rewritten.AsSpan(0, length), flow, isResolved, first.Family);
    }

    /// <summary>Direct server return: as it is, to another MAC address or into a tunnel.</summary>
    private bool TrySendDirect(in RawEvent first, in RawFlow flow, ReadOnlySpan<byte> frame)
    {
        var isResolved = NextHopOf.IsKnown(_maps, flow);
        var isTunnel = (flow.Flags & Shared.FlowTunnel) != 0;
        // The Ethernet header of what goes into a tunnel is none that leaves.
        var own = NextHopOf.Describe(flow, isResolved && !isTunnel, WireAddress.ToNumber(first.Saddr), WireAddress.ToNumber(first.Daddr));
        // Without a tunnel it is still for the VIP: the kernel would take it for its own.
        if ((!isTunnel && !isResolved) || !FragmentRewriter.TryRewrite(frame, own, _rewritten, out var length))
        {
            return false;
        }

        return isTunnel
            ? _tunnels.TrySendPieces(_rewritten.AsSpan(EthernetFrame.HeaderLength, length - EthernetFrame.HeaderLength), flow, first.Family == 6 != ((flow.Flags & Shared.FlowCross) != 0))
            : TrySendPieces(_rewritten.AsSpan(0, length), flow, isResolved, first.Family);
    }

    /// <summary>In pieces where the way out takes less than the way in: the kernel would cut an IPv4 packet, but a frame or a packet with its header it does not.</summary>
    private bool TrySendPieces(ReadOnlySpan<byte> frame, in RawFlow flow, bool isResolved, byte family)
    {
        if (!EthernetFrame.TryParse(frame, out _, out var header))
        {
            return false;
        }

        frame[..header].CopyTo(_piece);
        // IPv6 packets are cut by their sender alone (RFC 8200 5).
        var pieces = new FragmentPieces(frame[header..], family == 4 ? LinkMtu.Smallest(_maps) : int.MaxValue);
        while (pieces.MoveNext(_piece.AsSpan(header), out var length))
        {
            var sent = isResolved
                ? _sender.TrySend((int)flow.Ifindex, _piece.AsSpan(0, header + length))
                : _sender.TryRoute(_piece.AsSpan(header, length), AddressOf(flow, family));
            if (!sent)
            {
                return false;
            }
        }

        return true;
    }

    private static IPAddress AddressOf(in RawFlow flow, byte family) =>
        family == 4 ? RawFlowKey4.TranslatedDestination(flow) : RawFlowKey6.TranslatedDestination(flow);

    private bool TryFindFlow(in RawEvent e, out RawFlow flow, out UInt128 source, out UInt128 destination)
    {
        if (e.Family == 4)
        {
            var key = new RawFlowKey4 { Saddr = WireAddress.ToWord(e.Saddr), Daddr = WireAddress.ToWord(e.Daddr), Sport = e.Sport, Dport = e.Dport, Proto = e.Proto };
            var found = _maps.Flow4.TryLookup(key, out flow);
            source = WireAddress.ToNumber(flow.Xsaddr4);
            destination = WireAddress.ToNumber(flow.Xdaddr4);
            return found;
        }

        var key6 = new RawFlowKey6 { Saddr = e.Saddr, Daddr = e.Daddr, Sport = e.Sport, Dport = e.Dport, Proto = e.Proto };
        var found6 = _maps.Flow6.TryLookup(key6, out flow);
        source = WireAddress.ToNumber(flow.Xsaddr6);
        destination = WireAddress.ToNumber(flow.Xdaddr6);
        return found6;
    }
}
