namespace Loxi.Ha.Roles;

/// <summary>What the caller of a <see cref="RoleCore"/> has to do, in the order in which it is told.</summary>
public enum RoleActionKind : byte
{
    /// <summary>The role changed: <see cref="RoleAction.Transition"/>.</summary>
    Transition,

    /// <summary>Send a HELLO at once, on every path.</summary>
    SendHello,

    /// <summary>Send <see cref="RoleAction.Number"/> requests to answer, <see cref="RoleAction.After"/> apart, to <see cref="RoleAction.Peer"/> on every path (R2a).</summary>
    ProbePeer,

    /// <summary>Write <see cref="RoleAction.AliveUntil"/> and <see cref="RoleAction.AnswerUntil"/> to the gates of the group; <see cref="TimeSpan.Zero"/> closes one (R7).</summary>
    SetGates,

    /// <summary>Add the VIPs, announce them, with a burst. Told again it repeats the burst (R3). VIPs in <see cref="RoleCore.Withheld"/> stay out.</summary>
    Announce,

    /// <summary>Take the VIPs away; routes get the attributes of a backup.</summary>
    StopAnnouncing,

    /// <summary>Probe the VIPs <see cref="RoleAction.Vips"/> (empty: all of the group) and tell <see cref="RoleCore.VipsProbed"/> (R1).</summary>
    ProbeVips,

    /// <summary>Make the ceiling <see cref="RoleAction.Number"/> durable, then tell <see cref="RoleCore.TermsReserved"/>.</summary>
    ReserveTerms,

    /// <summary>Make durable that a controller has posted a role (<see cref="RoleMemory.ExternalUsed"/>).</summary>
    RememberExternal,

    /// <summary>Make the pin durable: <see cref="RoleAction.Number"/> 1 is pinned, 0 is not.</summary>
    RememberPin,

    /// <summary>Send a barrier through the connection stream to <see cref="RoleAction.Peer"/>, then tell <see cref="RoleCore.BarrierPassed"/> (R8). Without a stream: at once.</summary>
    SendBarrier,

    /// <summary>Redirect packets of the group to <see cref="RoleAction.Peer"/> and close after <see cref="RoleAction.After"/> without packets, at the latest after <see cref="RoleAction.Limit"/> (R8).</summary>
    DrainTo,

    /// <summary>Ask for the lease of the witness (R10).</summary>
    AcquireWitness,

    /// <summary>Give the lease of the witness back (R10). What was asked for before is not told after it.</summary>
    ReleaseWitness,

    /// <summary>Tell the operator: <see cref="RoleAction.Alarm"/>.</summary>
    Alarm,

    /// <summary>The role is given away; the process may end.</summary>
    Stopped,
}
