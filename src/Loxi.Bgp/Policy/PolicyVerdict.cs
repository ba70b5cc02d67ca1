namespace Loxi.Bgp.Policy;

/// <summary>What policies say of a route.</summary>
internal enum PolicyVerdict : byte
{
    /// <summary>Nothing: the default of the peer decides.</summary>
    Undecided,

    Accept,
    Reject,
}
