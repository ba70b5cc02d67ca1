namespace Loxi.Ha.Transport;

/// <summary>What is wrong with the exchange of HELLOs, or with what it keeps. None of them changes a role.</summary>
public enum HelloAlarm : byte
{
    /// <summary>HELLOs that are not authenticated are heard: whoever is on the link can forge roles. Lasts until <see cref="HelloAuthenticationMode.Enforce"/>.</summary>
    Unauthenticated,

    /// <summary>One path leads to a peer: a broken cable and a dead node look the same. Lasts.</summary>
    SinglePath,

    /// <summary>HELLOs come from an address that is none of a peer, or by another way than the path has.</summary>
    UnknownSender,

    /// <summary>HELLOs come whose authentication is missing or wrong: a peer has other keys, or somebody forges.</summary>
    WrongAuthentication,

    /// <summary>HELLOs come that are old: somebody replays, or a peer has lost its state and its clock is behind.</summary>
    Replay,

    /// <summary>Another node has the own id, or a path leads to another node than it shall.</summary>
    DuplicateNodeId,

    /// <summary>Datagrams come that are no HELLO.</summary>
    Malformed,

    /// <summary>HELLOs cannot be sent on a path.</summary>
    SendFailed,

    /// <summary>The state of the former run cannot be read: its terms and what was heard of the peers are not known.</summary>
    StateUnreadable,

    /// <summary>The state cannot be written: terms are not reserved. Lasts until it can.</summary>
    StateUnwritable,

    /// <summary>The thread woke up later than half an interval.</summary>
    Late,

    /// <summary>The receive buffer was full, and HELLOs may be lost.</summary>
    Overflow,

    /// <summary>A peer sends HELLOs of another version of the protocol: neither node hears the other one, and both may serve.</summary>
    OtherVersion,
}
