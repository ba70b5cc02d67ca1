using System.Collections.Immutable;
using System.Net;

namespace Loxi.Bgp;

/// <summary>What both sides of a session have agreed on.</summary>
public sealed record BgpSessionReport
{
    /// <summary>Own address and port of the connection.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The peer's address and port of the connection.</summary>
    public required IPEndPoint Remote { get; init; }

    /// <summary>The peer's BGP identifier.</summary>
    public required IPAddress RouterId { get; init; }

    /// <summary>The peer's AS, as its OPEN says.</summary>
    public required uint RemoteAs { get; init; }

    /// <summary>Hold time; zero for none.</summary>
    public TimeSpan HoldTime { get; init; }

    /// <summary>Interval of KEEPALIVEs; zero for none.</summary>
    public TimeSpan KeepaliveInterval { get; init; }

    /// <summary>
    /// Names of what both sides can, in alphabetical order: <c>add-path-receive</c>, <c>add-path-send</c>, <c>enhanced-refresh</c>, <c>extended-messages</c>,
    /// <c>four-octet-as</c>, <c>graceful-restart</c>, <c>ipv4-over-ipv6-next-hop</c>, <c>long-lived-graceful-restart</c>, <c>notification-graceful-restart</c>, <c>role</c>,
    /// <c>route-refresh</c>.
    /// </summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];
}
