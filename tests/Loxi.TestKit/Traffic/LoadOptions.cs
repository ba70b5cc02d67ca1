using System.Net;

namespace Loxi.TestKit.Traffic;

/// <summary>A load on one service: how many clients, how often, for how long.</summary>
public sealed record LoadOptions
{
    public required IPEndPoint Target { get; init; }

    /// <summary>Connections (HTTP) or flows, each with its own source port (UDP).</summary>
    public int Connections { get; init; } = 10;

    /// <summary>
    /// Whether an HTTP connection (or the source port of a UDP flow) is used for all requests, or a new one for each.
    /// </summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>Time between the starts of two requests of one connection; zero for the next after the answer.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time within which a connection or an answer must come, else the request has failed.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>End after this time; null: until stopped.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>End after this many requests of all connections together; null: no limit.</summary>
    public long? MaxRequests { get; init; }

    /// <summary>Whether a lost connection is opened again; when not, it is over after its first error.</summary>
    public bool Reconnect { get; init; } = true;

    /// <summary>Source address, null for the one that the route gives.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>HTTP path.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Bytes of a UDP request.</summary>
    public int PayloadLength { get; init; } = 32;
}
