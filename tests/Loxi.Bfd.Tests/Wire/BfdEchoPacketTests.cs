using CsCheck;
using FluentAssertions;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Wire;

public sealed class BfdEchoPacketTests
{
    private static readonly byte[] Golden = [0x4c, 0x78, 0x45, 0x01, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void GoldenBytes_AreReadAndWritten()
    {
        BfdEchoPacket.TryRead(Golden, out var packet).Should().BeTrue();
        packet.Should().Be(new BfdEchoPacket { Discriminator = 0x11223344, SequenceNumber = 9, Cookie = 0x0102030405060708 });
        var bytes = new byte[BfdEchoPacket.Length];
        packet.Write(bytes);
        bytes.Should().Equal(Golden);
    }

    [Fact]
    public void GoldenBytes_AreNoControlPacket() => BfdControlCodec.Read(Golden, out _).Should().Be(BfdDiscardReason.Version);

    [Fact]
    public void OtherLengthsAndMarks_AreNotRead()
    {
        for (var length = 0; length < Golden.Length; length++)
        {
            BfdEchoPacket.TryRead(Golden.AsSpan(0, length), out _).Should().BeFalse();
        }

        BfdEchoPacket.TryRead([.. Golden, 0], out _).Should().BeFalse();
        for (var i = 0; i < 4; i++)
        {
            var bytes = Golden.ToArray();
            bytes[i] ^= 1;
            BfdEchoPacket.TryRead(bytes, out _).Should().BeFalse();
        }
    }

    [Fact]
    public void WriteThenRead_GivesTheSamePacket() => Gen.Select(Gen.UInt, Gen.UInt, Gen.ULong).Sample((discriminator, number, cookie) =>
    {
        var packet = new BfdEchoPacket { Discriminator = discriminator, SequenceNumber = number, Cookie = cookie };
        var bytes = new byte[BfdEchoPacket.Length];
        packet.Write(bytes);
        return BfdEchoPacket.TryRead(bytes, out var read) && read == packet;
    });

    [Fact]
    public void Write_TooLittleRoom_IsAnError()
    {
        var act = () => default(BfdEchoPacket).Write(new byte[19]);
        act.Should().Throw<ArgumentException>();
    }
}
