using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A key of HELLO in a change.</summary>
public sealed record HaKeyArguments
{
    /// <summary>Its number: 1 to 65535.</summary>
    [JsonPropertyName("id")]
    public long Id { get; init; }

    /// <summary>Its secret: 32 to 128 hexadecimal digits. Absent: that of the key of this number that the node has.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    /// <summary>The number, never the secret: what is printed ends up in logs.</summary>
    /// <returns>For example <c>key 3</c>.</returns>
    public override string ToString() => $"key {Id}";
}
