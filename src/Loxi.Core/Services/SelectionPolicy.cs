namespace Loxi.Core.Services;

/// <summary>How a new connection gets its endpoint; the numbers are those of <c>sel</c> in the REST API.</summary>
public enum SelectionPolicy : byte
{
    /// <summary>Each endpoint in turn. The default.</summary>
    RoundRobin = 0,

    /// <summary>Consistent (Maglev) hash of the flow, equal on every node with the same seed.</summary>
    Hash = 1,

    /// <summary>In turn, in exact proportion to the weights (called "priority" by loxilb).</summary>
    WeightedRoundRobin = 2,

    /// <summary>A client address stays at its endpoint.</summary>
    Persist = 3,

    /// <summary>The endpoint with the fewest active connections.</summary>
    LeastConnections = 4,

    /// <summary>loxilb's N2 selection.</summary>
    N2 = 5,

    /// <summary>loxilb's N3 selection.</summary>
    N3 = 6,
}
