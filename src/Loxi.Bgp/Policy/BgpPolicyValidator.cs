using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Core;

namespace Loxi.Bgp.Policy;

/// <summary>Finds all that is wrong with sets and policies at once.</summary>
public static partial class BgpPolicyValidator
{
    /// <summary>Most sets of a kind, and most policies.</summary>
    public const int Definitions = 1_000;

    /// <summary>Most members of a set.</summary>
    public const int Members = 10_000;

    /// <summary>Most statements of a policy.</summary>
    public const int Statements = 1_000;

    private const string NameExpected = "1 to 128 printable characters";

    /// <summary>Checks sets and policies, also against each other.</summary>
    /// <param name="policies">What to check.</param>
    /// <returns>All problems, with fields as <c>prefixSets[0].prefixList[2].masklengthRange</c>; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="policies"/> is null.</exception>
    public static ImmutableArray<Problem> Validate(BgpPolicies policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        CheckNames(policies.PrefixSets, "prefixSets", static set => set?.Name, problems);
        CheckNames(policies.PeerSets, "neighborSets", static set => set?.Name, problems);
        CheckNames(policies.Policies, "policies", static policy => policy?.Name, problems);
        for (var i = 0; i < policies.PrefixSets.Length; i++)
        {
            CheckPrefixes(policies.PrefixSets[i], $"prefixSets[{i}].prefixList", problems);
        }

        for (var i = 0; i < policies.PeerSets.Length; i++)
        {
            CheckCount(policies.PeerSets[i]?.Networks.Length ?? 0, Members, $"neighborSets[{i}].List", problems);
        }

        CheckPatterns(policies.AsPathSets, "asPathSets", "a regular expression over AS numbers of at most 256 characters, without look-around or back references",
            static text => PolicyText.TryRegex(text, isAsPath: true, out _), problems);
        CheckPatterns(policies.CommunitySets, "communitySets", CommunityExpected + OrRegex,
            static text => PolicyText.TryCommunity(text, out _) || (!PolicyText.LooksLikeAValue(text, CommunityKind.Standard) && PolicyText.TryRegex(text, isAsPath: false, out _)), problems);
        CheckPatterns(policies.ExtendedCommunitySets, "extCommunitySets", ExtendedExpected + OrRegex,
            static text => PolicyText.TryExtendedCommunity(text, out _) || (!PolicyText.LooksLikeAValue(text, CommunityKind.Extended) && PolicyText.TryRegex(text, isAsPath: false, out _)), problems);
        CheckPatterns(policies.LargeCommunitySets, "largeCommunitySets", LargeExpected + OrRegex,
            static text => PolicyText.TryLargeCommunity(text, out _) || (!PolicyText.LooksLikeAValue(text, CommunityKind.Large) && PolicyText.TryRegex(text, isAsPath: false, out _)), problems);
        CheckPolicies(policies, problems);
        return problems.DrainToImmutable();
    }

    /// <summary>Checks that the policies that a peer names exist, each named once.</summary>
    /// <param name="names">What the peer names.</param>
    /// <param name="policies">What there is.</param>
    /// <param name="field">Name of the peer's field, for the problems.</param>
    /// <returns>All problems; empty when there is none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="policies"/> is null.</exception>
    public static ImmutableArray<Problem> ValidateNames(ImmutableArray<string> names, BgpPolicies policies, string field)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var problems = ImmutableArray.CreateBuilder<Problem>();
        for (var i = 0; i < names.Length; i++)
        {
            if (!policies.Policies.Any(policy => policy.Name == names[i]))
            {
                problems.Add(Problem.Of($"{field}[{i}]", names[i], "the name of a defined policy"));
            }
            else if (names.IndexOf(names[i]) != i)
            {
                problems.Add(Problem.Of($"{field}[{i}]", names[i], "each policy once"));
            }
        }

        return problems.DrainToImmutable();
    }

    private static void CheckNames<T>(ImmutableArray<T> items, string field, Func<T, string?> name, ImmutableArray<Problem>.Builder problems)
    {
        CheckCount(items.Length, Definitions, field, problems);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < items.Length; i++)
        {
            var text = name(items[i]);
            if (!IsName(text))
            {
                problems.Add(Problem.Of($"{field}[{i}].name", text, NameExpected));
            }
            else if (!seen.TryAdd(text!, i))
            {
                problems.Add(Problem.Of($"{field}[{i}].name", text, $"another name than {field}[{seen[text!]}] has"));
            }
        }
    }

    private static bool IsName(string? text) => text is { Length: > 0 and <= 128 } && !text.Any(static c => char.IsControl(c) || char.IsSurrogate(c));

    private static void CheckCount(int count, int limit, string field, ImmutableArray<Problem>.Builder problems)
    {
        if (count > limit)
        {
            problems.Add(Problem.Of(field, count, $"at most {limit} of them"));
        }
    }

    private static void CheckPrefixes(BgpPrefixSet? set, string field, ImmutableArray<Problem>.Builder problems)
    {
        var prefixes = set?.Prefixes ?? [];
        CheckCount(prefixes.Length, Members, field, problems);
        for (var i = 0; i < prefixes.Length; i++)
        {
            var (network, width) = (prefixes[i].Network, prefixes[i].Network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            var low = prefixes[i].MinimumLength ?? network.PrefixLength;
            var high = prefixes[i].MaximumLength ?? low;
            if (low < network.PrefixLength || high < low || high > width)
            {
                problems.Add(Problem.Of($"{field}[{i}].masklengthRange", prefixes[i].MaskLengthRange(), $"<low>..<high> with {network.PrefixLength} <= low <= high <= {width}"));
            }
        }
    }

    private static void CheckPatterns(
        ImmutableArray<BgpPatternSet> sets, string field, string expected, Func<string, bool> isValid, ImmutableArray<Problem>.Builder problems)
    {
        CheckNames(sets, field, static set => set?.Name, problems);
        for (var i = 0; i < sets.Length; i++)
        {
            var patterns = sets[i]?.Patterns ?? [];
            CheckCount(patterns.Length, Members, $"{field}[{i}].List", problems);
            for (var k = 0; k < patterns.Length; k++)
            {
                if (patterns[k] is null || !isValid(patterns[k]))
                {
                    problems.Add(Problem.Of($"{field}[{i}].List[{k}]", patterns[k], expected));
                }
            }
        }
    }
}
