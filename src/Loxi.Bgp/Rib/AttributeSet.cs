using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Rib;

/// <summary>An interned set of attributes with its next hop: where its bytes are, and what the choice of the best path asks for.</summary>
internal struct AttributeSet : ISlabItem
{
    /// <summary>Where its bytes are; see <see cref="ByteArena"/>.</summary>
    internal int Block;

    internal int Length;

    /// <summary>Next in the same bucket, or the next free one.</summary>
    internal int Next;

    internal int Hash;
    internal int References;

    internal uint LocalPreference;
    internal uint Med;

    /// <summary>Leftmost AS of the path, 0 when there is none.</summary>
    internal uint NeighbourAs;

    internal uint OriginatorId;
    internal ushort AsPathLength;
    internal ushort ClusterListLength;
    internal BgpOrigin Origin;

    /// <summary>Octets of the next hop at the start of the bytes.</summary>
    internal byte NextHopLength;

    internal AttributeTraits Traits;

    public int NextFree
    {
        readonly get => Next;
        set => Next = value;
    }
}
