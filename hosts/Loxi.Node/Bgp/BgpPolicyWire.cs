using System.Collections.Immutable;
using System.Globalization;
using Loxi.Api.Wire;
using Loxi.Bgp.Policy;

namespace Loxi.Node.Bgp;

/// <summary>Writes defined sets and policies as <c>POST</c> takes them.</summary>
internal static class BgpPolicyWire
{
    public static IEnumerable<BgpDefinedSet> SetsOf(BgpPolicies policies, BgpSetKind kind) => kind switch
    {
        BgpSetKind.Prefix => policies.PrefixSets.Select(static set => new BgpDefinedSet
        {
            Name = set.Name,
            Prefixes = [.. set.Prefixes.Select(static p => new BgpPrefixRangeArguments { IPPrefix = p.Network.ToString(), MaskLengthRange = Text(p.MaskLengthRange()) })],
        }),
        BgpSetKind.Neighbor => policies.PeerSets.Select(static set => new BgpDefinedSet { Name = set.Name, Values = [.. set.Networks.Select(static n => n.ToString())] }),
        _ => BgpModel.PatternsOf(policies, kind).Select(static set => new BgpDefinedSet { Name = set.Name, Values = [.. set.Patterns] }),
    };

    public static BgpPolicyDefinition ToWire(BgpPolicy policy) => new()
    {
        Name = policy.Name,
        Statements = [.. policy.Statements.Select(static statement => new BgpPolicyStatementArguments
        {
            Name = statement.Name,
            Conditions = ToWire(statement.Conditions),
            Actions = ToWire(statement.Actions),
        })],
    };

    private static BgpPolicyConditionArguments ToWire(BgpPolicyConditions c) => new()
    {
        PrefixSet = c.PrefixSet is { } prefix ? new BgpSetCondition { PrefixSet = prefix.Set, Option = OptionOf(prefix) } : null,
        NeighborSet = c.PeerSet is { } peer ? new BgpSetCondition { NeighborSet = peer.Set, Option = OptionOf(peer) } : null,
        Attributes = new BgpConditions
        {
            Families = c.Families.IsEmpty ? null : [.. c.Families.Select(BgpNames.Of)],
            AsPathLength = c.AsPathLength is { } length ? new BgpAsPathLengthCondition { Operator = OperatorOf(length.Comparison), Value = length.Value } : null,
            AsPathSet = c.AsPathSet is { } path ? new BgpSetCondition { AsPathSet = path.Set, Options = OptionOf(path) } : null,
            CommunitySet = OfCommunities(c.CommunitySet),
            ExtendedCommunitySet = OfCommunities(c.ExtendedCommunitySet),
            LargeCommunitySet = OfCommunities(c.LargeCommunitySet),
            NextHops = c.NextHops.IsEmpty ? null : [.. c.NextHops.Select(static n => n.ToString())],
            RouteType = c.RouteType is { } type ? BgpNames.Of(type) : null,
        },
    };

    private static BgpPolicyActionArguments ToWire(BgpPolicyActions a) => new()
    {
        Disposition = a.Disposition switch { BgpRouteDisposition.Accept => "accept-route", BgpRouteDisposition.Reject => "reject-route", _ => null },
        Attributes = new BgpActions
        {
            Med = a.Med?.ToString(),
            NextHop = a.NextHop switch { null => null, { Method: BgpNextHopMethod.Self } => "self", { Method: BgpNextHopMethod.Unchanged } => "unchanged", { } hop => hop.Address?.ToString() },
            LocalPreference = a.LocalPreference,
            Communities = ToWire(a.Communities),
            ExtendedCommunities = ToWire(a.ExtendedCommunities),
            LargeCommunities = ToWire(a.LargeCommunities),
            Prepend = a.Prepend is { } prepend ? new BgpPrependArguments { As = prepend.As?.ToString(CultureInfo.InvariantCulture) ?? "last-as", Count = prepend.Count } : null,
        },
    };

    private static BgpCommunityActionArguments? ToWire(BgpCommunityAction? action) =>
        action is null ? null : new BgpCommunityActionArguments { Option = BgpNames.Of(action.Method), Communities = [.. action.Communities] };

    private static BgpSetCondition? OfCommunities(BgpSetMatch? match) => match is null ? null : new BgpSetCondition { CommunitySet = match.Set, Options = OptionOf(match) };

    private static string OptionOf(BgpSetMatch match) => BgpNames.Of(match.Option);

    private static string OperatorOf(BgpComparison comparison) => comparison switch { BgpComparison.Equal => "eq", BgpComparison.AtLeast => "ge", _ => "le" };

    private static string? Text(string text) => text.Length == 0 ? null : text;
}
