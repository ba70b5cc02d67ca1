namespace Loxi.Bgp.Rib;

/// <summary>Routes of a family with a peer.</summary>
internal readonly record struct RibNumbers
{
    /// <summary>Routes from the peer.</summary>
    internal int Received { get; init; }

    /// <summary>Of these the usable ones.</summary>
    internal int Accepted { get; init; }

    /// <summary>Of these those kept over the end of a session.</summary>
    internal int Stale { get; init; }

    /// <summary>Routes that the peer has been told.</summary>
    internal int Advertised { get; init; }

    /// <summary>Routes and withdrawals that are due and not sent.</summary>
    internal int Pending { get; init; }

    /// <summary>Own announcements that are due to the peer by settings and policies.</summary>
    internal int OwnDesired { get; init; }

    /// <summary>Of these those it has not been told: not sent yet, too long, or without a next hop. 0 at rest and in health.</summary>
    internal int OwnMissing { get; init; }

    /// <summary>Routes that were not told because their attributes exceed what the peer takes (RFC 4271 9.2), since it was added.</summary>
    internal long TooLong { get; init; }

    /// <summary>Routes that were not told because there is no next hop for them, since it was added.</summary>
    internal long WithoutNextHop { get; init; }
}
