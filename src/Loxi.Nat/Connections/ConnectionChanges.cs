using Loxi.Core.Connections;
using Loxi.Linux.Time;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>Tells subscribers of what the programs and the sweeper report, one change at a time. The programs report while there is a subscriber.</summary>
internal sealed class ConnectionChanges(NatMaps maps, ServiceTables services, RecordFailures failures)
{
    private readonly Lock _subscribing = new();
    private readonly Lock _telling = new();
    private ConnectionChangeHandler? _handlers;

    public void Add(ConnectionChangeHandler? handler)
    {
        lock (_subscribing)
        {
            _handlers += handler;
            maps.SetControlFlag(Shared.ControlFlowEvents, _handlers is not null);
        }
    }

    public void Remove(ConnectionChangeHandler? handler)
    {
        lock (_subscribing)
        {
            _handlers -= handler;
            maps.SetControlFlag(Shared.ControlFlowEvents, _handlers is not null);
        }
    }

    /// <summary>An event of the programs about a connection. What a subscriber throws is the caller's.</summary>
    public void OnEvent(in RawEvent e)
    {
        if (Volatile.Read(ref _handlers) is { } handlers)
        {
            var kind = (RawEventType)e.Type switch
            {
                RawEventType.Established => ConnectionChangeKind.Established,
                RawEventType.Closed => ConnectionChangeKind.Closed,
                RawEventType.Changed => ConnectionChangeKind.Changed,
                _ => ConnectionChangeKind.Removed,
            };
            Tell(handlers, new ConnectionChange(kind, Time(e.Time), FlowRecords.Of(e, services.BlockOf(e.Endpoint))));
        }
    }

    /// <summary>A connection that user space has removed. What a subscriber throws is counted: the rest has to go all the same.</summary>
    public void OnRemoved<TKey>(in TKey key, in RawFlow flow, ConnectionChangeKind kind)
        where TKey : unmanaged, IFlowKey<TKey>
    {
        if (Volatile.Read(ref _handlers) is not { } handlers)
        {
            return;
        }

        try
        {
            var age = FlowClock.Since(flow.LastSeen, FlowClock.Now);
            var record = FlowRecords.Of(key, flow, services.BlockOf(flow.Endpoint), age, ConnectionOperation.Delete);
            Tell(handlers, new ConnectionChange(kind, Time((ulong)CoarseClock.Nanoseconds), record));
        }
        catch (Exception e)
        {
            failures.Note(e);
        }
    }

    private void Tell(ConnectionChangeHandler handlers, in ConnectionChange change)
    {
        lock (_telling)
        {
            handlers(change);
        }
    }

    private static TimeSpan Time(ulong nanoseconds) => TimeSpan.FromTicks((long)nanoseconds / TimeSpan.NanosecondsPerTick);
}
