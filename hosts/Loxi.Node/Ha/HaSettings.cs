using System.Collections.Immutable;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Node.Options;
using Loxi.Node.Roles;

namespace Loxi.Node.Ha;

/// <summary>What the speaker of roles is told.</summary>
internal static class HaSettings
{
    /// <summary>Most VIP groups with roles.</summary>
    public const int MostGroups = RoleModel.Limit;

    // A planned switchover has 2 s (R8); then the role is given away without a plan.
    private static readonly TimeSpan Switchover = TimeSpan.FromSeconds(2);

    /// <param name="options">The command line.</param>
    /// <param name="model">The other nodes and the keys.</param>
    /// <param name="groups">The VIP groups.</param>
    /// <param name="restartTime">The restart time that BGP peers are told; null where none is asked for graceful restart.</param>
    public static RoleSpeakerSettings Make(NodeOptions options, HaModel model, ImmutableArray<VipGroup> groups, TimeSpan? restartTime) => new()
    {
        // Without other nodes the number says nothing.
        NodeId = options.Ha.HasPeers ? (ushort)options.PortSlice.Index : (ushort)0,
        Slices = options.Ha.HasPeers ? options.PortSlice.Count : 1,
        Source = options.Ha.HasPeers ? RoleSource.Peers : RoleSource.External,
        Peers = model.Peers,
        Groups = [.. groups.Select(static g => new RoleGroup(g.Name) { SharedLink = g.IsOnLink })],
        Interval = options.Ha.Interval,
        Multiplier = options.Ha.Multiplier,
        Authentication = model.Authentication,
        // R7: routers that were asked for graceful restart send to this node for so long.
        AliveAhead = restartTime > options.Ha.Interval * options.Ha.Multiplier ? restartTime : null,
    };

    /// <summary>How long the other nodes have to take the roles when this one stops.</summary>
    public static TimeSpan StopLimit(HaOptions options) => Switchover + (options.Interval * options.Multiplier * 3);

    /// <summary>Reads the key file, where there is one.</summary>
    /// <exception cref="InvalidRoleSpeakerSettingsException">It has wrong lines, or others may read it.</exception>
    public static HelloAuthentication ReadKeys(HaOptions options) => options.KeyFile is null
        ? new HelloAuthentication { Required = options.Required }
        : new HelloAuthentication { Mode = options.Mode ?? HelloAuthenticationMode.Enforce, Keys = HelloKeyFile.Read(options.KeyFile), Required = options.Required };
}
