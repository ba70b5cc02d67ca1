using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>A BGP message that was wrong.</summary>
public sealed record BgpMalformed
{
    /// <summary>When it arrived.</summary>
    [JsonPropertyName("time")]
    public DateTimeOffset Time { get; init; }

    /// <summary>What followed: <c>attribute-discard</c>, <c>treat-as-withdraw</c> or <c>session-reset</c> (RFC 7606).</summary>
    [JsonPropertyName("reaction")]
    public string Reaction { get; init; } = "";

    /// <summary>What was wrong.</summary>
    [JsonPropertyName("text")]
    public string Text { get; init; } = "";

    /// <summary>Type code of the attribute.</summary>
    [JsonPropertyName("attribute")]
    public int? Attribute { get; init; }

    /// <summary>Where, in octets from the start of the message.</summary>
    [JsonPropertyName("offset")]
    public int Offset { get; init; }

    /// <summary>The first prefixes of the message.</summary>
    [JsonPropertyName("prefixes")]
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>The whole message in hexadecimal digits.</summary>
    [JsonPropertyName("message")]
    public string Message { get; init; } = "";
}
