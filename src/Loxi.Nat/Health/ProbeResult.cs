namespace Loxi.Nat.Health;

/// <summary>How one probe ended.</summary>
public enum ProbeResult
{
    /// <summary>No probe has ended yet.</summary>
    None = 0,

    /// <summary>The endpoint answered.</summary>
    Success = 1,

    /// <summary>The endpoint, or something on the way, refused: RST or ICMP port unreachable.</summary>
    Refused = 2,

    /// <summary>No answer within <see cref="ProbeSettings.Timeout"/>.</summary>
    TimedOut = 3,

    /// <summary>No way there: no route, no neighbour, ICMP network or host unreachable.</summary>
    Unreachable = 4,

    /// <summary>The probe could not be made for a reason of this node (descriptors, ports, permission); says nothing about the endpoint.</summary>
    LocalError = 5,
}
