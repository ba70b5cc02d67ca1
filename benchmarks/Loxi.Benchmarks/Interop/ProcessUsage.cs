using System.Globalization;

namespace Loxi.Benchmarks.Interop;

/// <summary>What a process has used.</summary>
internal static class ProcessUsage
{
    private const double NanosecondsPerTick = 10_000_000;

    /// <summary>Of the whole process, threads that have ended too (proc(5), stat: utime and stime, in ticks of 10 ms).</summary>
    internal static double CpuNanoseconds(int pid)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
        // The name of the program, which may hold anything, ends with the last bracket.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * NanosecondsPerTick;
    }

    /// <summary>The processes that a process has started and that live (proc(5), children).</summary>
    internal static IEnumerable<int> Children(int pid)
        => File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task/{pid}/children"))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static child => int.Parse(child, CultureInfo.InvariantCulture));

    /// <summary>Memory that is resident (proc(5), status: VmRSS).</summary>
    internal static double ResidentMegabytes(int pid)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).First(static l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
