using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;
using Loxi.Nat;

namespace Loxi.Benchmarks.FlowTables;

/// <summary>Loading of every program of the product.</summary>
internal static class ProgramLoads
{
    private const string Suffix = ".bpf.o";

    /// <summary>What the kernel took for each, and how many instructions its verifier looked at.</summary>
    internal static IReadOnlyList<(string Name, double Milliseconds, uint Instructions)> Measure()
    {
        List<(string, double, uint)> loads = [];
        foreach (var resource in typeof(NatBalancer).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(Suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var loaded = BpfObject.OpenEmbedded(typeof(NatBalancer).Assembly, resource);
            loaded.Load();
            loads.AddRange(loaded.Programs.Values.OrderBy(program => program.Name, StringComparer.Ordinal)
                .Select(program => (Name(resource, program), program.LoadDuration.TotalMilliseconds, program.VerifiedInstructions)));
        }

        return loads.Count > 0 ? loads : throw new InvalidOperationException("Loxi.Nat has no programs: it was built without clang");
    }

    private static string Name(string resource, BpfProgram program)
    {
        var name = resource[..^Suffix.Length];
        return name == program.Name ? name : $"{name}, {program.Name}";
    }
}
