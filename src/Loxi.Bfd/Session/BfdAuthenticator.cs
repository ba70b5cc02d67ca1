using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Session;

/// <summary>Keys and sequence numbers of a session (RFC 5880 6.7).</summary>
internal sealed class BfdAuthenticator
{
    // bfd.XmitAuthSeq, bfd.RcvAuthSeq, bfd.AuthSeqKnown (RFC 5880 6.8.1)
    private uint _transmitSequence;
    private uint _receiveSequence;
    private bool _sequenceKnown;

    public BfdAuthenticator(BfdAuthentication? authentication, uint firstSequenceNumber)
    {
        Settings = authentication;
        Key = authentication?.ActiveKey;
        _transmitSequence = firstSequenceNumber;
    }

    public BfdAuthentication? Settings { get; private set; }

    /// <summary>bfd.AuthType.</summary>
    public BfdAuthenticationType Type => Settings?.Type ?? BfdAuthenticationType.None;

    /// <summary>Whether packets can be sent: an authenticated session without a key must not send others.</summary>
    public bool CanSign => Type == BfdAuthenticationType.None || Key is not null;

    public int SectionLength => Key is null ? 0 : BfdAuthenticationSection.LengthOf(Type, Key.Bytes.Length);

    private BfdKey? Key { get; set; }

    private bool IsMeticulous => Type is BfdAuthenticationType.MeticulousKeyedMd5 or BfdAuthenticationType.MeticulousKeyedSha1;

    public void Change(BfdAuthentication? authentication)
    {
        // Another type means another generation of packets; with other keys the numbers go on.
        _sequenceKnown &= authentication?.Type == Type;
        Settings = authentication;
        Key = authentication?.ActiveKey;
    }

    /// <summary>RFC 5880 6.8.6 and 6.7.2 to 6.7.4. Changes nothing: what is accepted is told to <see cref="Accept"/>.</summary>
    /// <param name="bytes">The packet, exactly as long as its Length field says.</param>
    /// <param name="packet">Its mandatory section.</param>
    /// <param name="forgetSequence">Whether nothing came for twice the detection time (RFC 5880 6.8.1, bfd.AuthSeqKnown).</param>
    /// <param name="sequence">The sequence number.</param>
    public BfdDiscardReason Verify(ReadOnlySpan<byte> bytes, in BfdControlPacket packet, bool forgetSequence, out uint sequence)
    {
        sequence = 0;
        if (!packet.AuthenticationPresent)
        {
            return Type == BfdAuthenticationType.None ? BfdDiscardReason.None : BfdDiscardReason.AuthenticationMissing;
        }

        if (Type == BfdAuthenticationType.None)
        {
            return BfdDiscardReason.AuthenticationUnexpected;
        }

        if (bytes[BfdControlCodec.MandatoryLength] != (byte)Type)
        {
            return BfdDiscardReason.AuthenticationType;
        }

        var reason = BfdAuthenticationSection.Read(bytes, out var section);
        if (reason != BfdDiscardReason.None)
        {
            return reason;
        }

        if (Find(section.KeyId) is not { } key)
        {
            return BfdDiscardReason.AuthenticationKeyId;
        }

        if (Type == BfdAuthenticationType.SimplePassword)
        {
            return CryptographicOperations.FixedTimeEquals(section.Secret, key.Bytes) ? BfdDiscardReason.None : BfdDiscardReason.AuthenticationDigest;
        }

        sequence = section.SequenceNumber;
        if (_sequenceKnown && !forgetSequence && !IsInWindow(sequence, packet.DetectMult))
        {
            return BfdDiscardReason.AuthenticationSequence;
        }

        return IsDigestRight(bytes, section, key) ? BfdDiscardReason.None : BfdDiscardReason.AuthenticationDigest;
    }

    /// <summary>Takes the sequence number of an accepted packet.</summary>
    public void Accept(uint sequence)
    {
        _sequenceKnown = Type > BfdAuthenticationType.SimplePassword;
        _receiveSequence = sequence;
    }

    /// <summary>Adds the authentication section.</summary>
    /// <param name="packet">The whole packet, whose mandatory section is written.</param>
    /// <param name="changed">Whether its content differs from that of the packet before.</param>
    public void Sign(Span<byte> packet, bool changed)
    {
        if (Key is null)
        {
            return;
        }

        // 6.7.3: a meticulous number grows by each packet, the others SHOULD when the content changes.
        if (IsMeticulous || changed)
        {
            unchecked
            {
                _transmitSequence++;
            }
        }

        var digest = BfdAuthenticationSection.Write(Type, (byte)Key.Id, _transmitSequence, Key.Bytes, packet[BfdControlCodec.MandatoryLength..]);
        if (Type != BfdAuthenticationType.SimplePassword)
        {
            Span<byte> hash = stackalloc byte[digest.Length];
            Hash(packet, hash);
            hash.CopyTo(digest);
        }
    }

    // 6.7.3: from RcvAuthSeq, or the one after it when meticulous, to RcvAuthSeq + 3 * Detect Mult, in a circle of 32 bits.
    private bool IsInWindow(uint sequence, byte detectMult)
    {
        var ahead = unchecked(sequence - _receiveSequence);
        return ahead <= 3u * detectMult && (ahead != 0 || !IsMeticulous);
    }

    private BfdKey? Find(byte id)
    {
        foreach (var key in Settings!.KeySpan)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    private static bool IsDigestRight(ReadOnlySpan<byte> bytes, BfdAuthenticationSection section, BfdKey key)
    {
        // The digest covers the packet with the key, padded with zeros, in the place of the digest.
        Span<byte> copy = stackalloc byte[bytes.Length];
        bytes.CopyTo(copy);
        BfdAuthenticationSection.Write(section.Type, section.KeyId, section.SequenceNumber, key.Bytes, copy[BfdControlCodec.MandatoryLength..]);
        copy[BfdControlCodec.MandatoryLength + 3] = bytes[BfdControlCodec.MandatoryLength + 3]; // Reserved: ignored, and part of what was hashed.
        Span<byte> hash = stackalloc byte[section.Secret.Length];
        Hash(copy, hash);
        return CryptographicOperations.FixedTimeEquals(hash, section.Secret);
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 5880 6.7.4")]
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "RFC 5880 6.7.3")]
    private static void Hash(ReadOnlySpan<byte> source, Span<byte> hash)
    {
        if (hash.Length == MD5.HashSizeInBytes)
        {
            MD5.HashData(source, hash);
        }
        else
        {
            SHA1.HashData(source, hash);
        }
    }
}
