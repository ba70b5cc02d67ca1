using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Bgp.Policy;
using Loxi.Core;

namespace Loxi.Node.Bgp;

/// <summary>Reads defined sets and policies from the wire. What can be read and is wrong nevertheless <see cref="BgpPolicyValidator"/> finds. Pure.</summary>
internal static partial class BgpPolicyReader
{
    private const string APrefix = "a prefix such as 192.0.2.0/24 or 2001:db8::/32";
    private const string APrefixOrAddress = "an address, or " + APrefix;

    public static BgpPrefixSet ReadPrefixes(BgpDefinedSet wire, List<Problem> problems)
    {
        var ranges = ImmutableArray.CreateBuilder<BgpPrefixRange>();
        foreach (var (index, item) in (wire.Prefixes ?? []).Index())
        {
            if (!PrefixText.TryParse(item?.IPPrefix, out _))
            {
                problems.Add(Problem.Of($"prefixList[{index}].ipPrefix", item?.IPPrefix, APrefix));
            }
            else if (BgpPrefixRange.TryParse(item!.IPPrefix, item.MaskLengthRange, out var range))
            {
                ranges.Add(range);
            }
            else
            {
                problems.Add(Problem.Of($"prefixList[{index}].masklengthRange", item.MaskLengthRange, "none, or two lengths such as 24..32"));
            }
        }

        if (wire.Values is { Count: > 0 } values)
        {
            problems.Add(Problem.Of("list", $"{values.Count} members", "none: the members of a set of prefixes are in prefixList"));
        }

        return new BgpPrefixSet(wire.Name ?? "", ranges.DrainToImmutable());
    }

    public static BgpPeerSet ReadPeers(BgpDefinedSet wire, List<Problem> problems)
    {
        var networks = ImmutableArray.CreateBuilder<IPNetwork>();
        foreach (var (index, text) in (wire.Values ?? []).Index())
        {
            if (TryNetwork(text, out var network))
            {
                networks.Add(network);
            }
            else
            {
                problems.Add(Problem.Of($"list[{index}]", text, APrefixOrAddress));
            }
        }

        RefusePrefixes(wire, problems);
        return new BgpPeerSet(wire.Name ?? "", networks.DrainToImmutable());
    }

    public static ImmutableArray<string> ReadTexts(BgpDefinedSet wire, List<Problem> problems)
    {
        RefusePrefixes(wire, problems);
        return [.. (wire.Values ?? []).Select(static text => text ?? "")];
    }

    private static void RefusePrefixes(BgpDefinedSet wire, List<Problem> problems)
    {
        if (wire.Prefixes is { Count: > 0 } prefixes)
        {
            problems.Add(Problem.Of("prefixList", $"{prefixes.Count} members", "none: the members of this kind of set are in list"));
        }
    }

    public static BgpPolicy ReadPolicy(BgpPolicyDefinition wire, List<Problem> problems)
    {
        var statements = ImmutableArray.CreateBuilder<BgpPolicyStatement>();
        foreach (var (index, item) in (wire.Statements ?? []).Index())
        {
            var field = $"statements[{index}].";
            if (item is null)
            {
                problems.Add(Problem.Of(field.TrimEnd('.'), null, "an object"));
            }

            // A name that nobody gave is needed for nothing but messages.
            var name = string.IsNullOrEmpty(item?.Name) ? $"{index + 1}" : item.Name;
            statements.Add(new BgpPolicyStatement(name)
            {
                Conditions = ReadConditions(item?.Conditions, field + "conditions.", problems),
                Actions = ReadActions(item?.Actions, field + "actions.", problems),
            });
        }

        return new BgpPolicy(wire.Name ?? "", statements.DrainToImmutable());
    }

