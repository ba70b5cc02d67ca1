using System.Net;

namespace Loxi.Bfd;

/// <summary>A session as it should be. Immutable; compares by value. <see cref="BfdSessionValidator"/> says all that is wrong with it at once.</summary>
/// <param name="PeerAddress">The peer: unicast, IPv4 or IPv6. A link-local one needs <see cref="Interface"/> or a scope.</param>
public sealed record BfdSessionSettings(IPAddress PeerAddress)
{
    /// <summary>The own address that packets are sent from, of the peer's family.</summary>
    /// <value>Default: null, chosen by the route to the peer.</value>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Name of the interface that the session is bound to, 1 to 15 bytes.</summary>
    /// <value>Default: null, any.</value>
    public string? Interface { get; init; }

    /// <summary>Which path is watched.</summary>
    /// <value>Default: <see cref="BfdSessionKind.SingleHop"/>.</value>
    public BfdSessionKind Kind { get; init; }

    /// <summary>
    /// Least TTL or hop limit of a received packet, 1 to 255. A single hop without authentication demands 255 (RFC 5881 5); an
    /// unaffiliated echo session always demands 254 (RFC 9747).
    /// </summary>
    /// <value>Default: null, 255 on a single hop, 1 on several.</value>
    public int? MinimumTtl { get; init; }

    /// <summary>bfd.DesiredMinTxInterval while Up: how often to send at most, 3,000 to 4,294,967,295 whole microseconds. One second at least while not Up (RFC 5880 6.8.3).</summary>
    /// <value>Default: 100 ms.</value>
    public TimeSpan DesiredMinTxInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>bfd.RequiredMinRxInterval: how often the peer may send at most, 3,000 to 4,294,967,295 whole microseconds. One second at least while echo packets are sent (RFC 5880 6.8.3).</summary>
    /// <value>Default: 100 ms.</value>
    public TimeSpan RequiredMinRxInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>bfd.DetectMult: how many of our packets in a row the peer may miss, 1 to 255.</summary>
    /// <value>Default: 3.</value>
    public int DetectMult { get; init; } = 3;

    /// <summary>Required Min Echo RX Interval: how often the peer may send echo packets for us to return; zero for not at all, else 3,000 to 4,294,967,295 whole microseconds. Single hop only.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan RequiredMinEchoRxInterval { get; init; }

    /// <summary>How often to send echo packets at most while Up, when the peer returns them; zero for not at all, else 3,000 to 4,294,967,295 whole microseconds. Single hop only.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan DesiredMinEchoTxInterval { get; init; }

    /// <summary>bfd.DemandMode: whether the peer is asked to stop its periodic packets while both sides are Up (RFC 5880 6.6).</summary>
    /// <value>Default: false.</value>
    public bool Demand { get; init; }

    /// <summary>With <see cref="Demand"/>: how often to verify the path by a Poll Sequence; zero for only when asked to, else 3,000 to 4,294,967,295 whole microseconds.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan DemandPollInterval { get; init; }

    /// <summary>Whether to take the passive role: nothing is sent until the peer is heard (RFC 5880 6.1).</summary>
    /// <value>Default: false.</value>
    public bool Passive { get; init; }

    /// <summary>Whether <see cref="Interface"/> is a point-to-point link, on which a first packet is taken from any source address (RFC 5881 6). Single hop only.</summary>
    /// <value>Default: false.</value>
    public bool PointToPoint { get; init; }

    /// <summary>Authentication of all packets in both directions.</summary>
    /// <value>Default: null, none.</value>
    public BfdAuthentication? Authentication { get; init; }

    /// <summary>Whether the session is held in <see cref="BfdState.AdminDown"/>.</summary>
    /// <value>Default: false.</value>
    public bool AdministrativelyDown { get; init; }
}
