namespace Loxi.Node.Bfd;

/// <summary>What became of a request about a BFD session.</summary>
internal enum BfdOutcome
{
    /// <summary>It is as was asked for.</summary>
    Done,

    /// <summary>A session just like this is there: nothing was done.</summary>
    Unchanged,

    /// <summary>Something that makes a session the one that it is would have to change: nothing was done.</summary>
    Fixed,

    /// <summary>Values are wrong: nothing was done.</summary>
    Malformed,

    /// <summary>The interval is too short, and perhaps other values are wrong: nothing was done.</summary>
    IntervalTooLow,

    /// <summary>There is no such VIP group: nothing was done.</summary>
    NoInstance,

    /// <summary>There is no such session: nothing was done.</summary>
    NotFound,

    /// <summary>There never was a session: nothing was done.</summary>
    NotRunning,

    /// <summary>No further session fits: nothing was done.</summary>
    LimitReached,

    /// <summary>The UDP port is another program's: nothing was done.</summary>
    PortTaken,
}
