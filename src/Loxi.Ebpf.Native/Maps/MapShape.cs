namespace Loxi.Ebpf.Native.Maps;

/// <summary>What makes two maps interchangeable for programs that were compiled against one of them.</summary>
/// <param name="Type">Map type.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value (of one CPU's value for per-CPU maps).</param>
/// <param name="MaxEntries">Capacity in entries (bytes for a ring buffer).</param>
/// <param name="Flags">Creation flags.</param>
public readonly record struct MapShape(BpfMapType Type, uint KeySize, uint ValueSize, uint MaxEntries, BpfMapFlags Flags)
{
    /// <summary>The differences between this shape and another, each as <c>what: expected x, found y</c>; empty when equal.</summary>
    /// <param name="actual">The shape that was found.</param>
    public IReadOnlyList<string> Differences(MapShape actual)
    {
        List<string> differences = [];
        Compare("type", Type, actual.Type);
        Compare("key size", KeySize, actual.KeySize);
        Compare("value size", ValueSize, actual.ValueSize);
        Compare("max entries", MaxEntries, actual.MaxEntries);
        Compare("flags", Flags, actual.Flags);
        return differences;

        void Compare<T>(string what, T expected, T found)
            where T : struct
        {
            if (!EqualityComparer<T>.Default.Equals(expected, found))
            {
                differences.Add($"{what}: expected {expected}, found {found}");
            }
        }
    }

    /// <summary>Throws when another shape differs from this one.</summary>
    /// <param name="actual">The shape that was found.</param>
    /// <param name="what">The map as errors name it.</param>
    /// <exception cref="MapShapeMismatchException">The shapes differ.</exception>
    public void RequireEqual(MapShape actual, string what)
    {
        // Device maps get BPF_F_RDONLY_PROG from the kernel when they are created.
        MapShape found = actual.Type is BpfMapType.DeviceMap or BpfMapType.DeviceMapHash && Type == actual.Type
            ? actual with { Flags = (actual.Flags & ~BpfMapFlags.ReadOnlyProgram) | (Flags & BpfMapFlags.ReadOnlyProgram) }
            : actual;
        if (this != found)
        {
            throw new MapShapeMismatchException(what, this, found);
        }
    }
}
