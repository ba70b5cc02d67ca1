namespace Loxi.Node.Composition;

/// <summary>How many connections suit the machine when the command line names no number.</summary>
internal static class MachineSize
{
    private const uint Most = 1_048_576;
    private const uint Least = 16_384;

    /// <summary>Kernel memory of one connection of each family, two entries each, with what the hash table adds.</summary>
    private const long BytesPerConnection = 850;

    /// <summary>A million where that takes at most an eighth of the memory, else what an eighth holds.</summary>
    public static uint DefaultConnections(long memoryBytes) => (uint)Math.Clamp(memoryBytes / 8 / BytesPerConnection, Least, Most);
}
