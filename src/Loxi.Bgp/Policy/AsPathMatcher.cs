using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Policy;

/// <summary>A set of expressions over AS_PATH, compiled; the frequent forms about one AS are compared as numbers.</summary>
internal sealed class AsPathMatcher
{
    private readonly ImmutableArray<(Form Form, uint As, Regex? Regex)> _members;

    internal AsPathMatcher(BgpPatternSet set)
        => _members = [.. set.Patterns.Select(Compile)];

    private enum Form : byte
    {
        Expression,

        /// <summary><c>_64500_</c></summary>
        Contains,

        /// <summary><c>^64500_</c></summary>
        First,

        /// <summary><c>_64500$</c></summary>
        Last,

        /// <summary><c>^$</c></summary>
        Empty,
    }

    internal bool Matches(AsPath path, BgpMatchOption option)
    {
        string? text = null;
        var matched = 0;
        foreach (var (form, number, regex) in _members)
        {
            var isMatch = form switch
            {
                Form.Contains => path.Contains(number),
                Form.First => path.First == number,
                Form.Last => path.Last == number,
                Form.Empty => path.IsEmpty,
                _ => regex!.IsMatch(text ??= Text(path)),
            };
            matched += isMatch ? 1 : 0;
            if (isMatch && option != BgpMatchOption.All)
            {
                return option == BgpMatchOption.Any;
            }
        }

        return option == BgpMatchOption.Invert || (option == BgpMatchOption.All && matched == _members.Length);
    }

    /// <summary>AS numbers with blanks between them; sets in braces, with commas, so that <c>_</c> is the border of each number.</summary>
    private static string Text(AsPath path) => path.ToString();

    private static (Form Form, uint As, Regex? Regex) Compile(string pattern)
    {
        if (pattern == "^$")
        {
            return (Form.Empty, 0, null);
        }

        if (pattern.Length > 2 && PolicyText.TryNumber(pattern.AsSpan(1, pattern.Length - 2), uint.MaxValue, out var number))
        {
            var form = (pattern[0], pattern[^1]) switch { ('_', '_') => Form.Contains, ('^', '_') => Form.First, ('_', '$') => Form.Last, _ => Form.Expression };
            if (form != Form.Expression)
            {
                return (form, (uint)number, null);
            }
        }

        return PolicyText.TryRegex(pattern, isAsPath: true, out var regex)
            ? (Form.Expression, 0u, regex)
            : throw new ArgumentException($"'{pattern}' is no AS-path expression; the validator finds it", nameof(pattern));
    }
}
