namespace Loxi.Bgp.Session;

/// <summary>What a session does beside its connections.</summary>
internal enum SessionPhase : byte
{
    /// <summary>Not started, or stopped. Idle.</summary>
    Stopped,

    /// <summary>Punished for flapping, or for too many prefixes (IdleHoldTimer, RFC 4271 8.1.1). Idle.</summary>
    Held,

    /// <summary>An own attempt is under way. Connect.</summary>
    Connecting,

    /// <summary>Takes connections; the own attempt comes at the deadline. Active.</summary>
    Waiting,
}
