using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Node.Roles;

/// <summary>
/// The roles of this node, given from outside by <c>cistate</c>: the last post is obeyed at once. Once one has ever come, a group without a post since
/// the start has no role. Immutable; a post makes another one.
/// </summary>
internal sealed record RoleModel
{
    /// <summary>Most groups.</summary>
    public const int Limit = 64;

    /// <summary>No roles at all: nobody has ever posted one.</summary>
    public static RoleModel None { get; } = new();

    /// <summary>No role yet, where roles are used.</summary>
    public static RoleModel Awaited { get; } = new() { AreUsed = true };

    /// <summary>Whether roles are used: a role has been posted to this node once, be it before its start.</summary>
    public bool AreUsed { get; init; }

    public ImmutableDictionary<string, GroupRole> Groups { get; init; } = ImmutableDictionary<string, GroupRole>.Empty;

    public NodeRole RoleOf(string group) => Groups.TryGetValue(group, out var state) ? state.Role : NodeRole.NotDefined;

    /// <summary>The groups as <c>GET /netlox/v1/config/cistate/all</c> shows them: the default one first, with or without a post.</summary>
    public IEnumerable<ClusterState> ToWire()
    {
        yield return ToWire(VipGroups.Default, Groups.GetValueOrDefault(VipGroups.Default, GroupRole.NotDefined));
        foreach (var (group, state) in Groups.Where(static g => g.Key != VipGroups.Default).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            yield return ToWire(group, state);
        }
    }

    /// <summary>Takes a post in.</summary>
    public RoleResult Post(ClusterState wire, out RoleModel desired)
    {
        desired = this;
        var problems = new List<Problem>();
        var group = VipGroups.Resolve(wire.Instance);
        if (!NameRules.IsValid(group))
        {
            problems.Add(Problem.Of("instance", wire.Instance, NameRules.Expected));
        }

        if (!NodeRoleNames.TryParse(wire.State, out var role))
        {
            problems.Add(Problem.Of("state", wire.State, NodeRoleNames.Expected));
        }

        IPAddress? vip = IPAddress.Any;
        if (!string.IsNullOrEmpty(wire.Vip) && (!AddressText.TryParse(wire.Vip, out vip) || !(AddressRules.IsUsable(vip) || vip.Equals(IPAddress.Any) || vip.Equals(IPAddress.IPv6Any))))
        {
            problems.Add(Problem.Of("vip", wire.Vip, $"{AddressRules.Usable}; 0.0.0.0 for none"));
        }

        if (problems.Count != 0)
        {
            return new RoleResult(RoleOutcome.Malformed, [.. problems]);
        }

        if (!Groups.ContainsKey(group) && Groups.Count >= Limit)
        {
            return new RoleResult(RoleOutcome.LimitReached, []);
        }

        var state = new GroupRole(role, vip!);
        if (!AreUsed || Groups.GetValueOrDefault(group) != state)
        {
            desired = new RoleModel { AreUsed = true, Groups = Groups.SetItem(group, state) };
        }

        return new RoleResult(RoleOutcome.Done, []);
    }

    private static ClusterState ToWire(string group, GroupRole state) => new() { Instance = group, State = NodeRoleNames.Of(state.Role), Vip = state.Vip.ToString() };
}
