namespace Loxi.Core.Services;

/// <summary>Timeouts that hold where a service names none: RFC 5382 REQ-5 (TCP), RFC 4787 REQ-5 (UDP), RFC 5508 REQ-2 (ICMP).</summary>
public static class ServiceTimeouts
{
    /// <summary>The longest timeout that a service may name: 30 days.</summary>
    public static TimeSpan Maximum { get; } = TimeSpan.FromDays(30);

    /// <summary>How long a client keeps its endpoint with <see cref="SelectionPolicy.Persist"/> by default, after its last new connection: 10,800 s (3 h).</summary>
    public static TimeSpan DefaultPersist { get; } = TimeSpan.FromSeconds(10_800);

    /// <summary>Silence after which an established connection ends by default: TCP and SCTP 7,440 s (2 h 4 min), UDP in both directions 300 s, ICMP 60 s.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <returns>The timeout; zero for <see cref="ServiceProtocol.None"/>.</returns>
    public static TimeSpan DefaultOf(ServiceProtocol protocol) => protocol switch
    {
        ServiceProtocol.Tcp or ServiceProtocol.Sctp => TimeSpan.FromSeconds(7440),
        ServiceProtocol.Udp => TimeSpan.FromSeconds(300),
        ServiceProtocol.Icmp => TimeSpan.FromSeconds(60),
        _ => TimeSpan.Zero,
    };
}
