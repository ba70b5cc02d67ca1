using System.Globalization;
using System.Runtime.InteropServices;

namespace Loxi.Benchmarks.Reports;

/// <summary>Where and when the figures were measured.</summary>
internal sealed record Machine(string Processor, int Cpus, long MemoryMiB, string Kernel, string Distribution, string Runtime, string Date)
{
    internal static Machine Read(TimeProvider clock)
    {
        var processor = Field("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Field("/proc/meminfo", "MemTotal", ':')?.Split(' ')[0] ?? "0";
        var distribution = Field("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? "unknown";
        return new(
            processor,
            Environment.ProcessorCount,
            long.Parse(memory, CultureInfo.InvariantCulture) / 1024,
            File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            distribution,
            RuntimeInformation.FrameworkDescription,
            clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC");
    }

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Processor}, {Cpus} CPUs, {MemoryMiB} MiB; Linux {Kernel}, {Distribution}, {Runtime}; {Date}");

    private static string? Field(string file, string name, char separator)
        => File.ReadLines(file)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(separator, StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault();
}
