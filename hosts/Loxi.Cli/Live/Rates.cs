namespace Loxi.Cli.Live;

/// <summary>What a service or an endpoint does in a second; null before there are two looks, or when its counters began anew between them.</summary>
internal sealed record Rates
{
    public required string Service { get; init; }

    /// <summary>Empty for the service itself.</summary>
    public required string Endpoint { get; init; }

    public required string State { get; init; }

    public double? Connections { get; init; }

    public double? Packets { get; init; }

    public double? Bytes { get; init; }

    public required long Active { get; init; }

    public required ulong Refused { get; init; }
}
