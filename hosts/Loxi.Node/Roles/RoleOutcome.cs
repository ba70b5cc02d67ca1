namespace Loxi.Node.Roles;

/// <summary>What became of the post of a role.</summary>
internal enum RoleOutcome
{
    /// <summary>It is in force.</summary>
    Done,

    /// <summary>Values are wrong: nothing was done.</summary>
    Malformed,

    /// <summary>No further group fits: nothing was done.</summary>
    LimitReached,
}
