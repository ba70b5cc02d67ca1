using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>Something that is wrong with nodes that share addresses, and is not over.</summary>
public sealed record HaAlarm
{
    /// <summary>What, e.g. <c>config-differs</c>, <c>duplicate-node-id</c>, <c>address-conflict</c> or <c>gateway-lost</c>; all names: docs/ha.md.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>The VIP group; absent where it is about the node.</summary>
    [JsonPropertyName("group")]
    public string? Group { get; init; }

    /// <summary>The other node that it is about; absent for none.</summary>
    [JsonPropertyName("node")]
    public int? Node { get; init; }

    /// <summary>The address that it is about; absent for none.</summary>
    [JsonPropertyName("address")]
    public string? Address { get; init; }

    /// <summary>Since when.</summary>
    [JsonPropertyName("since")]
    public DateTimeOffset Since { get; init; }

    /// <summary>How often it was told since the node has run, or an address was claimed since the node has served it.</summary>
    [JsonPropertyName("count")]
    public long Count { get; init; }

    /// <summary>What an operator reads.</summary>
    [JsonPropertyName("text")]
    public string Text { get; init; } = "";
}
