namespace Loxi.Nat.Health;

/// <summary>A target changed its state.</summary>
/// <param name="Target">The target.</param>
/// <param name="Previous">The state before.</param>
/// <param name="Current">State, since when, and results in a row.</param>
/// <param name="Cause">The result that decided.</param>
public readonly record struct HealthChange(ProbeTarget Target, HealthState Previous, EndpointHealth Current, ProbeResult Cause);
