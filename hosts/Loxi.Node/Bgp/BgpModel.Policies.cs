using System.Collections.Immutable;
using Loxi.Api.Mapping;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Bgp.Policy;
using Loxi.Core;

namespace Loxi.Node.Bgp;

// Defined sets, policies, and which peers they are for.
internal sealed partial record BgpModel
{
    public const string ExpectedKind = "prefix, neighbor, community, extcommunity, largecommunity or aspath";

    /// <summary>Reads the name of a kind, in any case as loxilb's clients send it.</summary>
    public static bool TryParseKind(string text, out BgpSetKind kind) =>
        Enum.TryParse(text, ignoreCase: true, out kind) && Enum.IsDefined(kind) && !char.IsAsciiDigit(text[0]);

    /// <summary>Makes a defined set, or takes the place of the one of the same name.</summary>
    public BgpResult PutSet(BgpSetKind kind, BgpDefinedSet wire, out BgpModel desired)
    {
        var problems = new List<Problem>();
        var name = wire.Name ?? "";
        var policies = kind switch
        {
            BgpSetKind.Prefix => Policies with { PrefixSets = Put(Policies.PrefixSets, BgpPolicyReader.ReadPrefixes(wire, problems), static s => s.Name) },
            BgpSetKind.Neighbor => Policies with { PeerSets = Put(Policies.PeerSets, BgpPolicyReader.ReadPeers(wire, problems), static s => s.Name) },
            _ => WithPatterns(kind, Put(PatternsOf(kind), new BgpPatternSet(name, BgpPolicyReader.ReadTexts(wire, problems)), static s => s.Name)),
        };
        return Check(policies, problems, $"{FieldOf(kind)}[{IndexOf(policies, kind, name)}].", out desired);
    }

    /// <summary>Takes a defined set away.</summary>
    public BgpResult RemoveSet(BgpSetKind kind, string name, out BgpModel desired)
    {
        desired = this;
        if (IndexOf(Policies, kind, name) < 0)
        {
            return new BgpResult(BgpOutcome.NoSet);
        }

        if (Policies.Policies.FirstOrDefault(p => p.Statements.Any(s => Uses(s.Conditions, kind, name))) is { } user)
        {
            return new BgpResult(BgpOutcome.InUse, [Problem.Of("name", name, $"a set that no policy uses; {user.Name} does")]);
        }

        desired = this with
        {
            Policies = kind switch
            {
                BgpSetKind.Prefix => Policies with { PrefixSets = Policies.PrefixSets.RemoveAll(s => s.Name == name) },
                BgpSetKind.Neighbor => Policies with { PeerSets = Policies.PeerSets.RemoveAll(s => s.Name == name) },
                _ => WithPatterns(kind, PatternsOf(kind).RemoveAll(s => s.Name == name)),
            },
        };
        return new BgpResult(BgpOutcome.Done);
    }

    /// <summary>Makes a policy, or takes the place of the one of the same name.</summary>
    public BgpResult PutPolicy(BgpPolicyDefinition wire, out BgpModel desired)
    {
        var problems = new List<Problem>();
        var policy = BgpPolicyReader.ReadPolicy(wire, problems);
        var policies = Policies with { Policies = Put(Policies.Policies, policy, static p => p.Name) };
        return Check(policies, problems, $"policies[{policies.Policies.IndexOf(policy)}].", out desired);
    }

    /// <summary>Takes a policy away.</summary>
    public BgpResult RemovePolicy(string name, out BgpModel desired)
    {
        desired = this;
        if (!Policies.Policies.Any(p => p.Name == name))
        {
            return new BgpResult(BgpOutcome.NoPolicy);
        }

        string[] users = [.. InOrder.Where(p => Passes(p.Settings, name)).Select(static p => $"{p.Key}"), .. RangesInOrder.Where(r => Passes(r.Settings, name)).Select(static r => $"{r.Key}")];
        if (users.Length != 0)
        {
            return new BgpResult(BgpOutcome.InUse, [Problem.Of("name", name, $"a policy that no peer passes; {string.Join(", ", users)} does")]);
        }

        desired = this with { Policies = Policies with { Policies = Policies.Policies.RemoveAll(p => p.Name == name) } };
        return new BgpResult(BgpOutcome.Done);
    }

    /// <summary>Lets routes from or to a peer pass policies, after those that they pass already, or no longer.</summary>
    public BgpResult Apply(BgpPolicyApplication wire, bool isRemoval, out BgpModel desired)
    {
        desired = this;
        var problems = new List<Problem>();
        if (!AddressText.TryParse(wire.IPAddress, out var address))
        {
            problems.Add(Problem.Of(BgpWireFields.IPAddress, wire.IPAddress, BgpReader.AnAddress));
        }

        if (wire.PolicyType is not ("import" or "export"))
        {
            problems.Add(Problem.Of("policyType", wire.PolicyType, "import or export"));
        }

        bool? action = null;
        if (!string.IsNullOrEmpty(wire.RouteAction) && !BgpNames.TryParseDecision(wire.RouteAction, out action))
        {
            problems.Add(Problem.Of("routeAction", wire.RouteAction, BgpNames.ExpectedDecision));
        }

        ImmutableArray<string> names = [.. (wire.Policies ?? wire.PoliciesOfClients ?? []).Select(static n => n ?? "")];
        if (!isRemoval)
        {
            problems.AddRange(BgpPolicyValidator.ValidateNames(names, Policies, "policies"));
        }

        if (problems.Count != 0)
        {
            return new BgpResult(BgpOutcome.Malformed, [.. problems]);
        }

        var result = FindOrTell(new BgpSelector(address!, wire.Interface ?? ""), out var peer);
        if (peer is null)
        {
            return result;
        }

        var before = wire.PolicyType == "import" ? peer.Settings.ImportPolicies : peer.Settings.ExportPolicies;
        var after = !isRemoval ? before.AddRange(names.Except(before)) : names.IsEmpty ? [] : before.RemoveRange(names);
        var decision = isRemoval || string.IsNullOrEmpty(wire.RouteAction) ? null : wire.RouteAction;
        desired = With(peer with { Settings = WithPolicies(peer.Settings, wire.PolicyType == "import", after, decision, action) });
        desired = desired.Peers[peer.Key] == peer ? this : desired;
        return result;
    }

