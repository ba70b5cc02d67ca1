using System.Net;
using Loxi.Core.Services;
using Loxi.Node.Endpoints;

namespace Loxi.Node.Rest;

/// <summary>An endpoint and its health.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Protocol">The protocol of the services that use it.</param>
/// <param name="Port">Its port; 0 for ICMP.</param>
/// <param name="Probe">How it is probed, all defaults filled in; type <see cref="ProbeType.None"/> when it is not.</param>
/// <param name="Healthy">Whether it gets new connections.</param>
internal sealed record NodeEndpoint(IPAddress Address, ServiceProtocol Protocol, ushort Port, ServiceProbe Probe, bool Healthy)
{
    /// <summary>The name it was configured with; null when it was not.</summary>
    public string? Name { get; init; }

    /// <summary>What is set by hand.</summary>
    public HandState State { get; init; }

    /// <summary>Shortest, mean and longest round trip of its probes; null before the first.</summary>
    public (TimeSpan Minimum, TimeSpan Average, TimeSpan Maximum)? Delay { get; init; }
}
