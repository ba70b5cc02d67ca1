using System.Collections.Immutable;

namespace Loxi.Bfd;

/// <summary>
/// Authentication of a session. To roll over a key without a gap: add the new key on both sides, make it <see cref="ActiveKeyId"/> on
/// both, remove the old one.
/// </summary>
/// <param name="Type">The kind. A packet of another kind is discarded.</param>
/// <param name="Keys">The keys; each of them is accepted. 1 to 255.</param>
public sealed record BfdAuthentication(BfdAuthenticationType Type, ImmutableArray<BfdKey> Keys)
{
    /// <summary>Identifier of the key with which packets are sent.</summary>
    /// <value>Default: null, the first of <see cref="Keys"/>.</value>
    public int? ActiveKeyId { get; init; }

    /// <summary>By value.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>True when type, keys with their order and the active key are the same.</returns>
    public bool Equals(BfdAuthentication? other) =>
        other is not null && Type == other.Type && ActiveKeyId == other.ActiveKeyId && KeySpan.SequenceEqual(other.KeySpan);

    /// <summary>Of the type and the number of keys.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => HashCode.Combine(Type, KeySpan.Length);

    /// <summary>The type and the key identifiers.</summary>
    /// <returns>The text, without secrets.</returns>
    public override string ToString() => $"{Type} with keys {string.Join(", ", KeySpan.ToArray().Select(static k => k?.Id))}";

    internal ReadOnlySpan<BfdKey> KeySpan => Keys.IsDefault ? [] : Keys.AsSpan();

    /// <summary>The key to send with, or null when there is none.</summary>
    internal BfdKey? ActiveKey
    {
        get
        {
            foreach (var key in KeySpan)
            {
                if (key.Id == ActiveKeyId)
                {
                    return key;
                }
            }

            return KeySpan.IsEmpty ? null : KeySpan[0];
        }
    }
}
