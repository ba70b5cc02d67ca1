namespace Loxi.Core.Connections;

/// <summary>How far a connection is. The numbers are those of the data plane's tables.</summary>
public enum ConnectionState : byte
{
    /// <summary>Not known; never in a table.</summary>
    None = 0,

    /// <summary>TCP: SYN seen.</summary>
    SynSent = 1,

    /// <summary>TCP: SYN-ACK seen.</summary>
    SynReceived = 2,

    /// <summary>TCP, SCTP: handshake complete, or picked up in its middle.</summary>
    Established = 3,

    /// <summary>TCP: one side has sent FIN.</summary>
    HalfClosed = 4,

    /// <summary>TCP: both sides have sent FIN. SCTP: shut down.</summary>
    Closing = 5,

    /// <summary>TCP: ended by RST. SCTP: ended by ABORT.</summary>
    Reset = 6,

    /// <summary>UDP, ICMP: packets from the client only.</summary>
    OneWay = 7,

    /// <summary>UDP, ICMP: packets in both directions.</summary>
    TwoWay = 8,

    /// <summary>SCTP: INIT seen.</summary>
    Init = 9,

    /// <summary>SCTP: INIT ACK seen.</summary>
    InitAck = 10,

    /// <summary>SCTP: COOKIE ECHO seen.</summary>
    Cookie = 11,

    /// <summary>SCTP: SHUTDOWN or SHUTDOWN ACK seen.</summary>
    Shutdown = 12,
}
