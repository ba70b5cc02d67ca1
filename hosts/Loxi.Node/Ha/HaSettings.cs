using System.Collections.Immutable;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Options;

namespace Loxi.Node.Ha;

/// <summary>What the speaker of roles is told.</summary>
internal static class HaSettings
{
    // A planned switchover has 2 s (R8); then the role is given away without a plan.
    private static readonly TimeSpan Switchover = TimeSpan.FromSeconds(2);

    public static RoleSpeakerSettings Make(NodeOptions options, HelloAuthentication authentication, ImmutableArray<VipGroup> groups) => new()
    {
        NodeId = (ushort)options.PortSlice.Index,
        Slices = options.PortSlice.Count,
        Source = options.Ha.HasPeers ? RoleSource.Peers : RoleSource.External,
        Peers = options.Ha.Peers,
        Groups = [.. groups.Select(static g => new RoleGroup(g.Name) { SharedLink = g.IsOnLink })],
        Interval = options.Ha.Interval,
        Multiplier = options.Ha.Multiplier,
        Authentication = authentication,
    };

    /// <summary>How long the other nodes have to take the roles when this one stops.</summary>
    public static TimeSpan StopLimit(HaOptions options) => Switchover + (options.Interval * options.Multiplier * 3);

    /// <summary>Reads the key file, where there is one.</summary>
    /// <exception cref="InvalidRoleSpeakerSettingsException">It has wrong lines, or others may read it.</exception>
    public static HelloAuthentication ReadKeys(HaOptions options) => options.KeyFile is null
        ? new HelloAuthentication { Required = options.Required }
        : new HelloAuthentication { Mode = options.Mode ?? HelloAuthenticationMode.Enforce, Keys = HelloKeyFile.Read(options.KeyFile), Required = options.Required };
}
