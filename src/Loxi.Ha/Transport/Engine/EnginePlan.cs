using Loxi.Ha.Roles;
using Loxi.Ha.Transport.State;

namespace Loxi.Ha.Transport.Engine;

/// <summary>What shall be, with everything open that it needs.</summary>
internal sealed record EnginePlan(RoleSpeakerSettings Settings)
{
    public List<HelloPort> NewPorts { get; } = [];

    /// <summary>The indices of the interfaces that there are.</summary>
    public Dictionary<string, int> Interfaces { get; } = new(StringComparer.Ordinal);

    /// <summary>What the former run has left, of groups that are new.</summary>
    public Dictionary<string, RoleMemory> Memories { get; } = new(StringComparer.Ordinal);

    /// <summary>What the former run has heard, of peers that are new.</summary>
    public Dictionary<ushort, HaPeerState> Stored { get; } = [];

    /// <summary>R10: how long before the end of its lease the node stops; null without a witness.</summary>
    public TimeSpan? WitnessMargin { get; init; }

    /// <summary>Whether there is a data plane whose gates are kept.</summary>
    public bool Gates { get; init; }
}
