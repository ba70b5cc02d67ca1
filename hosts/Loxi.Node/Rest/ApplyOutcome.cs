namespace Loxi.Node.Rest;

/// <summary>What a creation did.</summary>
internal enum ApplyOutcome
{
    /// <summary>The service is new.</summary>
    Created,

    /// <summary>A service with the same key was there and differs now.</summary>
    Replaced,

    /// <summary>A service that does the same was there: nothing was done.</summary>
    Unchanged,

    /// <summary>No further service fits: nothing was done.</summary>
    LimitReached,
}
