using System.Collections.Immutable;
using System.Text;

namespace Loxi.Bfd;

/// <summary>A password or key of a session (RFC 5880 6.7). Compares by value; its text form does not show the secret.</summary>
/// <param name="Id">Key identifier in the packets, 0 to 255.</param>
/// <param name="Secret">The bytes: 1 to 16 for a password or MD5, 1 to 20 for SHA-1.</param>
public sealed record BfdKey(int Id, ImmutableArray<byte> Secret)
{
    /// <summary>A key from its text.</summary>
    /// <param name="id">Key identifier, 0 to 255.</param>
    /// <param name="text">The secret; its UTF-8 bytes are used.</param>
    /// <returns>The key.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public static BfdKey FromText(int id, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new BfdKey(id, [.. Encoding.UTF8.GetBytes(text)]);
    }

    /// <summary>By identifier and bytes.</summary>
    /// <param name="other">The other key.</param>
    /// <returns>True when both are the same.</returns>
    public bool Equals(BfdKey? other) => other is not null && Id == other.Id && Bytes.SequenceEqual(other.Bytes);

    /// <summary>Of the identifier only: a hash tells something about the secret.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => Id;

    /// <summary>The identifier and the length of the secret.</summary>
    /// <returns>The text, without the secret.</returns>
    public override string ToString() => $"key {Id}, {Bytes.Length} bytes";

    internal ReadOnlySpan<byte> Bytes => Secret.IsDefault ? [] : Secret.AsSpan();
}
