using System.Text.Json.Serialization;

namespace Loxi.Api.Wire;

/// <summary>A key of TCP-AO (RFC 5925). Of one that is there, what is absent stays as it is.</summary>
public sealed record BgpTcpAoArguments
{
    /// <summary>SendID and RecvID, 0 to 255. Default: 0.</summary>
    [JsonPropertyName("keyId")]
    public long? KeyId { get; init; }

    /// <summary>The master key, 1 to 80 bytes; empty: no TCP-AO. Never shown.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    /// <summary>How it signs (RFC 5926): <c>hmac-sha-1-96</c> or <c>aes-128-cmac-96</c>. Default: hmac-sha-1-96.</summary>
    [JsonPropertyName("algorithm")]
    public string? Algorithm { get; init; }

    /// <summary>The key without its secret.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"key {KeyId} {Algorithm}";
}
