using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Connections;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>Takes the events of the programs from their ring and hands them on. Connection events are asked for only while somebody listens.</summary>
internal sealed class FlowEventReader(NatMaps maps, PuntHandler punts) : IDisposable
{
    private readonly RingBufferReader _reader = new(maps.Events);
    private readonly Lock _gate = new();
    private ConnectionObserver? _handlers;

    public void Run(CancellationToken cancellationToken) => _reader.Run(OnRecord, cancellationToken);

    /// <summary>Handles the events that are in the ring. Not while <see cref="Run"/> does.</summary>
    public int Take() => _reader.Consume(OnRecord);

    public void Add(ConnectionObserver? handler)
    {
        lock (_gate)
        {
            _handlers += handler;
            Publish();
        }
    }

    public void Remove(ConnectionObserver? handler)
    {
        lock (_gate)
        {
            _handlers -= handler;
            Publish();
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Publish() => maps.SetControlFlag(Shared.ControlFlowEvents, _handlers is not null);

    private void OnRecord(ReadOnlySpan<byte> record)
    {
        try
        {
            OnEvent(record);
        }
        catch (Exception e)
        {
            punts.Failures.Note(e);
        }
    }

    private void OnEvent(ReadOnlySpan<byte> record)
    {
        ref readonly var e = ref MemoryMarshal.AsRef<RawEvent>(record);
        switch ((RawEventType)e.Type)
        {
            case RawEventType.Established or RawEventType.Closed:
                _handlers?.Invoke(new ConnectionEvent(e));
                break;
            case RawEventType.FragmentReady when e.State == 0:
                punts.OnFirstFragment(e);
                break;
            case RawEventType.NeighbourMissing:
                punts.Neighbours.OnMissing(e);
                break;
        }
    }
}
