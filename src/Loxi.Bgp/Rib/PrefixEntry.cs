using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>A prefix and the paths to it.</summary>
internal struct PrefixEntry : ISlabItem
{
    internal ulong High;
    internal ulong Low;

    /// <summary>First of its paths; the index of the next free entry while this one is free.</summary>
    internal int FirstPath;

    /// <summary>Next in the same bucket.</summary>
    internal int Next;

    /// <summary>The best path, 0 for none.</summary>
    internal int Best;

    internal byte Length;
    internal PrefixFlags Flags;

    /// <summary>Out routes of update groups that name this entry.</summary>
    internal ushort Uses;

    public int NextFree
    {
        readonly get => FirstPath;
        set => FirstPath = value;
    }

    internal readonly Prefix ToPrefix(BgpFamily family) => new(family, Length, new UInt128(High, Low));
}
