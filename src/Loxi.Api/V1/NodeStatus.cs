using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/status</c>.</summary>
public sealed record NodeStatus
{
    /// <summary>Name of the instance.</summary>
    [JsonPropertyName("instance")]
    public string Instance { get; set; } = "";

    /// <summary>Version of the node.</summary>
    [JsonPropertyName("version")]
    public string Version { get; set; } = "";

    /// <summary>Number of the layout of the data plane's tables.</summary>
    [JsonPropertyName("layout")]
    public int Layout { get; set; }

    /// <summary>Seed of the hash selection, hexadecimal with <c>0x</c>.</summary>
    [JsonPropertyName("hashSeed")]
    public string HashSeed { get; set; } = "";

    /// <summary>Seconds since the process started.</summary>
    [JsonPropertyName("uptimeSeconds")]
    public long UptimeSeconds { get; set; }

    /// <summary>Whether pinned state of an earlier process was taken over.</summary>
    [JsonPropertyName("adopted")]
    public bool Adopted { get; set; }

    /// <summary>Services in force.</summary>
    [JsonPropertyName("services")]
    public int Services { get; set; }

    /// <summary>Connections in the table.</summary>
    [JsonPropertyName("connections")]
    public long Connections { get; set; }

    /// <summary>Connections that fit.</summary>
    [JsonPropertyName("maxConnections")]
    public long MaxConnections { get; set; }

    /// <summary>The interfaces of the machine that the node looks at.</summary>
    [JsonPropertyName("interfaces")]
    public IReadOnlyList<InterfaceStatus> Interfaces { get; set; } = [];
}
