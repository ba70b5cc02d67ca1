namespace Loxi.Core.Roles;

/// <summary>Which packets of a VIP group are handed to another node.</summary>
public enum RedirectScope
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those that begin a connection, and those of connections that this node does not know: it keeps what it has, as one that gives the group away.</summary>
    Beginning,

    /// <summary>Those that neither begin a connection nor are of one that this node knows: as one that takes the group, while a handshake may be on its way through the other node.</summary>
    Unknown,
}
