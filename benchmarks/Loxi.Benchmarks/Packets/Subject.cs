namespace Loxi.Benchmarks.Packets;

/// <summary>A data plane with one service.</summary>
internal sealed record Subject(IDataPlane Plane, BalancedService Service)
{
    internal int Family => Service.Family;
}
