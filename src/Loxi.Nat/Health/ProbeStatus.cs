namespace Loxi.Nat.Health;

/// <summary>What is known about a target at one moment.</summary>
/// <param name="Target">The target.</param>
/// <param name="Health">State, since when, and results in a row.</param>
/// <param name="LastResult">How the last probe ended.</param>
/// <param name="LastProbeAt">When the last probe ended; null before the first.</param>
/// <param name="Probes">Probes that ended.</param>
/// <param name="FailedProbes">Probes that ended with neither success nor <see cref="ProbeResult.LocalError"/>.</param>
/// <param name="LocalErrors">Probes that ended with <see cref="ProbeResult.LocalError"/>.</param>
/// <param name="MinDelay">Shortest time of a successful probe; null before the first.</param>
/// <param name="AverageDelay">Mean time of the successful probes; null before the first.</param>
/// <param name="MaxDelay">Longest time of a successful probe; null before the first.</param>
public sealed record ProbeStatus(
    ProbeTarget Target,
    EndpointHealth Health,
    ProbeResult LastResult,
    DateTimeOffset? LastProbeAt,
    long Probes,
    long FailedProbes,
    long LocalErrors,
    TimeSpan? MinDelay,
    TimeSpan? AverageDelay,
    TimeSpan? MaxDelay);
