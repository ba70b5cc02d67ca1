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

    /// <summary>The first port; 0 for ICMP.</summary>
    [JsonPropertyName("port")]
    public int Port { get; set; }

    /// <summary>The last port; equal to the first for a single one.</summary>
    [JsonPropertyName("portMax")]
    public int PortMax { get; set; }

    /// <summary>Traffic class (firewall mark) that the service is limited to; 0 = every packet.</summary>
    [JsonPropertyName("block")]
    public uint Block { get; set; }

    /// <summary>Host name of a proxied service; empty = every host.</summary>
    [JsonPropertyName("host")]
    public string Host { get; set; } = "";

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
