using System.Collections.Immutable;
using System.Net;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Bgp.Policy;
using Loxi.Core;

namespace Loxi.Node.Bgp;

// When a statement applies. A condition that clients send without a value is none.
internal static partial class BgpPolicyReader
{
    private static BgpPolicyConditions ReadConditions(BgpPolicyConditionArguments? wire, string field, List<Problem> problems)
    {
        var attributes = wire?.Attributes;
        var bgp = field + "bgpConditions.";
        if (!string.IsNullOrEmpty(attributes?.Rpki) && attributes.Rpki != "none")
        {
            problems.Add(Problem.Of(bgp + "rpki", attributes.Rpki, "none: this version does not validate origins"));
        }

        return new BgpPolicyConditions
        {
            PrefixSet = ReadMatch(wire?.PrefixSet, wire?.PrefixSet?.PrefixSet, field + "matchPrefixSet", problems),
            PeerSet = ReadMatch(wire?.NeighborSet, wire?.NeighborSet?.NeighborSet, field + "matchNeighborSet", problems),
            AsPathSet = ReadMatch(attributes?.AsPathSet, attributes?.AsPathSet?.AsPathSet, bgp + "matchAsPathSet", problems),
            CommunitySet = ReadMatch(attributes?.CommunitySet, attributes?.CommunitySet?.CommunitySet, bgp + "matchCommunitySet", problems),
            ExtendedCommunitySet = ReadMatch(attributes?.ExtendedCommunitySet, attributes?.ExtendedCommunitySet?.CommunitySet, bgp + "matchExtCommunitySet", problems),
            LargeCommunitySet = ReadMatch(attributes?.LargeCommunitySet, attributes?.LargeCommunitySet?.CommunitySet, bgp + "matchLargeCommunitySet", problems)
                ?? ReadMatch(attributes?.LargeCommunitySetOfClients, attributes?.LargeCommunitySetOfClients?.CommunitySet, bgp + "largeCommunitySet", problems),
            AsPathLength = ReadLength(attributes?.AsPathLength, bgp + "asPathLength", problems),
            NextHops = ReadNextHops(attributes?.NextHops, bgp + "nextHopInList", problems),
            RouteType = ReadRouteType(attributes?.RouteType, bgp + "routeType", problems),
            Families = ReadFamilies(attributes?.Families, bgp + "afiSafiIn", problems),
        };
    }

    private static BgpSetMatch? ReadMatch(BgpSetCondition? wire, string? set, string field, List<Problem> problems)
    {
        var text = string.IsNullOrEmpty(wire?.Option) ? wire?.Options : wire.Option;
        if (string.IsNullOrEmpty(set))
        {
            return null;
        }

        BgpMatchOption? option = text?.ToLowerInvariant() switch
        {
            null or "" or "any" => BgpMatchOption.Any,
            "all" => BgpMatchOption.All,
            "invert" => BgpMatchOption.Invert,
            _ => null,
        };
        if (option is null)
        {
            problems.Add(Problem.Of(field + ".matchSetOption", text, "any, all or invert"));
        }

        return new BgpSetMatch(set, option ?? BgpMatchOption.Any);
    }

    private static BgpAsPathLength? ReadLength(BgpAsPathLengthCondition? wire, string field, List<Problem> problems)
    {
        if (wire is null || (string.IsNullOrEmpty(wire.Operator) && wire.Value is null or 0))
        {
            return null;
        }

        BgpComparison? comparison = wire.Operator?.ToLowerInvariant() switch
        {
            "eq" => BgpComparison.Equal,
            "ge" => BgpComparison.AtLeast,
            "le" => BgpComparison.AtMost,
            _ => null,
        };
        if (comparison is null)
        {
            problems.Add(Problem.Of(field + ".operator", wire.Operator, "eq, ge or le"));
        }

        if (wire.Value is < 0 or > uint.MaxValue)
        {
            problems.Add(Problem.Of(field + ".value", wire.Value, "0 to 4294967295"));
        }

        return new BgpAsPathLength(comparison ?? BgpComparison.Equal, (uint)Math.Clamp(wire.Value ?? 0, 0, uint.MaxValue));
    }

    private static ImmutableArray<IPNetwork> ReadNextHops(IReadOnlyList<string?>? wire, string field, List<Problem> problems)
    {
        var hops = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var (index, text) in (wire ?? []).Index())
        {
            if (TryNetwork(text, out var network))
            {
                hops.Add(network);
            }
            else
            {
                problems.Add(Problem.Of($"{field}[{index}]", text, APrefixOrAddress));
            }
        }

        return hops.DrainToImmutable();
    }

    private static BgpRouteType? ReadRouteType(string? text, string field, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (BgpNames.TryParse<BgpRouteType>(text.ToLowerInvariant(), out var type))
        {
            return type;
        }

        problems.Add(Problem.Of(field, text, "internal, external or local"));
        return null;
    }

    private static ImmutableArray<BgpFamily> ReadFamilies(IReadOnlyList<string?>? wire, string field, List<Problem> problems)
    {
        var families = ImmutableArray.CreateBuilder<BgpFamily>();
        foreach (var (index, text) in (wire ?? []).Index())
        {
            if (BgpNames.TryParseFamily(text, out var family))
            {
                families.Add(family);
            }
            else
            {
                problems.Add(Problem.Of($"{field}[{index}]", text, BgpNames.ExpectedFamily));
            }
        }

        return families.DrainToImmutable();
    }
}
