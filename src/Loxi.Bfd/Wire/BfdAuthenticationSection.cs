using System.Buffers.Binary;

namespace Loxi.Bfd.Wire;

/// <summary>The authentication section of a control packet (RFC 5880 4.2 to 4.4), read in place.</summary>
public readonly ref struct BfdAuthenticationSection
{
    /// <summary>Bytes of Auth Type and Auth Len.</summary>
    internal const int HeaderLength = 2;

    private const int PasswordOffset = 3;
    private const int DigestOffset = 8;
    private const int Md5Length = 24;
    private const int Sha1Length = 28;

    /// <summary>Auth Type.</summary>
    public BfdAuthenticationType Type { get; private init; }

    /// <summary>Auth Len: bytes of the section.</summary>
    public byte Length { get; private init; }

    /// <summary>Auth Key ID.</summary>
    public byte KeyId { get; private init; }

    /// <summary>Sequence Number; zero for a simple password, which has none.</summary>
    public uint SequenceNumber { get; private init; }

    /// <summary>The password, or the digest: 1 to 16, 16 or 20 bytes.</summary>
    public ReadOnlySpan<byte> Secret { get; private init; }

    /// <summary>Bytes of a section that is sent.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="passwordLength">Bytes of the password; of no use to the other types.</param>
    /// <returns>The length: 0 without authentication, 4 to 19, 24 or 28.</returns>
    public static int LengthOf(BfdAuthenticationType type, int passwordLength) => type switch
    {
        BfdAuthenticationType.SimplePassword => PasswordOffset + passwordLength,
        BfdAuthenticationType.KeyedMd5 or BfdAuthenticationType.MeticulousKeyedMd5 => Md5Length,
        BfdAuthenticationType.KeyedSha1 or BfdAuthenticationType.MeticulousKeyedSha1 => Sha1Length,
        _ => 0,
    };

    /// <summary>Reads the section. Allocates nothing and never throws for what came from the network.</summary>
    /// <param name="packet">The control packet, exactly as long as its Length field says.</param>
    /// <param name="section">The section, whose <see cref="Secret"/> is a part of <paramref name="packet"/>.</param>
    /// <returns><see cref="BfdDiscardReason.None"/>, <see cref="BfdDiscardReason.AuthenticationType"/> for a type that is not known, or <see cref="BfdDiscardReason.AuthenticationLength"/>.</returns>
    public static BfdDiscardReason Read(ReadOnlySpan<byte> packet, out BfdAuthenticationSection section)
    {
        section = default;
        if (packet.Length < BfdControlCodec.MandatoryLength + HeaderLength)
        {
            return BfdDiscardReason.AuthenticationLength;
        }

        var bytes = packet[BfdControlCodec.MandatoryLength..];
        var type = (BfdAuthenticationType)bytes[0];
        var length = bytes[1];
        if (type is < BfdAuthenticationType.SimplePassword or > BfdAuthenticationType.MeticulousKeyedSha1)
        {
            return BfdDiscardReason.AuthenticationType;
        }

        var isPassword = type == BfdAuthenticationType.SimplePassword;
        var fits = isPassword
            ? length is > PasswordOffset and <= PasswordOffset + BfdLimits.LongestMd5Secret
            : length == LengthOf(type, 0);
        if (!fits || length > bytes.Length)
        {
            return BfdDiscardReason.AuthenticationLength;
        }

        section = new BfdAuthenticationSection
        {
            Type = type,
            Length = length,
            KeyId = bytes[2],
            SequenceNumber = isPassword ? 0 : BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Secret = bytes[(isPassword ? PasswordOffset : DigestOffset)..length],
        };
        return BfdDiscardReason.None;
    }

    /// <summary>Writes a section.</summary>
    /// <param name="type">Its type, not <see cref="BfdAuthenticationType.None"/>.</param>
    /// <param name="keyId">Auth Key ID.</param>
    /// <param name="sequenceNumber">Sequence Number; not written for a password.</param>
    /// <param name="secret">The password, or what the digest is to be calculated with: at most as long as the digest, zeros follow.</param>
    /// <param name="destination">Receives <see cref="LengthOf"/> bytes.</param>
    /// <returns>The place of the password or digest in <paramref name="destination"/>.</returns>
    /// <exception cref="ArgumentException">The secret or the section does not fit.</exception>
    internal static Span<byte> Write(BfdAuthenticationType type, byte keyId, uint sequenceNumber, ReadOnlySpan<byte> secret, Span<byte> destination)
    {
        var length = LengthOf(type, secret.Length);
        destination[0] = (byte)type;
        destination[1] = (byte)length;
        destination[2] = keyId;
        if (type == BfdAuthenticationType.SimplePassword)
        {
            var password = destination[PasswordOffset..length];
            secret.CopyTo(password);
            return password;
        }

        destination[3] = 0; // Reserved (RFC 5880 4.3, 4.4)
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], sequenceNumber);
        var digest = destination[DigestOffset..length];
        digest.Clear();
        secret.CopyTo(digest);
        return digest;
    }
}
