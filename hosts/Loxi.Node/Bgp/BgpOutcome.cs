namespace Loxi.Node.Bgp;

/// <summary>What became of a request about BGP.</summary>
internal enum BgpOutcome
{
    /// <summary>It is as was asked for.</summary>
    Done,

    /// <summary>A peer just like this is there: nothing was done.</summary>
    Unchanged,

    /// <summary>Values are wrong: nothing was done.</summary>
    Malformed,

    /// <summary>There is no such peer: nothing was done.</summary>
    NoPeer,

    /// <summary>There are no such dynamic neighbours: nothing was done.</summary>
    NoRange,

    /// <summary>There is no speaker: nothing was done.</summary>
    NoSpeaker,

    /// <summary>There is no such defined set: nothing was done.</summary>
    NoSet,

    /// <summary>There is no such policy: nothing was done.</summary>
    NoPolicy,

    /// <summary>Something uses it: nothing was done.</summary>
    InUse,

    /// <summary>No further peer fits: nothing was done.</summary>
    LimitReached,

    /// <summary>It cannot be on this host, e.g. because the port is another program's: nothing was done.</summary>
    Refused,
}
