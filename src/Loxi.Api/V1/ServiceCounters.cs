using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Counters of a service and of its endpoints.</summary>
public sealed record ServiceCounters
{
    /// <summary>Name of the service; empty when it has none.</summary>
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";

    /// <summary>The virtual address.</summary>
    [JsonPropertyName("externalIP")]
    public string ExternalIP { get; set; } = "";

    /// <summary>The port; 0 for ICMP.</summary>
    [JsonPropertyName("port")]
    public int Port { get; set; }

    /// <summary>The protocol.</summary>
    [JsonPropertyName("protocol")]
    public string Protocol { get; set; } = "";

    /// <summary>Packets in both directions.</summary>
    [JsonPropertyName("packets")]
    public ulong Packets { get; set; }

    /// <summary>Bytes in both directions.</summary>
    [JsonPropertyName("bytes")]
    public ulong Bytes { get; set; }

    /// <summary>Connections that were made.</summary>
    [JsonPropertyName("newConnections")]
    public ulong NewConnections { get; set; }

    /// <summary>Connections in the table now.</summary>
    [JsonPropertyName("activeConnections")]
    public long ActiveConnections { get; set; }

    /// <summary>Connections that were refused.</summary>
    [JsonPropertyName("refused")]
    public ulong Refused { get; set; }

    /// <summary>The same of each endpoint.</summary>
    [JsonPropertyName("endpoints")]
    public IReadOnlyList<EndpointCounters> Endpoints { get; set; } = [];
}
