using System.Net;

namespace Loxi.TestKit.Traffic;

/// <summary>A server that names itself in its answers.</summary>
public sealed record ServerOptions
{
    /// <summary>The name it answers with.</summary>
    public required string Name { get; init; }

    /// <summary>Ports to listen on; 0 for any free one.</summary>
    public required IReadOnlyList<int> Ports { get; init; }

    /// <summary>
    /// Addresses to listen on; none for all of both families. A UDP server answers from the address that it listens on,
    /// so one with several (a VIP on loopback) names them.
    /// </summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];
}
