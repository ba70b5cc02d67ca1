using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>The answer of <c>GET /loxi/v1/ha/connections/sums</c>: where two nodes differ, without all that they have.</summary>
public sealed record HaConnectionSums
{
    /// <summary>The number of this node.</summary>
    [JsonPropertyName("node")]
    public int Node { get; init; }

    /// <summary>A random number of this run of the process: tells whether two answers are of one node.</summary>
    [JsonPropertyName("run")]
    public string Run { get; init; } = "";

    /// <summary>How many open connections the kernel's table has.</summary>
    [JsonPropertyName("count")]
    public long Count { get; init; }

    /// <summary>For each of 4,096 buckets a sum over its connections: client, service, source, endpoint and state, as 16 hexadecimal digits. Equal where two nodes have the same.</summary>
    [JsonPropertyName("sums")]
    public IReadOnlyList<string> Sums { get; init; } = [];
}
