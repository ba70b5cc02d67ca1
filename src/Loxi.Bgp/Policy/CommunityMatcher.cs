using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Loxi.Bgp.Policy;

/// <summary>A set of communities, compiled.</summary>
internal sealed class CommunityMatcher
{
    private readonly CommunityKind _kind;
    private readonly FrozenSet<UInt128> _values;
    private readonly ImmutableArray<Regex> _patterns;

    internal CommunityMatcher(BgpPatternSet set, CommunityKind kind)
    {
        _kind = kind;
        var values = new HashSet<UInt128>();
        var patterns = ImmutableArray.CreateBuilder<Regex>();
        Span<byte> octets = stackalloc byte[12];
        foreach (var text in set.Patterns)
        {
            if (CommunityText.TryWrite(kind, text, octets))
            {
                values.Add(Key(octets[..CommunityText.Width(kind)]));
            }
            else if (PolicyText.TryRegex(text, isAsPath: false, out var regex))
            {
                patterns.Add(regex);
            }
        }

        _values = values.ToFrozenSet();
        _patterns = patterns.ToImmutable();
    }

    /// <param name="list">Value of the route's attribute; empty when it has none.</param>
    /// <param name="option">How the members decide.</param>
    internal bool Matches(ReadOnlySpan<byte> list, BgpMatchOption option) => option switch
    {
        BgpMatchOption.All => MatchesAll(list),
        BgpMatchOption.Invert => !MatchesAny(list),
        _ => MatchesAny(list),
    };

    private static UInt128 Key(ReadOnlySpan<byte> octets)
    {
        UInt128 key = 0;
        foreach (var octet in octets)
        {
            key = (key << 8) | octet;
        }

        return key;
    }

    private bool MatchesAny(ReadOnlySpan<byte> list)
    {
        var width = CommunityText.Width(_kind);
        for (var at = 0; at + width <= list.Length; at += width)
        {
            var value = list.Slice(at, width);
            if (_values.Contains(Key(value)))
            {
                return true;
            }

            if (_patterns.Length == 0)
            {
                continue;
            }

            var text = CommunityText.Read(_kind, value);
            foreach (var pattern in _patterns)
            {
                if (pattern.IsMatch(text))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool MatchesAll(ReadOnlySpan<byte> list)
    {
        var width = CommunityText.Width(_kind);
        var present = new HashSet<UInt128>();
        for (var at = 0; at + width <= list.Length; at += width)
        {
            present.Add(Key(list.Slice(at, width)));
        }

        if (!_values.IsSubsetOf(present))
        {
            return false;
        }

        foreach (var pattern in _patterns)
        {
            var isFound = false;
            for (var at = 0; !isFound && at + width <= list.Length; at += width)
            {
                isFound = pattern.IsMatch(CommunityText.Read(_kind, list.Slice(at, width)));
            }

            if (!isFound)
            {
                return false;
            }
        }

        return true;
    }
}
