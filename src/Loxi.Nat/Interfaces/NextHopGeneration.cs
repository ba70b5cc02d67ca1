using Loxi.Nat.DataPlane;

namespace Loxi.Nat.Interfaces;

/// <summary>
/// The number that every cached next hop is compared with. Moving it makes each flow ask the kernel once more with its next packet;
/// nothing is scanned. Zero is never used: it is what a new entry has.
/// </summary>
internal sealed class NextHopGeneration(NatMaps maps)
{
    private readonly Lock _gate = new();

    public void Move()
    {
        lock (_gate)
        {
            ref var control = ref maps.Control.Span[0];
            Volatile.Write(ref control.Generation, control.Generation == uint.MaxValue ? 1 : control.Generation + 1);
        }
    }
}
