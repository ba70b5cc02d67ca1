namespace Loxi.Linux.Netlink;

/// <summary>Operational state of a link (IF_OPER_*, RFC 2863).</summary>
public enum OperState : byte
{
    /// <summary>Not known; loopback and some virtual links stay here and carry traffic.</summary>
    Unknown = 0,

    /// <summary>Parts are missing.</summary>
    NotPresent = 1,

    /// <summary>Down.</summary>
    Down = 2,

    /// <summary>A link below is down.</summary>
    LowerLayerDown = 3,

    /// <summary>In a test mode.</summary>
    Testing = 4,

    /// <summary>Waits for an event, for example authentication.</summary>
    Dormant = 5,

    /// <summary>Carries traffic.</summary>
    Up = 6,
}
