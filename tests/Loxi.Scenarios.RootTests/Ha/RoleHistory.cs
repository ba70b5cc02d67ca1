using System.Globalization;
using System.Text.RegularExpressions;
using Loxi.TestKit.Scenarios;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>What a process said of its roles (log event 3100), to the millisecond.</summary>
internal static partial class RoleHistory
{
    /// <summary>The changes of the process that was started last: when, by the wall clock, and to what.</summary>
    public static IReadOnlyList<(DateTimeOffset At, string To)> Read(ScenarioNode node)
    {
        List<(DateTimeOffset, string)> changes = [];
        foreach (var line in node.Daemon.Lines)
        {
            if (ChangePattern().Match(line) is { Success: true } match)
            {
                changes.Add((Moment(line), match.Groups[1].Value));
            }
        }

        return changes;
    }

    /// <summary>When the process was ready.</summary>
    public static DateTimeOffset Ready(ScenarioNode node) => Moment(node.Daemon.Lines.First(static line => line.Contains(" ready on ", StringComparison.Ordinal)));

    /// <summary>The times in which it was master, until <paramref name="end"/>.</summary>
    public static IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Masters(IReadOnlyList<(DateTimeOffset At, string To)> changes, DateTimeOffset end)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].To == "Master")
            {
                yield return (changes[i].At, i + 1 < changes.Count ? changes[i + 1].At : end);
            }
        }
    }

    /// <summary>For how long both were.</summary>
    public static TimeSpan Shared(ScenarioNode one, ScenarioNode other, DateTimeOffset end)
    {
        var sum = TimeSpan.Zero;
        foreach (var (from, to) in Masters(Read(one), end))
        {
            foreach (var (otherFrom, otherTo) in Masters(Read(other), end))
            {
                var (begin, last) = (from > otherFrom ? from : otherFrom, to < otherTo ? to : otherTo);
                sum += last > begin ? last - begin : TimeSpan.Zero;
            }
        }

        return sum;
    }

    private static DateTimeOffset Moment(string line) => DateTimeOffset.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"VIP group llb-inst0 went from \w+ to (\w+): ", RegexOptions.CultureInvariant)]
    private static partial Regex ChangePattern();
}
