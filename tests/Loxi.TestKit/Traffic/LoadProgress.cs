namespace Loxi.TestKit.Traffic;

/// <summary>Counts of a running load.</summary>
/// <param name="Requests">Requests begun.</param>
/// <param name="Answered">Requests answered as they should be.</param>
/// <param name="Failed">Requests (and connection attempts) that failed.</param>
/// <param name="Connected">Connections established in all.</param>
/// <param name="Open">Connections open now.</param>
public readonly record struct LoadProgress(long Requests, long Answered, long Failed, long Connected, int Open);
