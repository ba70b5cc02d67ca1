using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>An open connection as two nodes compare it: what must be equal, and what says why it is not.</summary>
public sealed record HaConnection
{
    /// <summary>Its part of the table, 0 to 4,095: the same on every node.</summary>
    [JsonPropertyName("bucket")]
    public int Bucket { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    [JsonPropertyName("protocol")]
    public string Protocol { get; init; } = "";

    /// <summary>The client's address.</summary>
    [JsonPropertyName("clientIP")]
    public string ClientIP { get; init; } = "";

    /// <summary>The client's port.</summary>
    [JsonPropertyName("clientPort")]
    public int ClientPort { get; init; }

    /// <summary>The address that the client uses.</summary>
    [JsonPropertyName("externalIP")]
    public string ExternalIP { get; init; } = "";

    /// <summary>The port that the client uses.</summary>
    [JsonPropertyName("externalPort")]
    public int ExternalPort { get; init; }

    /// <summary>The client's address as the endpoint sees it.</summary>
    [JsonPropertyName("sourceIP")]
    public string SourceIP { get; init; } = "";

    /// <summary>The client's port as the endpoint sees it.</summary>
    [JsonPropertyName("sourcePort")]
    public int SourcePort { get; init; }

    /// <summary>The endpoint's address.</summary>
    [JsonPropertyName("endpointIP")]
    public string EndpointIP { get; init; } = "";

    /// <summary>The endpoint's port.</summary>
    [JsonPropertyName("endpointPort")]
    public int EndpointPort { get; init; }

    /// <summary>The state, as loxilb names it, e.g. <c>est</c>.</summary>
    [JsonPropertyName("state")]
    public string State { get; init; } = "";

    /// <summary>Term, owner and counter of its last change; not compared.</summary>
    [JsonPropertyName("version")]
    public string Version { get; init; } = "";

    /// <summary>Milliseconds since the last packet; not compared.</summary>
    [JsonPropertyName("idle")]
    public long Idle { get; init; }
}
