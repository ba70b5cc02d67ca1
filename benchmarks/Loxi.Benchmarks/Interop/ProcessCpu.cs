using System.Globalization;

namespace Loxi.Benchmarks.Interop;

/// <summary>What processes have taken of the CPUs.</summary>
internal static class ProcessCpu
{
    /// <summary>User and system time of all threads, ended ones included (proc(5), fields 14 and 15 of stat): a tick is a hundredth of a second.</summary>
    internal static double Nanoseconds(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * 10_000_000;
    }

    /// <summary>Time of the threads of a name, in ns.</summary>
    /// <exception cref="InvalidOperationException">The process has none.</exception>
    internal static double Nanoseconds(int pid, string thread)
    {
        string[] found = [.. Directory.GetDirectories($"/proc/{pid}/task").Where(task => NameOf(task) == thread)];
        return found.Length > 0
            ? found.Sum(static task => double.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"process {pid} has no thread '{thread}'");
    }

    private static string? NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
