using System.Runtime.InteropServices;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>The flow table of one address family: read in batches, filtered, aged. One reader at a time; the packets go on meanwhile.</summary>
internal sealed class FlowTable<TKey>(TypedMap<TKey, RawFlow> map, FlowPairs pairs, FlowRemoved<TKey>? removed = null)
    where TKey : unmanaged, IFlowKey<TKey>
{
    private const int IcmpV6 = 58;

    private TKey[] _keys = new TKey[4096];
    private RawFlow[] _flows = new RawFlow[4096];

    /// <summary>Every connection by its forward entry, with what the way back has counted. Read while the table changes: what comes or goes meanwhile may be in it or not.</summary>
    public IEnumerable<(TKey Key, RawFlow Forward, RawFlow Reverse)> Read()
    {
        using var scan = map.Scan();
        while (scan.MoveNext())
        {
            // The spans are those of the batch: copied, because an iterator cannot hold them.
            var keys = scan.Keys.ToArray();
            var flows = scan.Values.ToArray();
            for (var i = 0; i < keys.Length; i++)
            {
                if ((flows[i].Flags & Shared.FlowReverse) == 0)
                {
                    pairs.TryFind(keys[i], flows[i], out var reverse);
                    yield return (keys[i], flows[i], reverse.Flow);
                }
            }
        }
    }

    /// <summary>
    /// Removes connections as it reads them, however many there are. A batch is of whole buckets, and what is taken out of one moves nothing
    /// in others: none is passed over.
    /// </summary>
    /// <param name="which">Is asked about each, with what <see cref="Read"/> gives.</param>
    /// <returns>How many were removed.</returns>
    public long Remove(Func<TKey, RawFlow, RawFlow, bool> which)
    {
        var count = 0L;
        using var scan = map.Scan();
        while (scan.MoveNext())
        {
            for (var i = 0; i < scan.Keys.Length; i++)
            {
                ref readonly var key = ref scan.Keys[i];
                ref readonly var flow = ref scan.Values[i];
                if ((flow.Flags & Shared.FlowReverse) != 0)
                {
                    continue;
                }

                pairs.TryFind(key, flow, out var reverse);
                count += which(key, flow, reverse.Flow) && TryRemove(key, flow) ? 1 : 0;
            }
        }

        return count;
    }

    /// <summary>
    /// Removes both directions of the flow of which this was read; false when it was gone, or another one has come in its place since.
    /// </summary>
    public bool TryRemove(in TKey key, in RawFlow flow) =>
        map.TryLookup(key, out var now) && IsSameFlow(now, flow) && RemoveBoth(key, now);

    /// <summary>One pass: flows of dead endpoints and flows that were silent for too long go, both directions together; allocates nothing.</summary>
    public void Sweep(ref SweepState sweep)
    {
        var cursor = default(MapCursor);
        MapBatchStatus status;
        do
        {
            status = map.LookupBatch(ref cursor, _keys, _flows, out var count);
            if (status == MapBatchStatus.SpansTooSmall)
            {
                _keys = new TKey[_keys.Length * 2];
                _flows = new RawFlow[_flows.Length * 2];
                continue;
            }

            for (var i = 0; i < count; i++)
            {
                Judge(_keys[i], _flows[i], ref sweep);
            }
        }
        while (status != MapBatchStatus.End);
    }

    /// <summary>Judges an entry as it is now.</summary>
    public void Judge(in TKey key, ref SweepState sweep)
    {
        if (map.TryLookup(key, out var flow))
        {
            Judge(key, flow, ref sweep);
        }
    }

    public static ServiceProtocol ProtocolOf(in TKey key) => key.Protocol == IcmpV6 ? ServiceProtocol.Icmp : (ServiceProtocol)key.Protocol;

    /// <summary>What has been read is old when its turn comes: nothing is removed that is not there any more as it was.</summary>
    internal void Judge(in TKey key, in RawFlow flow, ref SweepState sweep)
    {
        var isReverse = (flow.Flags & Shared.FlowReverse) != 0;
        if (sweep.IsRetired(flow.Endpoint))
        {
            sweep.Removed += map.TryLookup(key, out var now) && sweep.IsRetired(now.Endpoint) && RemoveBoth(key, now) ? 1 : 0;
            return;
        }

        // Signed: another CPU may have seen a packet after the pass took its time.
        var idle = (int)(sweep.Now - flow.LastSeen);
        if (idle > sweep.TimeoutOf(ProtocolOf(key), flow))
        {
            Expire(key, flow, isReverse, ref sweep);
        }
        else if (!isReverse)
        {
            sweep.CountForward(flow);
        }
    }

    /// <summary>A direction that is silent may belong to a connection that is not: the other one is asked.</summary>
    private void Expire(in TKey key, in RawFlow flow, bool isReverse, ref SweepState sweep)
    {
        if (!map.TryLookup(key, out var now))
        {
            return;
        }

        var hasSibling = pairs.TryFind(key, now, out var sibling);
        var isAlive = !IsSameFlow(now, flow) || now.State != flow.State || now.LastSeen != flow.LastSeen
            || (hasSibling && (int)(sweep.Now - sibling.Flow.LastSeen) <= sweep.TimeoutOf(ProtocolOf(key), sibling.Flow));
        if (isAlive)
        {
            if (!isReverse)
            {
                sweep.CountForward(now);
            }

            return;
        }

        // Half a connection is no connection, except with direct server return.
        if (pairs.Remove(key, out var isWhole) && (isWhole || (now.Flags & Shared.FlowDirect) != 0))
        {
            sweep.Expired++;
            removed?.Invoke(key, now, ConnectionChangeKind.Expired);
        }
    }

    private bool RemoveBoth(in TKey key, in RawFlow flow)
    {
        if (!pairs.Remove(key, out _))
        {
            return false;
        }

        removed?.Invoke(key, flow, ConnectionChangeKind.Removed);
        return true;
    }

    private static bool IsSameFlow(in RawFlow left, in RawFlow right) =>
        left.Endpoint == right.Endpoint
        && ((left.Flags ^ right.Flags) & Shared.FlowReverse) == 0
        && Same(TKey.Sibling(left, 0), TKey.Sibling(right, 0));

    private static bool Same(in TKey left, in TKey right) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in left)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<TKey>(in right)));
}
