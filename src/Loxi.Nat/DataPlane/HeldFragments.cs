using System.Net;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>Later fragments that came before their first one: held, sent after it, or dropped when it does not come. Thread-safe.</summary>
internal sealed class HeldFragments : IAsyncDisposable
{
    private static readonly TimeSpan ExpiryStep = TimeSpan.FromMilliseconds(250);

    private readonly NatMaps _maps;
    private readonly FrameSender _sender;
    private readonly CrossFamilyForwarder _crossing;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly FragmentHolder _holder;
    private readonly ITimer _expiry;
    private readonly Lock _gate = new();
    private readonly byte[] _held = new byte[65_575 + 22];
    private readonly byte[] _rewritten = new byte[65_575 + 22 + (2 * EthernetFrame.TagLength)];
    private readonly byte[] _tunnelled = new byte[65_575 + 22 + (2 * EthernetFrame.TagLength) + TunnelHeader.MaxLength];
    private ushort _identification;
    private long _unsent;

    public HeldFragments(NatMaps maps, FrameSender sender, CrossFamilyForwarder crossing, TimeProvider time, ulong hashKey)
    {
        _maps = maps;
        _sender = sender;
        _crossing = crossing;
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

        var sent = _rewritten.AsSpan(0, length);
        return isResolved
            ? _sender.TrySend((int)flow.Ifindex, sent)
            : _sender.TryRoute(sent[EthernetFrame.HeaderLength..], AddressOf(flow, first.Family));
    }

    /// <summary>Direct server return: as it is, to another MAC address or into a tunnel.</summary>
    private bool TrySendDirect(in RawEvent first, in RawFlow flow, ReadOnlySpan<byte> frame)
    {
        var isResolved = NextHopOf.IsKnown(_maps, flow);
        var isTunnel = (flow.Flags & Shared.FlowTunnel) != 0;
        var own = NextHopOf.Describe(flow, isResolved, WireAddress.ToNumber(first.Saddr), WireAddress.ToNumber(first.Daddr));
        // Without a tunnel it is still for the VIP: the kernel would take it for its own.
        if ((!isTunnel && !isResolved) || !FragmentRewriter.TryRewrite(frame, own, _rewritten, out var length))
        {
            return false;
        }

        if (!isTunnel)
        {
            return _sender.TrySend((int)flow.Ifindex, _rewritten.AsSpan(0, length));
        }

        var isIpv6 = first.Family == 6 != ((flow.Flags & Shared.FlowCross) != 0);
        var (source, destination) = isIpv6
            ? (WireAddress.ToNumber(flow.Xsaddr6), WireAddress.ToNumber(flow.Xdaddr6))
            : (WireAddress.ToNumber(flow.Xsaddr4), WireAddress.ToNumber(flow.Xdaddr4));
        var header = FragmentRewriter.WriteEthernet(_tunnelled, own, isIpv6);
        if (!TunnelHeader.TryWrap(_rewritten.AsSpan(EthernetFrame.HeaderLength, length - EthernetFrame.HeaderLength), source, destination, ++_identification, _tunnelled.AsSpan(header), out var outer))
        {
            return false;
        }

        return isResolved
            ? _sender.TrySend((int)flow.Ifindex, _tunnelled.AsSpan(0, header + outer))
            : _sender.TryRoute(_tunnelled.AsSpan(header, outer), isIpv6 ? WireAddress.ToAddress(flow.Xdaddr6) : WireAddress.ToAddress(flow.Xdaddr4));
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
