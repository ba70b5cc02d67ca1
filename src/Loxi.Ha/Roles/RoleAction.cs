using System.Collections.Immutable;
using System.Net;

namespace Loxi.Ha.Roles;

/// <summary>One thing to do; <see cref="Kind"/> says which members count.</summary>
public readonly record struct RoleAction
{
    /// <summary>What to do.</summary>
    public required RoleActionKind Kind { get; init; }

    /// <summary>The other node.</summary>
    public ushort Peer { get; init; }

    /// <summary>A count or a number.</summary>
    public ulong Number { get; init; }

    /// <summary>A distance in time.</summary>
    public TimeSpan After { get; init; }

    /// <summary>The longest time.</summary>
    public TimeSpan Limit { get; init; }

    /// <summary>Until when the node forwards, on the clock of the steps.</summary>
    public TimeSpan AliveUntil { get; init; }

    /// <summary>Until when the node answers for the VIPs, on the clock of the steps.</summary>
    public TimeSpan AnswerUntil { get; init; }

    /// <summary>The change of role.</summary>
    public RoleTransition Transition { get; init; }

    /// <summary>What the operator is told.</summary>
    public RoleAlarm Alarm { get; init; }

    /// <summary>The VIPs meant; default or empty: all.</summary>
    public ImmutableArray<IPAddress> Vips { get; init; }
}
