using System.Collections.Immutable;
using System.Globalization;

namespace Loxi.Core.Roles;

/// <summary>
/// The text of a file of keys that authenticate HELLOs: one a line, its number and its secret in hexadecimal digits, e.g. <c>1 00112233445566778899aabbccddeeff</c>; lines that
/// are empty or begin with <c>#</c> are passed over.
/// </summary>
public static class HelloKeyLines
{
    /// <summary>Octets of the shortest secret: 16.</summary>
    public const int ShortestSecret = 16;

    /// <summary>Octets of the longest secret: 64.</summary>
    public const int LongestSecret = 64;

    /// <summary>What a secret is, as a phrase that follows "expected".</summary>
    public static string ExpectedSecret { get; } = string.Create(CultureInfo.InvariantCulture, $"{ShortestSecret * 2} to {LongestSecret * 2} hexadecimal digits, two an octet");

    /// <summary>Whether a text is a secret.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True for hexadecimal digits, two an octet, of <see cref="ShortestSecret"/> to <see cref="LongestSecret"/> octets.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static bool IsSecret(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length % 2 == 0 && text.Length / 2 is >= ShortestSecret and <= LongestSecret && text.All(char.IsAsciiHexDigit);
    }

    /// <summary>Reads the keys.</summary>
    /// <param name="text">The text.</param>
    /// <param name="prefix">What to put before the number of a line in a problem, e.g. the name of the file.</param>
    /// <param name="problems">Gets all that is wrong. Secrets are not among it.</param>
    /// <returns>The number and the digits of each key that is right, in the order of the text.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ImmutableArray<(ushort Id, string Digits)> Read(string text, string prefix, ICollection<Problem> problems)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(problems);
        var keys = ImmutableArray.CreateBuilder<(ushort Id, string Digits)>();
        foreach (var (i, line) in text.Split('\n').Index())
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is [] or [['#', ..], ..])
            {
                continue;
            }

            var where = string.Create(CultureInfo.InvariantCulture, $"{prefix}line {i + 1}");
            if (words.Length != 2)
            {
                problems.Add(Problem.Of(where, $"{words.Length} words", "a number and a secret"));
                continue;
            }

            var isNumber = ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id != 0;
            if (!isNumber)
            {
                problems.Add(Problem.Of(where, words[0].Length < ShortestSecret ? words[0] : $"{words[0].Length} characters", "a number from 1 to 65535"));
            }
            else if (keys.Any(k => k.Id == id))
            {
                problems.Add(Problem.Of(where, id, "each number once"));
            }

            if (!IsSecret(words[1]))
            {
                problems.Add(Problem.Of(where, $"a secret of {words[1].Length} characters", ExpectedSecret));
            }
            else if (isNumber)
            {
                keys.Add((id, words[1]));
            }
        }

        return keys.DrainToImmutable();
    }
}
