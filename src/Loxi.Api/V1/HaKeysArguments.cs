using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A change of how HELLOs are authenticated: the body of <c>PUT /loxi/v1/ha/keys</c>. What is absent stays as it is.</summary>
public sealed record HaKeysArguments
{
    /// <summary><c>bootstrap</c>, <c>receive-only</c>, <c>permissive</c> or <c>enforce</c>.</summary>
    [JsonPropertyName("mode")]
    public string? Mode { get; init; }

    /// <summary>The number of the key to send with.</summary>
    [JsonPropertyName("send")]
    public long? Send { get; init; }

    /// <summary>All keys that are accepted, at most 8; those left out are taken away. They are stored in the node's state directory.</summary>
    [JsonPropertyName("keys")]
    public IReadOnlyList<HaKeyArguments?>? Keys { get; init; }

    /// <summary>Reads the file of <c>--ha-keys</c> again; its keys take the place of all others. Not together with <see cref="Keys"/>.</summary>
    [JsonPropertyName("reread")]
    public bool? Reread { get; init; }

    /// <summary>Does it even when another node that is heard now would not be heard any more.</summary>
    [JsonPropertyName("force")]
    public bool? Force { get; init; }
}
