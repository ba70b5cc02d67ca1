using System.Globalization;
using System.Text.RegularExpressions;

namespace Loxi.TestKit.Traffic;

/// <summary>What came in one SCTP association.</summary>
public sealed partial record SctpTransfer(long Messages, long Bytes)
{
    /// <summary>Reads the line that <c>tsctp</c> writes at the end: length of the first message, messages, calls, bytes, seconds, bytes per second.</summary>
    internal static bool TryParse(string line, out SctpTransfer transfer)
    {
        var match = Summary().Match(line);
        transfer = match.Success ? new SctpTransfer(Number(match, 1), Number(match, 2)) : new SctpTransfer(0, 0);
        return match.Success;
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\d+, (\d+), \d+, (\d+), [\d.]+, ", RegexOptions.CultureInvariant)]
    private static partial Regex Summary();
}
