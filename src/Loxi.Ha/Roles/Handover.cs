namespace Loxi.Ha.Roles;

/// <summary>How far a master is with giving the role away by plan (R8).</summary>
internal enum Handover : byte
{
    None,

    /// <summary>The barrier is on its way through the connection stream.</summary>
    Barrier,

    /// <summary>The other node is told in HELLO to open.</summary>
    Offered,
}
