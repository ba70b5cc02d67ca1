using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A key of HELLO without its secret.</summary>
public sealed record HaKey
{
    /// <summary>Its number: 1 to 65535.</summary>
    [JsonPropertyName("id")]
    public int Id { get; init; }

    /// <summary>Equal on nodes that have the same secret: 16 hexadecimal digits.</summary>
    [JsonPropertyName("fingerprint")]
    public string Fingerprint { get; init; } = "";
}
