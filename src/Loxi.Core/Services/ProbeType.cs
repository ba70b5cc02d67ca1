namespace Loxi.Core.Services;

/// <summary>How the health of an endpoint is found out.</summary>
public enum ProbeType : byte
{
    /// <summary>Not given: a connection attempt for TCP services when monitoring is on, else nothing.</summary>
    Default = 0,

    /// <summary>Never probed, always taken for healthy.</summary>
    None = 1,

    /// <summary>A TCP connection attempt.</summary>
    Tcp = 2,

    /// <summary>A UDP request and answer.</summary>
    Udp = 3,

    /// <summary>An SCTP association attempt.</summary>
    Sctp = 4,

    /// <summary>An HTTP request.</summary>
    Http = 5,

    /// <summary>An HTTPS request.</summary>
    Https = 6,

    /// <summary>An ICMP echo.</summary>
    Ping = 7,
}
