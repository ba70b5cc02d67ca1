using System.Globalization;
using System.Text.RegularExpressions;

namespace Loxi.TestKit.Topology;

/// <summary>
/// Name of one lab: pid of its owner, the owner's start time (a pid may be used again) and a counter. Everything a lab
/// leaves on the machine carries it, so that the next run finds what a killed one left behind.
/// </summary>
public sealed partial record LabId(int Pid, long StartTime, int Number)
{
    private static int s_counter;

    /// <summary>An id of this process that was not given before.</summary>
    public static LabId Next()
    {
        var start = ReadStartTime(Environment.ProcessId)
            ?? throw new LabException("/proc/self/stat cannot be read: is /proc mounted?");
        return new LabId(Environment.ProcessId, start, Interlocked.Increment(ref s_counter));
    }

    /// <summary>Whether the process that owns the lab still runs.</summary>
    public bool OwnerIsAlive => ReadStartTime(Pid) == StartTime;

    /// <summary>Reads the id out of a name that begins with one, as <c>loxi-12s345n1-node</c> or <c>12s345n1</c>.</summary>
    public static LabId? TryParse(string name)
    {
        var match = Pattern().Match(name);
        return match.Success
            && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && int.TryParse(match.Groups[3].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new LabId(pid, start, number)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid}s{StartTime}n{Number}");

    /// <summary>Start time of a process in clock ticks since boot (proc(5), stat field 22), null when it does not run.</summary>
    internal static long? ReadStartTime(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            // The command name, field 2, is in parentheses and may hold anything: count from its end.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?:loxi-)?(\d+)s(\d+)n(\d+)(?:-|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
