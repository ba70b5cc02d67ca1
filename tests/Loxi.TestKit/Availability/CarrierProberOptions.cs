using System.Net;

namespace Loxi.TestKit.Availability;

/// <summary>How a <see cref="CarrierProber"/> asks.</summary>
public sealed record CarrierProberOptions
{
    /// <summary>VIP and port.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>Names of the nodes by the address that servers see.</summary>
    public IReadOnlyDictionary<string, string> Carriers { get; init; } = new Dictionary<string, string>();

    /// <summary>Time between two datagrams.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Time in which an answer counts.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Flows that take turns, 1 to 1024: one follows one connection of the nodes, many ask new ways of a router too.</summary>
    public int Flows { get; init; } = 16;
}
