namespace Loxi.Bfd.Session;

/// <summary>What a step wants sent.</summary>
public enum BfdTransmission : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A control packet to the peer: port 3784 or 4784, TTL 255, a source port of 49152 to 65535 that stays the same for the session (RFC 5881 4, 5).</summary>
    Control = 1,

    /// <summary>An echo packet that the peer returns: port 3785, TTL 255 (RFC 5881 4); also the packets of an unaffiliated echo session, whose destination address is our own (RFC 9747).</summary>
    Echo = 2,

    /// <summary>The payload that was just received, back to where it came from: an echo packet of the peer. TTL 254, as after a hop: some peers tell their own packets by it.</summary>
    EchoReturn = 3,
}
