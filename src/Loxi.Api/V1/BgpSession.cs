using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>What both sides of a BGP session agreed on.</summary>
public sealed record BgpSession
{
    /// <summary>Own address and port.</summary>
    [JsonPropertyName("local")]
    public string Local { get; init; } = "";

    /// <summary>The peer's address and port.</summary>
    [JsonPropertyName("remote")]
    public string Remote { get; init; } = "";

    /// <summary>The peer's BGP identifier.</summary>
    [JsonPropertyName("routerId")]
    public string RouterId { get; init; } = "";

    /// <summary>Hold time in seconds; 0 for none.</summary>
    [JsonPropertyName("holdTime")]
    public long HoldTime { get; init; }

    /// <summary>Seconds between KEEPALIVEs; 0 for none.</summary>
    [JsonPropertyName("keepalive")]
    public long Keepalive { get; init; }

    /// <summary>What both can.</summary>
    [JsonPropertyName("capabilities")]
    public IReadOnlyList<string> Capabilities { get; init; } = [];
}
