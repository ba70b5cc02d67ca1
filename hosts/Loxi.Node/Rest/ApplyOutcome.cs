namespace Loxi.Node.Rest;

/// <summary>What became of a request about a service.</summary>
internal enum ApplyOutcome
{
    /// <summary>The service is new.</summary>
    Created,

    /// <summary>A service with the same key was there and differs now.</summary>
    Replaced,

    /// <summary>The service is gone with its last endpoint.</summary>
    Deleted,

    /// <summary>A service that does the same was there: nothing was done.</summary>
    Unchanged,

    /// <summary>No further service fits: nothing was done.</summary>
    LimitReached,

    /// <summary>There is no service to attach to or to detach from: nothing was done.</summary>
    NoService,

    /// <summary>The service does not have an endpoint that is to be detached: nothing was done.</summary>
    NoEndpoint,

    /// <summary>It does not go with what is there: nothing was done.</summary>
    Refused,
}
