using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A key of a BFD session. Its text form does not show the secret.</summary>
public sealed record BfdKeyArguments
{
    /// <summary>Identifier in the packets, 0 to 255. Required.</summary>
    [JsonPropertyName("id")]
    public long? Id { get; init; }

    /// <summary>The secret as text, of which the UTF-8 bytes are used: 1 to 16, with SHA-1 1 to 20. Never shown by a node. Absent: that of the key with this identifier that the session has.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    /// <summary>The identifier.</summary>
    /// <returns>The text, without the secret.</returns>
    public override string ToString() => $"key {Id}";
}
