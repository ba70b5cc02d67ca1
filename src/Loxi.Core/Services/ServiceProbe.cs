namespace Loxi.Core.Services;

/// <summary>How the endpoints of one service are probed. All members zero or empty: the defaults.</summary>
public sealed record ServiceProbe
{
    /// <summary>The settings of a service that says nothing about probes.</summary>
    public static ServiceProbe Default { get; } = new();

    /// <summary>The kind of probe.</summary>
    /// <value>Default: <see cref="ProbeType.Default"/>.</value>
    public ProbeType Type { get; init; }

    /// <summary>The port that is probed.</summary>
    /// <value>Default: 0, the endpoint's own port.</value>
    public ushort Port { get; init; }

    /// <summary>What is sent or asked for (HTTP path), at most 1,024 characters.</summary>
    /// <value>Default: empty.</value>
    public string Request { get; init; } = "";

    /// <summary>What the answer must contain, at most 1,024 characters.</summary>
    /// <value>Default: empty, any answer.</value>
    public string Response { get; init; } = "";

    /// <summary>Time between two probes, whole seconds, 0 to 86,400 s.</summary>
    /// <value>Default: zero, the period of the node (2 s).</value>
    public TimeSpan Timeout { get; init; }

    /// <summary>Consecutive failures after which an endpoint is down, 0 to 1,000.</summary>
    /// <value>Default: 0, the number of the node (3).</value>
    public int Retries { get; init; }
}
