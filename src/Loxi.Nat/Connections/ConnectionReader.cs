using Loxi.Core.Connections;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>Walks both tables by their forward entries, IPv4 first.</summary>
internal sealed class ConnectionReader(NatMaps maps, FlowPairs pairs, ServiceTables services) : IConnectionReader
{
    /// <summary>
    /// Below it the client's last packet says how old a connection is: a look at the other direction costs as much as all the rest of
    /// a record, and shorter is no timeout.
    /// </summary>
    private static readonly int _exactAge = FlowClock.ToTicks(TimeSpan.FromSeconds(15));

    private readonly FlowWalk<RawFlowKey4> _flows4 = new(maps.Flow4);
    private readonly FlowWalk<RawFlowKey6> _flows6 = new(maps.Flow6);
    private ConnectionBuckets? _only;
    private bool _disposed;

    public void Restart()
    {
        _only = null;
        _flows4.Restart();
        _flows6.Restart();
    }

    public void Restart(ConnectionBuckets only)
    {
        ArgumentNullException.ThrowIfNull(only);
        Restart();
        _only = only;
    }

    public int Read(Span<ConnectionRecord> records)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (records.IsEmpty)
        {
            throw new ArgumentException("The span is empty, expected room for a record or more.", nameof(records));
        }

        var now = FlowClock.Now;
        var count = Read(_flows4, records, now);
        return count < records.Length ? count + Read(_flows6, records[count..], now) : count;
    }

    public void Dispose() => _disposed = true;

    private int Read<TKey>(FlowWalk<TKey> walk, Span<ConnectionRecord> records, uint now)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var count = 0;
        while (count < records.Length && walk.MoveNext())
        {
            ref readonly var key = ref walk.Key;
            ref readonly var flow = ref walk.Flow;
            records[count] = FlowRecords.Of(key, flow, services.BlockOf(flow.Endpoint), TimeSpan.Zero);
            if (_only is null || _only.Contains(ConnectionBuckets.Of(records[count])))
            {
                // Not of those that nobody asked for: it may take a look into the table.
                records[count] = records[count] with { Age = Age(key, flow, now) };
                count++;
            }
        }

        return count;
    }

    private TimeSpan Age<TKey>(in TKey key, in RawFlow forward, uint now)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        var lastSeen = forward.LastSeen;
        if ((int)(now - lastSeen) > _exactAge && pairs.TryFind(key, forward, out var reverse) && (int)(reverse.Flow.LastSeen - lastSeen) > 0)
        {
            lastSeen = reverse.Flow.LastSeen;
        }

        var age = FlowClock.Since(lastSeen, now);
        return age < ConnectionRecord.MaxAge ? age : ConnectionRecord.MaxAge;
    }
}
