namespace Loxi.Bgp;

/// <summary>The routes of one family with one peer.</summary>
/// <param name="Family">The family.</param>
public sealed record BgpFamilyReport(BgpFamily Family)
{
    /// <summary>Routes that the peer announces.</summary>
    public int Received { get; init; }

    /// <summary>Those of them that import accepts.</summary>
    public int Accepted { get; init; }

    /// <summary>Routes that were sent to the peer.</summary>
    public int Advertised { get; init; }

    /// <summary>Routes and withdrawals that are due and not sent yet; 0 at rest.</summary>
    public int Pending { get; init; }

    /// <summary>Own announcements that are due to the peer by settings and policies.</summary>
    public int OwnDue { get; init; }

    /// <summary>Those of them that the peer has not been told: not sent yet, too long for it, or without a next hop. 0 at rest and in health.</summary>
    public int OwnMissing { get; init; }

    /// <summary>Routes that are kept after the loss of a session.</summary>
    public int Stale { get; init; }

    /// <summary>Whether the peer has told that its first set of routes is complete (RFC 4724 2).</summary>
    public bool IsEndOfRibReceived { get; init; }
}
