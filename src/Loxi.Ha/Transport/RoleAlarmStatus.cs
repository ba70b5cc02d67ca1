using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport;

/// <summary>An alarm of a role that is not over.</summary>
/// <param name="Alarm">What is wrong.</param>
/// <param name="Peer">The other node, if one is meant.</param>
/// <param name="Since">When it began, on CLOCK_MONOTONIC.</param>
/// <param name="Count">How often it was told since the speaker has run.</param>
public readonly record struct RoleAlarmStatus(RoleAlarm Alarm, ushort? Peer, TimeSpan Since, long Count);
