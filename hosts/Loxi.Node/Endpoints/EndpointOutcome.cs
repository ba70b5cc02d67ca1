namespace Loxi.Node.Endpoints;

/// <summary>What became of a request about an endpoint.</summary>
internal enum EndpointOutcome
{
    /// <summary>It is as was asked for.</summary>
    Done,

    /// <summary>There is no such endpoint: nothing was done.</summary>
    NotFound,

    /// <summary>The endpoint is there only because a service uses it: nothing was done.</summary>
    InUse,

    /// <summary>No further one fits: nothing was done.</summary>
    LimitReached,
}
