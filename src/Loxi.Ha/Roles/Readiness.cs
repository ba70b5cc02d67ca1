namespace Loxi.Ha.Roles;

/// <summary>How much of what a master needs a node has.</summary>
public enum Readiness : byte
{
    /// <summary>Its services are not loaded.</summary>
    Cold,

    /// <summary>It takes over the connections of the master.</summary>
    Syncing,

    /// <summary>It can serve.</summary>
    Ready,
}
