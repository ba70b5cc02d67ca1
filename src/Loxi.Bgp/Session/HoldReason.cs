namespace Loxi.Bgp.Session;

/// <summary>Why no session is tried, or does not go on.</summary>
internal enum HoldReason : byte
{
    /// <summary>Not started, or stopped by the program.</summary>
    Stopped,

    /// <summary>By its settings.</summary>
    AdministrativelyDown,

    /// <summary>It failed soon after it came up, or could not come up: the back-off runs.</summary>
    Damping,

    /// <summary>The peer announced more prefixes than it may.</summary>
    PrefixLimit,

    /// <summary>OPENs agree; BFD is not Up.</summary>
    WaitsForBfd,
}
