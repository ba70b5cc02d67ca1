namespace Loxi.Node.Endpoints;

/// <summary>What an operator says about an endpoint by hand.</summary>
internal enum HandState
{
    /// <summary>Nothing: its probe decides.</summary>
    Green,

    /// <summary>Marked for the eye; its probe decides.</summary>
    Yellow,

    /// <summary>It gets no new connections, whatever its probe says.</summary>
    Red,

    /// <summary>It keeps its connections and gets no new ones.</summary>
    Draining,
}
