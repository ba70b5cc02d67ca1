namespace Loxi.Ha.Roles;

/// <summary>A role that a controller or an operator posts.</summary>
public enum PostedRole : byte
{
    /// <summary>None is defined: steps down.</summary>
    NotDefined,

    /// <summary>Serve.</summary>
    Master,

    /// <summary>Do not serve. With peers: a pin.</summary>
    Backup,

    /// <summary>The controller takes the node for faulty: steps down.</summary>
    Fault,

    /// <summary>Stopped: steps down.</summary>
    Stop,
}
