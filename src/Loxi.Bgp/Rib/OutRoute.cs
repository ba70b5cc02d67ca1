namespace Loxi.Bgp.Rib;

/// <summary>What an update group announces for a prefix (or, with ADD-PATH, one of several).</summary>
internal struct OutRoute : ISlabItem
{
    internal int Prefix;

    /// <summary>Attributes to send; 0 when it is withdrawn.</summary>
    internal int Attributes;

    /// <summary>Next one of the prefix, or the next free one.</summary>
    internal int Next;

    internal uint PathId;

    /// <summary>Where it stands in the log of announcements or withdrawals.</summary>
    internal uint Position;

    /// <summary>Number of the peer that it was learned from: it is not told to that one. 0 for own announcements.</summary>
    internal ushort Source;

    internal OutRouteFlags Flags;

    public int NextFree
    {
        readonly get => Next;
        set
        {
            Next = value;
            Prefix = 0;
        }
    }
}
