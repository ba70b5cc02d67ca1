namespace Loxi.Node.Rest;

/// <summary>What became of a request about a source pool.</summary>
internal enum PoolOutcome
{
    /// <summary>It is as was asked for.</summary>
    Done,

    /// <summary>There is no such pool: nothing was done.</summary>
    NotFound,

    /// <summary>Services need it as it is: nothing was done.</summary>
    InUse,

    /// <summary>Another VIP group has addresses of it: nothing was done.</summary>
    Owned,

    /// <summary>No further pool fits: nothing was done.</summary>
    LimitReached,
}
