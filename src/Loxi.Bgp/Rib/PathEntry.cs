namespace Loxi.Bgp.Rib;

/// <summary>A path to a prefix: what a peer announced, or an own announcement.</summary>
internal struct PathEntry : ISlabItem
{
    /// <summary>Its prefix; 0 while this entry is free.</summary>
    internal int Prefix;

    /// <summary>Next path of the prefix; the next free entry while this one is free.</summary>
    internal int Next;

    /// <summary>Attributes as they were received.</summary>
    internal int Received;

    /// <summary>Attributes after the import policies; 0 when the path is not usable.</summary>
    internal int Used;

    /// <summary>The peer's path identifier; of an own announcement how often the own AS is prepended more than it must.</summary>
    internal uint PathId;

    /// <summary>Number of the peer; 0 for own announcements.</summary>
    internal ushort Peer;

    internal RouteRejection Rejection;
    internal PathFlags Flags;

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
