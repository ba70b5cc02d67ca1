using CsCheck;
using FluentAssertions;
using Loxi.Ha.Sync.Wire;
using Xunit;
using L = Loxi.Ha.Sync.Wire.SyncFrameLayout;

namespace Loxi.Ha.Tests.Sync;

public sealed class SyncFrameTests
{
    [Fact]
    public void Golden_BytesAreThoseOfTheDocument()
    {
        // Written by hand from docs/ha-sync.md.
        const string expected =
            "0000003c" + "01" + "01" + "0000" + "0000000000000005" + "0000000000000001" + "0000000000000002" + "00000007" + "00" + "00" + "0000"
            + "4c585359" + "00000000000000aa" + "00000002" + "01" + "02" + "01" + "00";

        Convert.ToHexStringLower(Open()).Should().Be(expected);
        SyncFrame.Check(Open(), out var header).Should().Be(SyncFrameProblem.None);
        header.Should().Be(new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = 5, Sequence = 1, Ack = 2, Term = 7 });
        SyncFrame.ReadOpen(Open(), out var open).Should().Be(SyncFrameProblem.None);
        open.Should().Be(new SyncOpen(0xaa, 2, 1, 2, SyncChannel.Bulk));
    }

    [Theory]
    [InlineData(L.VersionAt, 2, SyncFrameProblem.UnknownVersion)]
    [InlineData(L.KindAt, 0, SyncFrameProblem.UnknownKind)]
    [InlineData(L.KindAt, 7, SyncFrameProblem.UnknownKind)]
    [InlineData(L.KindAt, (int)SyncFrameKind.Ack, SyncFrameProblem.WrongLength)]
    [InlineData(L.KindAt, (int)SyncFrameKind.Want, SyncFrameProblem.TooShort)]
    [InlineData(L.KindAt, (int)SyncFrameKind.Digest, SyncFrameProblem.WrongHeader)]
    [InlineData(L.EpochAt, 1, SyncFrameProblem.WrongEpoch)]
    [InlineData(L.TermAt, 1, SyncFrameProblem.WrongTerm)]
    [InlineData(L.FlagsAt, 1, SyncFrameProblem.WrongHeader)]
    [InlineData(L.ReservedAt, 1, SyncFrameProblem.WrongHeader)]
    [InlineData(L.CountAt, 1, SyncFrameProblem.WrongCount)]
    [InlineData(3, 61, SyncFrameProblem.WrongLength)]
    public void OneWrongOctet_IsNamed(int at, int value, SyncFrameProblem expected)
    {
        var frame = Open();
        frame[at] = (byte)value;

        SyncFrame.Check(frame, out _).Should().Be(expected);
    }

    [Theory]
    [InlineData(0, SyncFrameProblem.NotSync)]
    [InlineData(18, SyncFrameProblem.WrongChannel)]
    [InlineData(19, SyncFrameProblem.WrongHeader)]
    public void OneWrongOctetOfTheOpening_IsNamed(int at, SyncFrameProblem expected)
    {
        var frame = Open();
        frame[L.HeaderLength + at] = 0x7f;

        SyncFrame.ReadOpen(frame, out _).Should().Be(expected);
    }

    [Theory]
    [InlineData((int)SyncFrameKind.Digest, L.DigestHeadLength, 0, SyncFrameProblem.WrongCount)]
    [InlineData((int)SyncFrameKind.Digest, L.DigestHeadLength + 8, 2, SyncFrameProblem.TooShort)]
    [InlineData((int)SyncFrameKind.Digest, L.DigestHeadLength + 8, 4097, SyncFrameProblem.WrongBucket)]
    [InlineData((int)SyncFrameKind.Digest, L.DigestHeadLength - 1, 1, SyncFrameProblem.TooShort)]
    [InlineData((int)SyncFrameKind.Bucket, L.BucketHeadLength - 1, 0, SyncFrameProblem.TooShort)]
    [InlineData((int)SyncFrameKind.Want, L.WantLength - 1, 0, SyncFrameProblem.TooShort)]
    [InlineData((int)SyncFrameKind.Want, L.WantLength + 1, 0, SyncFrameProblem.WrongLength)]
    [InlineData((int)SyncFrameKind.Ack, L.HeaderLength - 1, 0, SyncFrameProblem.TooShort)]
    [InlineData((int)SyncFrameKind.Ack, L.LongestFrame + 1, 0, SyncFrameProblem.TooLong)]
    public void WrongShape_IsNamed(int kind, int length, int count, SyncFrameProblem expected) => Shape((SyncFrameKind)kind, length, count).Should().Be(expected);

    [Fact]
    public void BucketThatThereIsNot_IsNamed()
    {
        var frame = new byte[L.BucketHeadLength];
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Bucket });
        frame[L.HeaderLength + 4] = 0x10;

        SyncFrame.Check(frame, out _).Should().Be(SyncFrameProblem.WrongBucket);
        frame[L.HeaderLength + 4] = 0;
        frame[L.HeaderLength + 7] = 1;
        SyncFrame.Check(frame, out _).Should().Be(SyncFrameProblem.WrongHeader);
    }

    [Theory]
    [InlineData(0u, SyncFrameProblem.TooShort)]
    [InlineData(39u, SyncFrameProblem.TooShort)]
    [InlineData(40u, SyncFrameProblem.None)]
    [InlineData(65_536u, SyncFrameProblem.None)]
    [InlineData(65_537u, SyncFrameProblem.TooLong)]
    [InlineData(uint.MaxValue, SyncFrameProblem.TooLong)]
    public void Length_IsCheckedBeforeAnythingIsWaitedFor(uint told, SyncFrameProblem expected)
    {
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, told);

        SyncFrame.ReadLength(bytes, out var length).Should().Be(expected);
        length.Should().Be(told <= 65_536 ? (int)told : 0);
    }

    [Fact]
    public void AnyOctets_AreReadOrRefused_WithoutAnException() => Gen.Select(Gen.Byte[0, 8], Gen.Byte.Array[0, 700]).Sample(static (kind, bytes) =>
    {
        byte[] frame = [0, 0, 0, 0, L.Version, kind, .. bytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)frame.Length);
        if (SyncFrame.Check(frame, out var header) == SyncFrameProblem.None && header.Kind == SyncFrameKind.Open)
        {
            SyncFrame.ReadOpen(frame, out _);
        }
    }, iter: 20_000);

    private static SyncFrameProblem Shape(SyncFrameKind kind, int length, int count)
    {
        var frame = new byte[length];
        SyncFrame.WriteHeader(frame.Length < L.HeaderLength ? new byte[L.HeaderLength] : frame, length, new SyncFrameHeader { Kind = kind, Count = (ushort)count });
        return SyncFrame.Check(frame, out _);
    }

    private static byte[] Open()
    {
        var frame = new byte[L.OpenLength];
        SyncFrame.WriteOpen(frame, new SyncOpen(0xaa, 2, 1, 2, SyncChannel.Bulk));
        SyncFrame.WriteHeader(frame, frame.Length, new SyncFrameHeader { Kind = SyncFrameKind.Open, Incarnation = 5, Sequence = 1, Ack = 2, Term = 7 });
        return frame;
    }
}
