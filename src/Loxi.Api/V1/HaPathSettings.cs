using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A way to another node, as it is configured.</summary>
public sealed record HaPathSettings
{
    /// <summary>The other node's address.</summary>
    [JsonPropertyName("address")]
    public string? Address { get; init; }

    /// <summary>The own address: what comes to another one is not heard. Absent: the route chooses it, any is heard.</summary>
    [JsonPropertyName("local")]
    public string? Local { get; init; }

    /// <summary>The interface: what comes by another one is not heard. Link-local addresses need it. Absent: any.</summary>
    [JsonPropertyName("interface")]
    public string? Interface { get; init; }
}
