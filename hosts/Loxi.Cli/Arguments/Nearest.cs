namespace Loxi.Cli.Arguments;

/// <summary>Finds what somebody meant.</summary>
internal static class Nearest
{
    private const int FarthestEdit = 2;
    private const int ShortestPrefix = 3;

    /// <summary>The candidate that the text is a beginning of, or that is at most two edits away and nearest; null when none is.</summary>
    public static string? Find(string text, IEnumerable<string> candidates)
    {
        string? best = null;
        var least = FarthestEdit + 1;
        foreach (var candidate in candidates)
        {
            var isBeginning = text.Length >= ShortestPrefix && candidate.StartsWith(text, StringComparison.OrdinalIgnoreCase);
            var distance = isBeginning ? 1 : Distance(text, candidate);
            if (distance < least && distance < Math.Max(text.TrimStart('-').Length, 2))
            {
                (best, least) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>The question to append to an error, with a leading semicolon; empty when nothing is near.</summary>
    public static string Question(string text, IEnumerable<string> candidates) =>
        Find(text, candidates) is { } near ? $"; did you mean '{near}'?" : "";

    // Optimal string alignment: insertion, deletion, replacement, and exchange of neighbours.
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= right.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
