using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>How the connections of this node are kept like those of the other nodes.</summary>
public sealed record HaSync
{
    /// <summary>Whether all that live nodes had has come: the node can take over.</summary>
    [JsonPropertyName("ready")]
    public bool Ready { get; init; }

    /// <summary>Why it is not ready; absent when it is.</summary>
    [JsonPropertyName("problem")]
    public string? Problem { get; init; }

    /// <summary>The pin of this node, which the others must have.</summary>
    [JsonPropertyName("pin")]
    public string Pin { get; init; } = "";

    /// <summary>Connections that are known.</summary>
    [JsonPropertyName("entries")]
    public long Entries { get; init; }

    /// <summary>Of these the ones that the node's own table does not have: their service is missing, or it is full. They are tried again.</summary>
    [JsonPropertyName("parked")]
    public long Parked { get; init; }

    /// <summary>Connections of sync that were refused or not made, since the start.</summary>
    [JsonPropertyName("refusals")]
    public long Refusals { get; init; }

    /// <summary>The last one of somebody who is no other node, or cannot be known; absent when there was none.</summary>
    [JsonPropertyName("lastRefusal")]
    public HaSyncRefusal? LastRefusal { get; init; }
}
