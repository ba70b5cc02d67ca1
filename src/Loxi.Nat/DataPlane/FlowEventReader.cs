using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Connections;
using Loxi.Nat.Tables;

namespace Loxi.Nat.DataPlane;

/// <summary>Takes the events of the programs from their ring and hands them on.</summary>
internal sealed class FlowEventReader(NatMaps maps, PuntHandler punts, ConnectionChanges changes) : IDisposable
{
    private readonly RingBufferReader _reader = new(maps.Events);

    public void Run(CancellationToken cancellationToken) => _reader.Run(OnRecord, cancellationToken);

    /// <summary>Handles the events that are in the ring. Not while <see cref="Run"/> does.</summary>
    public int Take() => _reader.Consume(OnRecord);

    public void Dispose() => _reader.Dispose();

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
            case RawEventType.Established or RawEventType.Closed or RawEventType.Removed or RawEventType.Changed:
                changes.OnEvent(e);
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
