namespace Loxi.Ha.Roles;

/// <summary>Who decides which node serves a VIP group.</summary>
public enum RoleSource : byte
{
    /// <summary>Nobody: every node announces.</summary>
    None,

    /// <summary>A controller: its last post is obeyed.</summary>
    External,

    /// <summary>The nodes, by the rules R1 to R13.</summary>
    Peers,
}
