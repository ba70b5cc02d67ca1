using System.Collections.Immutable;
using Loxi.Ha.Transport.Wire;

namespace Loxi.Ha.Transport;

/// <summary>The keys of HELLO. To replace one without a gap: give all nodes the new key, then have all send with it, then take the old one away.</summary>
public sealed record HelloAuthentication
{
    /// <summary>How far HELLOs are authenticated. Default <see cref="HelloAuthenticationMode.Bootstrap"/>.</summary>
    public HelloAuthenticationMode Mode { get; init; }

    /// <summary>Keys that are accepted: at most 8, each number once; none in bootstrap. Default: none.</summary>
    public ImmutableArray<HelloKey> Keys { get; init; } = [];

    /// <summary>The number of the key to send with. Default <see langword="null"/>: the first.</summary>
    public ushort? SendKeyId { get; init; }

    /// <summary>Refuses every mode but <see cref="HelloAuthenticationMode.Enforce"/>. Default <see langword="false"/>.</summary>
    public bool Required { get; init; }

    /// <summary>Whether what is not authenticated is heard: a lasting warning.</summary>
    public bool AcceptsUnauthenticated => Mode != HelloAuthenticationMode.Enforce;

    /// <inheritdoc />
    public bool Equals(HelloAuthentication? other) =>
        other is not null && other.Mode == Mode && other.SendKeyId == SendKeyId && other.Required == Required && other.Keys.AsSpan().SequenceEqual(Keys.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Mode, Keys.Length, SendKeyId, Required);

    internal HelloKey? SendKey
    {
        get
        {
            if (Mode is HelloAuthenticationMode.Bootstrap or HelloAuthenticationMode.ReceiveOnly)
            {
                return null;
            }

            foreach (var key in Keys)
            {
                if (SendKeyId is null || key.Id == SendKeyId)
                {
                    return key;
                }
            }

            return null;
        }
    }

    /// <summary>Whether a datagram is what it says to be.</summary>
    /// <param name="datagram">A datagram whose structure is right.</param>
    /// <param name="header">Its header.</param>
    /// <param name="ttl">Its TTL or hop limit.</param>
    internal HelloDiscardReason Verify(ReadOnlySpan<byte> datagram, in HelloHeader header, int ttl)
    {
        if (header.KeyId == 0)
        {
            return !AcceptsUnauthenticated ? HelloDiscardReason.NotAuthenticated : ttl != 255 ? HelloDiscardReason.HopLimit : HelloDiscardReason.None;
        }

        foreach (var key in Keys)
        {
            if (key.Id == header.KeyId)
            {
                return key.Verify(datagram[..header.ContentLength], datagram[header.ContentLength..]) ? HelloDiscardReason.None : HelloDiscardReason.WrongAuthentication;
            }
        }

        return HelloDiscardReason.UnknownKey;
    }
}