    private static BgpPolicyActions ReadActions(BgpPolicyActionArguments? wire, string field, List<Problem> problems)
    {
        var attributes = wire?.Attributes;
        return new BgpPolicyActions
        {
            Disposition = ReadDisposition(wire?.Disposition, field, problems),
            Med = ReadMed(attributes?.Med, field, problems),
            NextHop = ReadNextHop(attributes?.NextHop, field, problems),
            LocalPreference = ReadLocalPreference(attributes?.LocalPreference, field, problems),
            Communities = ReadCommunities(attributes?.Communities, field + "bgpActions.setCommunity", problems),
            ExtendedCommunities = ReadCommunities(attributes?.ExtendedCommunities, field + "bgpActions.setExtCommunity", problems),
            LargeCommunities = ReadCommunities(attributes?.LargeCommunities, field + "bgpActions.setLargeCommunity", problems),
            Prepend = ReadPrepend(attributes?.Prepend, field, problems),
        };
    }

    private static BgpRouteDisposition ReadDisposition(string? text, string field, List<Problem> problems)
    {
        BgpRouteDisposition? disposition = text switch
        {
            null or "" or "none" => BgpRouteDisposition.None,
            "accept-route" => BgpRouteDisposition.Accept,
            "reject-route" => BgpRouteDisposition.Reject,
            _ => null,
        };
        if (disposition is null)
        {
            problems.Add(Problem.Of(field + "routeDisposition", text, "accept-route, reject-route or none"));
        }

        return disposition ?? BgpRouteDisposition.None;
    }

    private static BgpMedAction? ReadMed(string? text, string field, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (BgpMedAction.TryParse(text, out var action))
        {
            return action;
        }

        problems.Add(Problem.Of(field + "bgpActions.setMed", text, "a number from 0 to 4294967295, +number or -number"));
        return null;
    }

    private static BgpNextHopAction? ReadNextHop(string? text, string field, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text is "self" or "unchanged")
        {
            return new BgpNextHopAction(text == "self" ? BgpNextHopMethod.Self : BgpNextHopMethod.Unchanged);
        }

        if (AddressText.TryParse(text, out var address))
        {
            return new BgpNextHopAction(BgpNextHopMethod.Address, address);
        }

        problems.Add(Problem.Of(field + "bgpActions.setNextHop", text, "an address, self or unchanged"));
        return null;
    }

    private static uint? ReadLocalPreference(long? value, string field, List<Problem> problems)
    {
        if (value is < 0 or > uint.MaxValue)
        {
            problems.Add(Problem.Of(field + "bgpActions.setLocalPerf", value, "0 to 4294967295, 0 for none"));
        }

        return value is >= 1 and <= uint.MaxValue ? (uint)value : null;
    }

    private static BgpCommunityAction? ReadCommunities(BgpCommunityActionArguments? wire, string field, List<Problem> problems)
    {
        if (wire is null || (string.IsNullOrEmpty(wire.Option) && wire.Communities is null or { Count: 0 }))
        {
            return null;
        }

        BgpCommunityMethod? method = wire.Option?.ToLowerInvariant() switch
        {
            "add" => BgpCommunityMethod.Add,
            "remove" => BgpCommunityMethod.Remove,
            "replace" => BgpCommunityMethod.Replace,
            _ => null,
        };
        if (method is null)
        {
            problems.Add(Problem.Of(field + ".options", wire.Option, "add, remove or replace"));
        }

        return new BgpCommunityAction(method ?? BgpCommunityMethod.Add, [.. (wire.Communities ?? []).Select(static c => c ?? "")]);
    }

    private static BgpPrependAction? ReadPrepend(BgpPrependArguments? wire, string field, List<Problem> problems)
    {
        if (wire is null || (string.IsNullOrEmpty(wire.As) && wire.Count is null or 0))
        {
            return null;
        }

        var number = 1u;
        if (wire.As != "last-as" && !uint.TryParse(wire.As, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            problems.Add(Problem.Of(field + "bgpActions.setAsPathPrepend.as", wire.As, "last-as, or an AS of 1 to 4294967295 that is not 23456"));
            number = 1;
        }

        return new BgpPrependAction(wire.As == "last-as" ? null : number, (int)Math.Clamp(wire.Count ?? 0, int.MinValue, int.MaxValue));
    }

    private static bool TryNetwork(string? text, out IPNetwork network)
    {
        if (AddressText.TryParse(text, out var address))
        {
            network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }

        return PrefixText.TryParse(text, out network);
    }
}
