using System.Buffers.Binary;
using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Wire;

/// <summary>Frames of the streams between nodes as octets: pure functions over spans. Records in them are the schema's.</summary>
public static class SyncFrame
{
    /// <summary>Longest frame in octets.</summary>
    public const int LongestLength = SyncFrameLayout.LongestFrame;

    /// <summary>Octets that say how long a frame is.</summary>
    public const int PrefixLength = 4;

    /// <summary>Reads how long the next frame of a stream is.</summary>
    /// <param name="bytes">At least <see cref="PrefixLength"/> octets, the first of the frame.</param>
    /// <param name="length">Its length with them, when nothing is wrong.</param>
    /// <returns><see cref="SyncFrameProblem.TooShort"/> or <see cref="SyncFrameProblem.TooLong"/> where there can be no such frame.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer octets.</exception>
    public static SyncFrameProblem ReadLength(ReadOnlySpan<byte> bytes, out int length)
    {
        var told = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        length = told <= LongestLength ? (int)told : 0;
        return told < SyncFrameLayout.HeaderLength ? SyncFrameProblem.TooShort
            : told > LongestLength ? SyncFrameProblem.TooLong
            : SyncFrameProblem.None;
    }

    internal static void WriteHeader(Span<byte> frame, int length, in SyncFrameHeader header)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)length);
        frame[SyncFrameLayout.VersionAt] = SyncFrameLayout.Version;
        frame[SyncFrameLayout.KindAt] = (byte)header.Kind;
        BinaryPrimitives.WriteUInt16BigEndian(frame[SyncFrameLayout.EpochAt..], header.Epoch);
        BinaryPrimitives.WriteUInt64BigEndian(frame[SyncFrameLayout.IncarnationAt..], header.Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(frame[SyncFrameLayout.SequenceAt..], header.Sequence);
        BinaryPrimitives.WriteUInt64BigEndian(frame[SyncFrameLayout.AckAt..], header.Ack);
        BinaryPrimitives.WriteUInt32BigEndian(frame[SyncFrameLayout.TermAt..], header.Term);
        frame[SyncFrameLayout.FlagsAt] = header.Flags;
        frame[SyncFrameLayout.ReservedAt] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(frame[SyncFrameLayout.CountAt..], header.Count);
    }

    /// <summary>Checks what can be checked without the state of a stream.</summary>
    internal static SyncFrameProblem Check(ReadOnlySpan<byte> frame, out SyncFrameHeader header)
    {
        header = default;
        if (frame.Length < SyncFrameLayout.HeaderLength)
        {
            return SyncFrameProblem.TooShort;
        }

        if (frame.Length > SyncFrameLayout.LongestFrame)
        {
            return SyncFrameProblem.TooLong;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(frame) != frame.Length)
        {
            return SyncFrameProblem.WrongLength;
        }

        if (frame[SyncFrameLayout.VersionAt] != SyncFrameLayout.Version)
        {
            return SyncFrameProblem.UnknownVersion;
        }

        header = new SyncFrameHeader
        {
            Kind = (SyncFrameKind)frame[SyncFrameLayout.KindAt],
            Epoch = BinaryPrimitives.ReadUInt16BigEndian(frame[SyncFrameLayout.EpochAt..]),
            Incarnation = BinaryPrimitives.ReadUInt64BigEndian(frame[SyncFrameLayout.IncarnationAt..]),
            Sequence = BinaryPrimitives.ReadUInt64BigEndian(frame[SyncFrameLayout.SequenceAt..]),
            Ack = BinaryPrimitives.ReadUInt64BigEndian(frame[SyncFrameLayout.AckAt..]),
            Term = BinaryPrimitives.ReadUInt32BigEndian(frame[SyncFrameLayout.TermAt..]),
            Flags = frame[SyncFrameLayout.FlagsAt],
            Count = BinaryPrimitives.ReadUInt16BigEndian(frame[SyncFrameLayout.CountAt..]),
        };
        if (header.Term > ConnectionVersion.MaxTerm)
        {
            return SyncFrameProblem.WrongTerm;
        }

        if (frame[SyncFrameLayout.ReservedAt] != 0 || (header.Flags & ~(SyncFrameLayout.ServesFlag | SyncFrameLayout.FormerLacksFlag | (header.Kind == SyncFrameKind.Bucket ? SyncFrameLayout.BucketFlags : 0))) != 0)
        {
            return SyncFrameProblem.WrongHeader;
        }

        if (header.Epoch != 0 && header.Kind is not (SyncFrameKind.Records or SyncFrameKind.Bucket))
        {
            return SyncFrameProblem.WrongEpoch;
        }

        return CheckBody(frame, header);
    }

    internal static SyncFrameProblem ReadOpen(ReadOnlySpan<byte> frame, out SyncOpen open)
    {
        var body = frame[SyncFrameLayout.HeaderLength..];
        open = new SyncOpen(
            BinaryPrimitives.ReadUInt64BigEndian(body[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(body[12..]),
            body[16],
            body[17],
            (SyncChannel)body[18]);
        return BinaryPrimitives.ReadUInt32BigEndian(body) != SyncFrameLayout.Magic ? SyncFrameProblem.NotSync
            : body[19] != 0 ? SyncFrameProblem.WrongHeader
            : open.Channel > SyncChannel.Bulk ? SyncFrameProblem.WrongChannel
            : SyncFrameProblem.None;
    }

    internal static void WriteOpen(Span<byte> frame, in SyncOpen open)
    {
        var body = frame[SyncFrameLayout.HeaderLength..];
        BinaryPrimitives.WriteUInt32BigEndian(body, SyncFrameLayout.Magic);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], open.Schema);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], open.Layout);
        body[16] = open.Node;
        body[17] = open.Peer;
        body[18] = (byte)open.Channel;
        body[19] = 0;
    }

    /// <summary>The shape of a frame of each kind: how long, how many, which buckets.</summary>
    private static SyncFrameProblem CheckBody(ReadOnlySpan<byte> frame, in SyncFrameHeader header)
    {
        switch (header.Kind)
        {
            case SyncFrameKind.Open:
                return Exactly(frame, SyncFrameLayout.OpenLength, header.Count == 0);
            case SyncFrameKind.Ack:
                return Exactly(frame, SyncFrameLayout.HeaderLength, header.Count == 0);
            case SyncFrameKind.Want:
                return Exactly(frame, SyncFrameLayout.WantLength, header.Count == 0);
            case SyncFrameKind.Records:
                return SyncFrameProblem.None;
            case SyncFrameKind.Digest:
                if (frame.Length < SyncFrameLayout.DigestHeadLength)
                {
                    return SyncFrameProblem.TooShort;
                }

                var first = BinaryPrimitives.ReadUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 2)..]);
                return frame[SyncFrameLayout.HeaderLength + 1] != 0 ? SyncFrameProblem.WrongHeader
                    : first + header.Count > ConnectionBuckets.Count ? SyncFrameProblem.WrongBucket
                    : Exactly(frame, SyncFrameLayout.DigestHeadLength + (header.Count * 8), header.Count > 0);
            case SyncFrameKind.Bucket:
                if (frame.Length < SyncFrameLayout.BucketHeadLength)
                {
                    return SyncFrameProblem.TooShort;
                }

                return BinaryPrimitives.ReadUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 4)..]) >= ConnectionBuckets.Count ? SyncFrameProblem.WrongBucket
                    : BinaryPrimitives.ReadUInt16BigEndian(frame[(SyncFrameLayout.HeaderLength + 6)..]) != 0 ? SyncFrameProblem.WrongHeader
                    : SyncFrameProblem.None;
            default:
                return SyncFrameProblem.UnknownKind;
        }
    }

    private static SyncFrameProblem Exactly(ReadOnlySpan<byte> frame, int length, bool isCountRight) =>
        frame.Length < length ? SyncFrameProblem.TooShort
        : frame.Length > length ? SyncFrameProblem.WrongLength
        : isCountRight ? SyncFrameProblem.None
        : SyncFrameProblem.WrongCount;
}
