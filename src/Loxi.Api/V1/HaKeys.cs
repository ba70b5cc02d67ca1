using System.Text.Json.Serialization;

namespace Loxi.Api.V1;

/// <summary>How HELLOs are authenticated: the answer of <c>GET</c> and <c>PUT /loxi/v1/ha/keys</c>. Secrets are not among it.</summary>
public sealed record HaKeys
{
    /// <summary><c>bootstrap</c>, <c>receive-only</c>, <c>permissive</c> or <c>enforce</c>.</summary>
    [JsonPropertyName("mode")]
    public string Mode { get; init; } = "";

    /// <summary>The number of the key to send with; absent without keys. In <c>receive-only</c> nothing is sent with it yet.</summary>
    [JsonPropertyName("send")]
    public int? Send { get; init; }

    /// <summary>Where mode and sending key come from: <c>flags</c>, or <c>stored</c> after the first change.</summary>
    [JsonPropertyName("origin")]
    public string Origin { get; init; } = "";

    /// <summary>Where the keys come from: <c>file</c> (that of <c>--ha-keys</c>), <c>stored</c> or <c>none</c>.</summary>
    [JsonPropertyName("keysFrom")]
    public string KeysFrom { get; init; } = "";

    /// <summary>The keys, without their secrets.</summary>
    [JsonPropertyName("keys")]
    public IReadOnlyList<HaKey> Keys { get; init; } = [];
}
