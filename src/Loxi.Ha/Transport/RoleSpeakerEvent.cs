using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport;

/// <summary>Something that happened: a transition, an alarm of a role, or an alarm of the transport.</summary>
public sealed record RoleSpeakerEvent
{
    /// <summary>The VIP group; null when it is about the node.</summary>
    public string? Group { get; init; }

    /// <summary>The other node, if one is meant.</summary>
    public ushort? Peer { get; init; }

    /// <summary>The change of role.</summary>
    public RoleTransition? Transition { get; init; }

    /// <summary>The alarm of a role.</summary>
    public RoleAlarm? RoleAlarm { get; init; }

    /// <summary>The alarm of the transport.</summary>
    public HelloAlarm? HelloAlarm { get; init; }

    /// <summary>An alarm that lasted is over.</summary>
    public bool IsOver { get; init; }

    /// <summary>The role is given away after a stop; the process may end.</summary>
    public bool IsStopped { get; init; }

    /// <summary>What an operator reads.</summary>
    public string Text { get; init; } = "";
}
