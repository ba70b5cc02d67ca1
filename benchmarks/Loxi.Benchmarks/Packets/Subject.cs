namespace Loxi.Benchmarks.Packets;

/// <summary>A data plane with one address family.</summary>
internal sealed record Subject(IDataPlane Plane, int Family);
