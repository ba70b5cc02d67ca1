namespace Loxi.Nat.Interfaces;

/// <summary>An interface that carries the balancer.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hook">How, for what comes in: <c>xdp</c>, <c>tcx</c>, <c>clsact</c>, or <c>none</c>.</param>
/// <param name="EgressHook">How, for what goes out: <c>tcx</c> or <c>clsact</c>; null where that is not looked at.</param>
public sealed record AttachedInterface(int Index, string Name, string Hook, string? EgressHook = null);
