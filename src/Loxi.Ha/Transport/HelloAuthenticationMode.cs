namespace Loxi.Ha.Transport;

/// <summary>How far HELLOs are authenticated. A pair goes through these in order, both nodes at each step, and no HELLO is lost.</summary>
public enum HelloAuthenticationMode : byte
{
    /// <summary>No key: only what comes from an address of a peer with TTL or hop limit 255 is heard. Whoever is on the link can forge it.</summary>
    Bootstrap,

    /// <summary>Sends without authentication; hears authenticated HELLOs, and others as <see cref="Bootstrap"/> does.</summary>
    ReceiveOnly,

    /// <summary>Sends authenticated; hears others too, as <see cref="Bootstrap"/> does.</summary>
    Permissive,

    /// <summary>Sends authenticated, hears nothing else.</summary>
    Enforce,
}
