namespace Loxi.Bgp.Session;

/// <summary>How the next attempt follows after a connection ended.</summary>
internal enum LossKind : byte
{
    /// <summary>Connections of the peer are taken at once, the own attempt comes after the back-off.</summary>
    Soft,

    /// <summary>Idle for the back-off: neither side's attempts count (DampPeerOscillations, RFC 4271 8.1.1).</summary>
    Hard,

    /// <summary>As <see cref="Soft"/>, but in 0.3 s, a few times in a row.</summary>
    Quick,
}
