using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A connection, both directions in one.</summary>
public sealed record Connection
{
    /// <summary><c>tcp</c>, <c>udp</c>, <c>sctp</c> or <c>icmp</c>.</summary>
    [JsonPropertyName("protocol")]
    public string Protocol { get; set; } = "";

    /// <summary>The client's address.</summary>
    [JsonPropertyName("clientIP")]
    public string ClientIP { get; set; } = "";

    /// <summary>The client's port; the echo identifier for ICMP.</summary>
    [JsonPropertyName("clientPort")]
    public int ClientPort { get; set; }

    /// <summary>The virtual address.</summary>
    [JsonPropertyName("externalIP")]
    public string ExternalIP { get; set; } = "";

    /// <summary>The service's port; 0 for ICMP.</summary>
    [JsonPropertyName("externalPort")]
    public int ExternalPort { get; set; }

    /// <summary>The endpoint's address.</summary>
    [JsonPropertyName("endpointIP")]
    public string EndpointIP { get; set; } = "";

    /// <summary>The endpoint's port; 0 for ICMP.</summary>
    [JsonPropertyName("endpointPort")]
    public int EndpointPort { get; set; }

    /// <summary>What is rewritten: <c>default</c>, <c>onearm</c>, <c>fullnat</c>, <c>dsr</c> or <c>hostonearm</c>.</summary>
    [JsonPropertyName("mode")]
    public string Mode { get; set; } = "";

    /// <summary>The client's address as the endpoint sees it: another one than <see cref="ClientIP"/> where the source is rewritten.</summary>
    [JsonPropertyName("sourceIP")]
    public string SourceIP { get; set; } = "";

    /// <summary>The client's port as the endpoint sees it: another one than <see cref="ClientPort"/> where the source is rewritten or after a collision.</summary>
    [JsonPropertyName("rewrittenClientPort")]
    public int RewrittenClientPort { get; set; }

    /// <summary>The state, as loxilb names it, e.g. <c>est</c>.</summary>
    [JsonPropertyName("state")]
    public string State { get; set; } = "";

    /// <summary>Name of the service; empty when it has none.</summary>
    [JsonPropertyName("service")]
    public string Service { get; set; } = "";

    /// <summary>Seconds since the last packet.</summary>
    [JsonPropertyName("idleSeconds")]
    public double IdleSeconds { get; set; }

    /// <summary>Packets from the client.</summary>
    [JsonPropertyName("packetsToEndpoint")]
    public ulong PacketsToEndpoint { get; set; }

    /// <summary>Bytes from the client.</summary>
    [JsonPropertyName("bytesToEndpoint")]
    public ulong BytesToEndpoint { get; set; }

    /// <summary>Packets from the endpoint.</summary>
    [JsonPropertyName("packetsToClient")]
    public ulong PacketsToClient { get; set; }

    /// <summary>Bytes from the endpoint.</summary>
    [JsonPropertyName("bytesToClient")]
    public ulong BytesToClient { get; set; }
}
