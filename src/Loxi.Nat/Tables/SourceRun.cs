namespace Loxi.Nat.Tables;

/// <summary>Source addresses of endpoints as they stand in `sources`, shared by all that have the same.</summary>
internal sealed class SourceRun(UInt128[] addresses, uint start)
{
    /// <summary>The addresses as numbers, IPv4 v4-mapped.</summary>
    public UInt128[] Addresses { get; } = addresses;

    public uint Base { get; } = start;

    public uint Count => (uint)Addresses.Length;

    /// <summary>Endpoints that point to it.</summary>
    public int Users { get; set; }
}
