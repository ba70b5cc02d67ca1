using System.Net;

namespace Loxi.Ha.Transport;

/// <summary>A way to another node, by UDP port 22112.</summary>
/// <param name="PeerAddress">The other node's address: unicast, IPv4 or IPv6.</param>
public sealed record RolePath(IPAddress PeerAddress)
{
    /// <summary>The own address: what comes to another one is not heard. Default <see langword="null"/>: chosen by the route, any is heard.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>The name of the interface: what comes by another one is not heard. Needed for link-local addresses. Default <see langword="null"/>: any.</summary>
    public string? Interface { get; init; }

    /// <summary>The addresses, and the interface if there is one.</summary>
    /// <returns>For example <c>192.0.2.1 -&gt; 192.0.2.2 on eth0</c>.</returns>
    public override string ToString() => $"{(LocalAddress is null ? "" : $"{LocalAddress} -> ")}{PeerAddress}{(Interface is null ? "" : $" on {Interface}")}";
}
