namespace Loxi.Nat.Statistics;

/// <summary>How often the kernel was asked to find a neighbour that the programs missed, since the process started.</summary>
/// <param name="Asked">It was asked.</param>
/// <param name="Suppressed">It was not: it had been within a second, it looks or has found it already, or the flow was gone.</param>
/// <param name="Failed">It could not be: no route, or no interface any more.</param>
public readonly record struct NeighbourCounters(long Asked, long Suppressed, long Failed);
