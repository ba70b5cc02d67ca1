namespace Loxi.Node.Roles;

/// <summary>What a node is in a VIP group, as a controller says.</summary>
internal enum NodeRole
{
    /// <summary>Nobody has said.</summary>
    NotDefined,

    /// <summary>It serves the group.</summary>
    Master,

    /// <summary>It would serve the group if the master were gone.</summary>
    Backup,

    /// <summary>It cannot serve the group.</summary>
    Fault,

    /// <summary>It shall not serve the group.</summary>
    Stop,
}
