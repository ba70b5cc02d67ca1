using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Bgp.Policy;

public static partial class BgpPolicyValidator
{
    private const string OrRegex = ", or a regular expression over it of at most 256 characters, without look-around or back references";
    private const string CommunityExpected = "a community as 65000:100, a number, or a well-known name as no-export";
    private const string ExtendedExpected = "an extended community as rt:65000:100, soo:192.0.2.1:5 or 0x and 16 hexadecimal digits";
    private const string LargeExpected = "a large community as 65000:1:2";
    private const int MostCommunities = 64;
    private const int MostPrepends = 10;

    private static void CheckPolicies(BgpPolicies policies, ImmutableArray<Problem>.Builder problems)
    {
        for (var i = 0; i < policies.Policies.Length; i++)
        {
            var statements = policies.Policies[i]?.Statements ?? [];
            var field = $"policies[{i}].statements";
            CheckCount(statements.Length, Statements, field, problems);
            CheckNames(statements, field, static statement => statement?.Name, problems);
            for (var k = 0; k < statements.Length; k++)
            {
                if (statements[k] is { } statement)
                {
                    CheckConditions(statement.Conditions, policies, $"{field}[{k}].conditions.", problems);
                    CheckActions(statement.Actions, $"{field}[{k}].actions.", problems);
                }
            }
        }
    }

    private static void CheckConditions(BgpPolicyConditions? conditions, BgpPolicies policies, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (conditions is null)
        {
            problems.Add(Problem.Of(field.TrimEnd('.'), null, "conditions, which may be empty"));
            return;
        }

        CheckSet(conditions.PrefixSet, policies.PrefixSets.Any(set => set?.Name == conditions.PrefixSet?.Set), false, field + "matchPrefixSet", "prefixSet", problems);
        CheckSet(conditions.PeerSet, policies.PeerSets.Any(set => set?.Name == conditions.PeerSet?.Set), false, field + "matchNeighborSet", "neighborSet", problems);
        CheckPatternSet(conditions.AsPathSet, policies.AsPathSets, field + "bgpConditions.matchAsPathSet", "asPathSet", problems);
        CheckPatternSet(conditions.CommunitySet, policies.CommunitySets, field + "bgpConditions.matchCommunitySet", "communitySet", problems);
        CheckPatternSet(conditions.ExtendedCommunitySet, policies.ExtendedCommunitySets, field + "bgpConditions.matchExtCommunitySet", "communitySet", problems);
        CheckPatternSet(conditions.LargeCommunitySet, policies.LargeCommunitySets, field + "bgpConditions.matchLargeCommunitySet", "communitySet", problems);
        CheckEnum(conditions.AsPathLength?.Comparison, field + "bgpConditions.asPathLength.operator", "eq, ge or le", problems);
        CheckEnum(conditions.RouteType, field + "bgpConditions.routeType", "internal, external or local", problems);
    }

    private static void CheckPatternSet(BgpSetMatch? match, ImmutableArray<BgpPatternSet> sets, string field, string name, ImmutableArray<Problem>.Builder problems)
        => CheckSet(match, sets.Any(set => set?.Name == match?.Set), true, field, name, problems);

    private static void CheckSet(BgpSetMatch? match, bool exists, bool hasAll, string field, string name, ImmutableArray<Problem>.Builder problems)
    {
        if (match is null)
        {
            return;
        }

        if (!exists)
        {
            problems.Add(Problem.Of($"{field}.{name}", match.Set, "the name of a defined set of this kind"));
        }

        if (!Enum.IsDefined(match.Option) || (match.Option == BgpMatchOption.All && !hasAll))
        {
            problems.Add(Problem.Of($"{field}.matchSetOption", match.Option, hasAll ? "any, all or invert" : "any or invert"));
        }
    }

    private static void CheckEnum<T>(T? value, string field, string expected, ImmutableArray<Problem>.Builder problems)
        where T : struct, Enum
    {
        if (value is { } set && !Enum.IsDefined(set))
        {
            problems.Add(Problem.Of(field, set, expected));
        }
    }

    private static void CheckActions(BgpPolicyActions? actions, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (actions is null)
        {
            problems.Add(Problem.Of(field.TrimEnd('.'), null, "actions, which may be empty"));
            return;
        }

        CheckEnum<BgpRouteDisposition>(actions.Disposition, field + "routeDisposition", "accept-route, reject-route or none", problems);
        field += "bgpActions.";
        CheckEnum(actions.Med?.Method, field + "setMed", "a number, +number or -number", problems);
        CheckNextHop(actions.NextHop, field + "setNextHop", problems);
        CheckCommunities(actions.Communities, field + "setCommunity", CommunityExpected, static text => PolicyText.TryCommunity(text, out _), problems);
        CheckCommunities(actions.ExtendedCommunities, field + "setExtCommunity", ExtendedExpected, static text => PolicyText.TryExtendedCommunity(text, out _), problems);
        CheckCommunities(actions.LargeCommunities, field + "setLargeCommunity", LargeExpected, static text => PolicyText.TryLargeCommunity(text, out _), problems);
        if (actions.Prepend is { } prepend)
        {
            // RFC 7607: AS 0 is never sent; 23456 stands for an AS that does not fit (RFC 6793).
            if (prepend.As is 0 or 23456)
            {
                problems.Add(Problem.Of(field + "setAsPathPrepend.as", prepend.As, "last-as, or an AS of 1 to 4294967295 that is not 23456"));
            }

            if (prepend.Count is < 1 or > MostPrepends)
            {
                problems.Add(Problem.Of(field + "setAsPathPrepend.repeatN", prepend.Count, $"1 to {MostPrepends}"));
            }
        }
    }

    private static void CheckNextHop(BgpNextHopAction? action, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (action is null)
        {
            return;
        }

        var isAddress = action.Method == BgpNextHopMethod.Address;
        if (!Enum.IsDefined(action.Method) || isAddress != action.Address is not null || (action.Address is { } address && !IsUnicast(address)))
        {
            problems.Add(Problem.Of(field, (object?)action.Address ?? action.Method, "a unicast address, self or unchanged"));
        }
    }

    private static bool IsUnicast(System.Net.IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        _ = address.TryWriteBytes(octets, out var length);
        return length == 4
            ? octets[0] is > 0 and < 224 and not 127
            : !address.IsIPv4MappedToIPv6 && !address.IsIPv6Multicast && !address.Equals(System.Net.IPAddress.IPv6Any) && !address.Equals(System.Net.IPAddress.IPv6Loopback);
    }

    private static void CheckCommunities(
        BgpCommunityAction? action, string field, string expected, Func<string, bool> isValue, ImmutableArray<Problem>.Builder problems)
    {
        if (action is null)
        {
            return;
        }

        CheckEnum<BgpCommunityMethod>(action.Method, field + ".options", "add, remove or replace", problems);
        CheckCount(action.Communities.Length, MostCommunities, field + ".setCommunityMethod", problems);
        var isRemove = action.Method == BgpCommunityMethod.Remove;
        for (var i = 0; i < action.Communities.Length; i++)
        {
            var text = action.Communities[i];
            if (text is null || !(isValue(text) || (isRemove && PolicyText.TryRegex(text, isAsPath: false, out _))))
            {
                problems.Add(Problem.Of($"{field}.setCommunityMethod[{i}]", text, isRemove ? expected + OrRegex : expected));
            }
        }
    }
}
