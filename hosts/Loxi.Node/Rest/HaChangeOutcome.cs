namespace Loxi.Node.Rest;

/// <summary>What became of a change of other nodes or keys.</summary>
internal enum HaChangeOutcome
{
    /// <summary>It is as was asked for.</summary>
    Done,

    /// <summary>There is no such node.</summary>
    NotFound,

    /// <summary>Values are wrong: nothing was done.</summary>
    Malformed,

    /// <summary>What is in force stands against it, or it needs a restart: nothing was done.</summary>
    Refused,

    /// <summary>No further node fits: nothing was done.</summary>
    LimitReached,
}
