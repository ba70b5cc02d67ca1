namespace Loxi.Bgp.Rib;

/// <summary>What the RIB keeps of a peer for a family.</summary>
internal sealed class RibPeerFamily
{
    /// <summary>Paths from the peer, also those that are not used.</summary>
    internal int Received { get; set; }

    /// <summary>Of these the usable ones.</summary>
    internal int Accepted { get; set; }

    /// <summary>Whether paths may be stale.</summary>
    internal bool MayBeStale { get; set; }

    internal bool LimitWarned { get; set; }

    /// <summary>What goes to the peer; null while the session is down or without this family.</summary>
    internal PeerOutput? Output { get; set; }

    /// <summary>The last judgement of the import policies, which holds for the next route with the same attributes.</summary>
    internal JudgementMemo Memo;
}
