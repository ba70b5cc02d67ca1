namespace Loxi.Ha.Announce;

/// <summary>A gateway at one moment.</summary>
/// <param name="Gateway">Which.</param>
/// <param name="Condition">Whether it answers.</param>
/// <param name="Since">Since when that is so, on CLOCK_MONOTONIC.</param>
public sealed record GatewayStatus(TrackedGateway Gateway, GatewayCondition Condition, TimeSpan Since);