    private static BgpPeerSettings WithPolicies(BgpPeerSettings settings, bool isImport, ImmutableArray<string> names, string? decision, bool? action) => isImport
        ? settings with { ImportPolicies = names, ImportDefaultAccept = decision is null ? settings.ImportDefaultAccept : action }
        : settings with { ExportPolicies = names, ExportDefaultAccept = decision is null ? settings.ExportDefaultAccept : action };

    /// <summary>The policies by themselves and, where they are right, with everything else.</summary>
    private BgpResult Check(BgpPolicies policies, List<Problem> problems, string prefix, out BgpModel desired)
    {
        desired = this;
        var known = problems.Select(static p => p.Field).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(BgpPolicyValidator.Validate(policies)
            // The path begins where the body does.
            .Select(p => p with { Field = p.Field.StartsWith(prefix, StringComparison.Ordinal) ? p.Field[prefix.Length..].Replace("List[", "list[", StringComparison.Ordinal).Replace("prefixlist[", "prefixList[", StringComparison.Ordinal) : p.Field })
            .Where(p => !known.Contains(p.Field)));
        if (problems.Count != 0)
        {
            return new BgpResult(BgpOutcome.Malformed, [.. problems]);
        }

        desired = policies.Equals(Policies) ? this : this with { Policies = policies };
        return new BgpResult(BgpOutcome.Done);
    }

    private static bool Passes(BgpPeerSettings settings, string policy) => settings.ImportPolicies.Contains(policy) || settings.ExportPolicies.Contains(policy);

    private static bool Uses(BgpPolicyConditions conditions, BgpSetKind kind, string name) => (kind switch
    {
        BgpSetKind.Prefix => conditions.PrefixSet,
        BgpSetKind.Neighbor => conditions.PeerSet,
        BgpSetKind.Community => conditions.CommunitySet,
        BgpSetKind.ExtCommunity => conditions.ExtendedCommunitySet,
        BgpSetKind.LargeCommunity => conditions.LargeCommunitySet,
        _ => conditions.AsPathSet,
    })?.Set == name;

    private ImmutableArray<BgpPatternSet> PatternsOf(BgpSetKind kind) => PatternsOf(Policies, kind);

    public static ImmutableArray<BgpPatternSet> PatternsOf(BgpPolicies policies, BgpSetKind kind) => kind switch
    {
        BgpSetKind.Community => policies.CommunitySets,
        BgpSetKind.ExtCommunity => policies.ExtendedCommunitySets,
        BgpSetKind.LargeCommunity => policies.LargeCommunitySets,
        _ => policies.AsPathSets,
    };

    private BgpPolicies WithPatterns(BgpSetKind kind, ImmutableArray<BgpPatternSet> sets) => kind switch
    {
        BgpSetKind.Community => Policies with { CommunitySets = sets },
        BgpSetKind.ExtCommunity => Policies with { ExtendedCommunitySets = sets },
        BgpSetKind.LargeCommunity => Policies with { LargeCommunitySets = sets },
        _ => Policies with { AsPathSets = sets },
    };

    private static string FieldOf(BgpSetKind kind) => kind switch
    {
        BgpSetKind.Prefix => "prefixSets",
        BgpSetKind.Neighbor => "neighborSets",
        BgpSetKind.Community => "communitySets",
        BgpSetKind.ExtCommunity => "extCommunitySets",
        BgpSetKind.LargeCommunity => "largeCommunitySets",
        _ => "asPathSets",
    };

    private static int IndexOf(BgpPolicies policies, BgpSetKind kind, string name) => kind switch
    {
        BgpSetKind.Prefix => IndexOf(policies.PrefixSets.Select(static s => s.Name), name),
        BgpSetKind.Neighbor => IndexOf(policies.PeerSets.Select(static s => s.Name), name),
        _ => IndexOf(PatternsOf(policies, kind).Select(static s => s.Name), name),
    };

    private static int IndexOf(IEnumerable<string> names, string name) => names.Index().Where(n => n.Item == name).Select(static n => (int?)n.Index).FirstOrDefault() ?? -1;

    private static ImmutableArray<T> Put<T>(ImmutableArray<T> items, T item, Func<T, string> name) =>
        [.. items.Where(i => name(i) != name(item)).Append(item).OrderBy(name, StringComparer.Ordinal)];
}
