using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>Authentication of a BFD session (RFC 5880 6.7). Given, it takes the place of what was there as a whole.</summary>
public sealed record BfdAuthenticationArguments
{
    /// <summary><c>none</c>, <c>simple</c>, <c>md5</c>, <c>meticulous-md5</c>, <c>sha1</c> or <c>meticulous-sha1</c>. Required.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>The keys, each of which is accepted; 1 to 255, none with the type <c>none</c>.</summary>
    [JsonPropertyName("keys")]
    public IReadOnlyList<BfdKeyArguments?>? Keys { get; init; }

    /// <summary>Identifier of the key to send with. Default: the first key's.</summary>
    [JsonPropertyName("activeKeyId")]
    public long? ActiveKeyId { get; init; }
}
