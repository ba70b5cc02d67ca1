namespace Loxi.Bfd.Session;

/// <summary>A change of state, as clients hear of it and as the history keeps it.</summary>
public readonly record struct BfdTransition
{
    /// <summary>The state before.</summary>
    public BfdState From { get; init; }

    /// <summary>The state after.</summary>
    public BfdState To { get; init; }

    /// <summary>Why.</summary>
    public BfdTransitionCause Cause { get; init; }

    /// <summary>Our diagnostic after the change.</summary>
    public BfdDiagnostic LocalDiagnostic { get; init; }

    /// <summary>What the peer last said of its state.</summary>
    public BfdState RemoteState { get; init; }

    /// <summary>The peer's last diagnostic.</summary>
    public BfdDiagnostic RemoteDiagnostic { get; init; }

    /// <summary>The C bit of the peer's last packet: its BFD does not share fate with its control plane (RFC 5880 6.8.7).</summary>
    public bool RemoteControlPlaneIndependent { get; init; }

    /// <summary>Whether the session was authenticated. A Down that a peer signaled without is anybody's word.</summary>
    public bool Authenticated { get; init; }

    /// <summary>When it was found out: <c>now</c> of the step, in nanoseconds of its clock.</summary>
    public long Time { get; init; }

    /// <summary>How late that was, in nanoseconds: after the detection time ran out, or after the packet that signaled it arrived. 0 for other causes.</summary>
    public long LateBy { get; init; }
}
