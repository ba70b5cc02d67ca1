using Loxi.Core.Connections;
using Loxi.Core.Services;

namespace Loxi.Nat.Connections;

/// <summary>How long a connection may be silent: RFC 5382 REQ-5 for TCP, RFC 4787 REQ-5 for UDP, RFC 5508 REQ-2 for ICMP queries; an open SCTP association as an open TCP connection, 2 h 4 min.</summary>
public sealed record ConnectionTimeouts
{
    /// <summary>TCP before and after being established.</summary>
    /// <value>Default: 240 s.</value>
    public TimeSpan TcpTransitory { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>TCP after both sides have sent FIN. A new connection on the same ports need not wait for it.</summary>
    /// <value>Default: 240 s.</value>
    public TimeSpan TcpClosing { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>TCP after a RST.</summary>
    /// <value>Default: 10 s.</value>
    public TimeSpan TcpReset { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>SCTP before and after being established. As for TCP: no RFC says it, and an association is no less than a TCP connection.</summary>
    /// <value>Default: 240 s.</value>
    public TimeSpan SctpTransitory { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>SCTP after SHUTDOWN COMPLETE: a repeated SHUTDOWN ACK still finds its way for as long as one may wait for an answer (RTO.Max, RFC 9260 16). There is no time to wait: verification tags tell associations apart.</summary>
    /// <value>Default: 60 s.</value>
    public TimeSpan SctpClosing { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>SCTP after an ABORT.</summary>
    /// <value>Default: 10 s.</value>
    public TimeSpan SctpAborted { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>UDP that was not answered.</summary>
    /// <value>Default: 120 s.</value>
    public TimeSpan UdpOneWay { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The timeout of a connection.</summary>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="state">Its state.</param>
    /// <param name="service">What its service says for open connections; zero for the protocol's default.</param>
    /// <returns>The timeout.</returns>
    public TimeSpan For(ServiceProtocol protocol, ConnectionState state, TimeSpan service)
    {
        var open = service > TimeSpan.Zero ? service : ServiceTimeouts.DefaultOf(protocol);
        return state switch
        {
            ConnectionState.SynSent or ConnectionState.SynReceived or ConnectionState.HalfClosed => TcpTransitory,
            ConnectionState.Init or ConnectionState.InitAck or ConnectionState.Cookie or ConnectionState.Shutdown => SctpTransitory,
            ConnectionState.Closing => protocol == ServiceProtocol.Sctp ? SctpClosing : TcpClosing,
            ConnectionState.Reset => protocol == ServiceProtocol.Sctp ? SctpAborted : TcpReset,
            ConnectionState.OneWay when protocol == ServiceProtocol.Udp => open < UdpOneWay ? open : UdpOneWay,
            _ => open,
        };
    }
}
