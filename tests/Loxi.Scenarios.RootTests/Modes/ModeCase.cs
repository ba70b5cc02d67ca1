namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>A service of a mode, and what its traffic must look like on both sides of the node.</summary>
internal sealed record ModeCase
{
    public required string Name { get; init; }

    /// <summary>What the client connects to.</summary>
    public required string Vip { get; init; }

    /// <summary>What the service has for its address, where it is not the VIP.</summary>
    public string? ServiceAddress { get; init; }

    public required long Mode { get; init; }

    public string? PrivateIP { get; init; }

    public string? Pool { get; init; }

    public string? Tunnel { get; init; }

    public long? Selection { get; init; }

    /// <summary>The family of the endpoints: 4 or 6.</summary>
    public required int EndpointFamily { get; init; }

    /// <summary>The endpoints take packets out of tunnels, or are behind a router.</summary>
    public ModeEndpoints Endpoints { get; init; } = ModeEndpoints.OnLink;

    /// <summary>Addresses that servers may see for the client; empty: its own.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>The endpoint answers the client itself.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Packets get to the endpoint in an outer header.</summary>
    public bool IsTunnelled { get; init; }

    /// <summary>There is a service for echo requests too.</summary>
    public bool HasIcmp { get; init; } = true;

    public int TcpPort { get; init; } = 80;

    public int UdpPort { get; init; } = 5353;

    public bool IsV6 => Vip.Contains(':', StringComparison.Ordinal);

    public bool IsCross => IsV6 != (EndpointFamily == 6);
}
