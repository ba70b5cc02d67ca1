using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport;

/// <summary>A VIP group at one moment.</summary>
public sealed record RoleGroupStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The own role.</summary>
    public required HelloRole Role { get; init; }

    /// <summary>Who decides.</summary>
    public required RoleSource Source { get; init; }

    /// <summary>The term of the role, or the greatest that is known.</summary>
    public required ulong Term { get; init; }

    /// <summary>Whether the VIPs are announced.</summary>
    public required bool Announces { get; init; }

    /// <summary>The node that serves: the own one, or a peer that is heard; null when nobody is heard to.</summary>
    public ushort? Master { get; init; }

    /// <summary>How ready the node is.</summary>
    public required Readiness Readiness { get; init; }

    /// <summary>The health that the node tells.</summary>
    public required byte Health { get; init; }

    /// <summary>Whether the node is pinned as a backup.</summary>
    public required bool Pinned { get; init; }

    /// <summary>VIPs that another host claims.</summary>
    public required ImmutableArray<IPAddress> Withheld { get; init; }

    /// <summary>Nodes that are heard and say that they have another configuration.</summary>
    public ImmutableArray<ushort> Differing { get; init; } = [];

    /// <summary>The other nodes.</summary>
    public ImmutableArray<RoleGroupPeer> Peers { get; init; } = [];

    /// <summary>Until when packets are forwarded, on CLOCK_MONOTONIC.</summary>
    public required TimeSpan AliveUntil { get; init; }

    /// <summary>Until when the VIPs are answered for, on CLOCK_MONOTONIC.</summary>
    public required TimeSpan AnswerUntil { get; init; }

    /// <summary>Until when changes by choice are held back (R9); in the past when they are not.</summary>
    public required TimeSpan HeldUntil { get; init; }

    /// <summary>The last 16 transitions, the newest at the end.</summary>
    public required ImmutableArray<RoleTransition> Transitions { get; init; }

    /// <summary>Alarms of the role that are not over.</summary>
    public ImmutableArray<RoleAlarmStatus> Alarms { get; init; } = [];
}
