using System.Security.Cryptography;
using Loxi.Core.Roles;

namespace Loxi.Ha.Transport;

/// <summary>A key that authenticates HELLOs by HMAC-SHA256 (RFC 2104, RFC 6234). All nodes have the same.</summary>
/// <param name="id">Its number, 1 to 65535, sent with each HELLO.</param>
/// <param name="secret">The secret: 16 to 64 octets.</param>
/// <exception cref="ArgumentOutOfRangeException">The number is 0.</exception>
/// <exception cref="ArgumentException">The secret is too short or too long.</exception>
public sealed class HelloKey(ushort id, ReadOnlySpan<byte> secret) : IEquatable<HelloKey>
{
    /// <summary>Octets of the shortest secret: 16.</summary>
    public const int ShortestSecret = HelloKeyLines.ShortestSecret;

    /// <summary>Octets of the longest secret: 64.</summary>
    public const int LongestSecret = HelloKeyLines.LongestSecret;

    private readonly byte[] _secret = secret.Length is >= ShortestSecret and <= LongestSecret
        ? secret.ToArray()
        : throw new ArgumentException($"The secret has {secret.Length} octets: expected {ShortestSecret} to {LongestSecret}.", nameof(secret));

    /// <summary>The number: 1 to 65535.</summary>
    public ushort Id { get; } = id != 0 ? id : throw new ArgumentOutOfRangeException(nameof(id), id, "Expected 1 to 65535.");

    /// <inheritdoc />
    public bool Equals(HelloKey? other) => other is not null && other.Id == Id && CryptographicOperations.FixedTimeEquals(other._secret, _secret);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as HelloKey);

    /// <inheritdoc />
    public override int GetHashCode() => Id;

    /// <summary>The number, never the secret.</summary>
    /// <returns>For example <c>key 3</c>.</returns>
    public override string ToString() => $"key {Id}";

    /// <summary>Copies the secret, for a store that only the owner may read.</summary>
    /// <returns>16 to 64 octets.</returns>
    public byte[] CopySecret() => [.. _secret];

    /// <summary>Says whether two nodes have the same key without telling it: the first 8 octets of HMAC-SHA256 over a text that no HELLO begins with.</summary>
    /// <returns>16 hexadecimal digits.</returns>
    public string ToFingerprint()
    {
        Span<byte> tag = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, "loxi key fingerprint"u8, tag);
        return Convert.ToHexStringLower(tag[..8]);
    }

    internal void Sign(ReadOnlySpan<byte> content, Span<byte> tag) => HMACSHA256.HashData(_secret, content, tag);

    internal bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> tag)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_secret, content, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }
}
