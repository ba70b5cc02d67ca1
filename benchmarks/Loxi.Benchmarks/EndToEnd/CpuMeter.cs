using System.Globalization;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>
/// CPU time of this program and everything it started, interrupts on their behalf included: a control group that children
/// inherit. Where none can be made: the whole machine without idle time, which is right only when nothing else runs.
/// </summary>
internal sealed class CpuMeter : IDisposable
{
    private const string Version1 = "/sys/fs/cgroup/cpuacct";
    private const string Version2 = "/sys/fs/cgroup";
    private const double MicrosecondsPerTick = 10_000;
    private readonly string? _group;
    private readonly string? _home;
    private readonly bool _first;

    internal CpuMeter()
    {
        _first = Directory.Exists(Version1);
        if (!_first && !File.Exists(Path.Combine(Version2, "cgroup.procs")))
        {
            return;
        }

        var root = _first ? Version1 : Version2;
        _home = root + File.ReadLines("/proc/self/cgroup")
            .Select(line => line.Split(':', 3))
            .First(parts => _first ? parts[1].Split(',').Contains("cpuacct") : parts[1].Length == 0)[2];
        _group = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"loxi-bench-{Environment.ProcessId}"));
        _ = Directory.CreateDirectory(_group);
        Enter(_group);
    }

    internal string Source => _group is null ? "whole machine" : "control group";

    internal double Microseconds()
    {
        if (_group is null)
        {
            double[] ticks = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9].Select(Parse)];
            return (ticks.Sum() - ticks[3] - ticks[4]) * MicrosecondsPerTick;
        }

        return _first
            ? Parse(File.ReadAllText(Path.Combine(_group, "cpuacct.usage"))) / 1000
            : Parse(File.ReadLines(Path.Combine(_group, "cpu.stat")).First(line => line.StartsWith("usage_usec", StringComparison.Ordinal)).Split(' ')[1]);
    }

    public void Dispose()
    {
        if (_group is not null && _home is not null)
        {
            Enter(_home);
            Directory.Delete(_group);
        }
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Enter(string group)
        => File.WriteAllText(Path.Combine(group, "cgroup.procs"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
}
