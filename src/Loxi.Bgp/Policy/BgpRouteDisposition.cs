namespace Loxi.Bgp.Policy;

/// <summary>What a statement decides.</summary>
public enum BgpRouteDisposition : byte
{
    /// <summary>Nothing: its other actions are done and the next statement, or policy, is tried.</summary>
    None,

    /// <summary>The route is accepted as it is now; no further statement is tried.</summary>
    Accept,

    /// <summary>The route is rejected.</summary>
    Reject,
}
