namespace Loxi.Ha.Roles;

/// <summary>What a node says of its role in a VIP group.</summary>
public enum HelloRole : byte
{
    /// <summary>It has started, or was stopped for longer than its gates stay open, and hears the others before it decides.</summary>
    Listening,

    /// <summary>It does not serve, and takes over when nobody does.</summary>
    Backup,

    /// <summary>It serves: it announces the VIPs of the group.</summary>
    Master,

    /// <summary>It served, and gives the role away: a backup takes it at once.</summary>
    Resign,
}
