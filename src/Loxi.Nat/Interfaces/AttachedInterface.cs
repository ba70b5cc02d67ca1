namespace Loxi.Nat.Interfaces;

/// <summary>An interface that carries the balancer.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">How: <c>xdp</c>, <c>tcx</c> or <c>clsact</c>.</param>
public sealed record AttachedInterface(int Index, string Name, string Hook);
