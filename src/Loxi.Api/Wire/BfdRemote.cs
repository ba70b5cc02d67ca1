using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>What the peer of a BFD session says of itself.</summary>
public sealed record BfdRemote
{
    /// <summary>Its state: <c>BFDAdminDown</c>, <c>BFDDown</c>, <c>BFDInit</c> or <c>BFDUp</c>.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>Why it last left the state up.</summary>
    [JsonPropertyName("diagnostic")]
    public string? Diagnostic { get; init; }

    /// <summary>Its discriminator; left out while it is not known.</summary>
    [JsonPropertyName("discriminator")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Discriminator { get; init; }

    /// <summary>Least time between its packets, in microseconds.</summary>
    [JsonPropertyName("interval")]
    public long Interval { get; init; }

    /// <summary>Least time between our packets that it takes, in microseconds; 0: it wants none.</summary>
    [JsonPropertyName("minRx")]
    public long MinRx { get; init; }

    /// <summary>Least time between our echo packets that it returns, in microseconds; left out when it returns none.</summary>
    [JsonPropertyName("minEchoRx")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long MinEchoRx { get; init; }

    /// <summary>Packets of it in a row that may be missed.</summary>
    [JsonPropertyName("retryCount")]
    public int RetryCount { get; init; }
}
