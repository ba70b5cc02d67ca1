using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Counters of one endpoint of one service.</summary>
public sealed record EndpointCounters
{
    /// <summary>Its address.</summary>
    [JsonPropertyName("endpointIP")]
    public string EndpointIP { get; set; } = "";

    /// <summary>Its port; 0 for ICMP.</summary>
    [JsonPropertyName("targetPort")]
    public int TargetPort { get; set; }

    /// <summary>Its weight.</summary>
    [JsonPropertyName("weight")]
    public int Weight { get; set; }

    /// <summary><c>active</c>, <c>inactive</c> or <c>draining</c>.</summary>
    [JsonPropertyName("state")]
    public string State { get; set; } = "";

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
}
