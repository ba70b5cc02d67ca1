using CsCheck;
using FluentAssertions;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Wire;

public sealed class BfdControlCodecTests
{
    // Every field with a value of its own, put together by hand from the figure in RFC 5880 4.1.
    private static readonly byte[] Golden =
    [
        0b001_00011, // version 1, diagnostic 3
        0b11_1_0_1_0_1_0, // Up, P, no F, C, no A, D, no M
        5, 24,
        0x11, 0x22, 0x33, 0x44,
        0x55, 0x66, 0x77, 0x88,
        0x00, 0x0f, 0x42, 0x40,
        0x00, 0x00, 0xc3, 0x50,
        0x00, 0x00, 0x75, 0x30,
    ];

    private static readonly BfdControlPacket Fields = new()
    {
        Diagnostic = BfdDiagnostic.NeighborSignaledSessionDown,
        State = BfdState.Up,
        Poll = true,
        ControlPlaneIndependent = true,
        Demand = true,
        DetectMult = 5,
        Length = 24,
        MyDiscriminator = 0x11223344,
        YourDiscriminator = 0x55667788,
        DesiredMinTxInterval = 1_000_000,
        RequiredMinRxInterval = 50_000,
        RequiredMinEchoRxInterval = 30_000,
    };

    private static readonly Gen<BfdControlPacket> Packets =
        from diagnostic in Gen.Byte[0, 31]
        from state in Gen.Byte[0, 3]
        from flags in Gen.Byte
        from multiplier in Gen.Byte[1, 255]
        from mine in Gen.UInt[1, uint.MaxValue]
        from yours in Gen.UInt
        from tx in Gen.UInt
        from rx in Gen.UInt
        from echo in Gen.UInt
        select new BfdControlPacket
        {
            Diagnostic = (BfdDiagnostic)diagnostic,
            State = (BfdState)state,
            Poll = (flags & 1) != 0,
            Final = (flags & 2) != 0,
            ControlPlaneIndependent = (flags & 4) != 0,
            Demand = (flags & 8) != 0,
            DetectMult = multiplier,
            Length = 24,
            MyDiscriminator = mine,
            YourDiscriminator = yours,
            DesiredMinTxInterval = tx,
            RequiredMinRxInterval = rx,
            RequiredMinEchoRxInterval = echo,
        };

    [Fact]
    public void Read_GoldenBytes_GivesEveryField()
    {
        BfdControlCodec.Read(Golden, out var packet).Should().Be(BfdDiscardReason.None);
        packet.Should().Be(Fields);
    }

    [Fact]
    public void Write_Fields_GivesGoldenBytes()
    {
        var bytes = new byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(Fields, bytes);
        bytes.Should().Equal(Golden);
    }

    [Fact]
    public void Read_PacketWithEachFlagAlone_GivesThatFlag()
    {
        foreach (var (bit, expected) in new (int, Func<BfdControlPacket, bool>)[]
        {
            (0x20, p => p.Poll),
            (0x10, p => p.Final),
            (0x08, p => p.ControlPlaneIndependent),
            (0x02, p => p.Demand),
        })
        {
            var bytes = Golden.ToArray();
            bytes[1] = (byte)(0x40 | bit);
            BfdControlCodec.Read(bytes, out var packet).Should().Be(BfdDiscardReason.None);
            expected(packet).Should().BeTrue();
            new[] { packet.Poll, packet.Final, packet.ControlPlaneIndependent, packet.Demand }.Count(set => set).Should().Be(1);
            packet.State.Should().Be(BfdState.Down);
        }
    }

    [Fact]
    public void Read_EveryTruncation_IsDiscarded()
    {
        for (var length = 0; length < Golden.Length; length++)
        {
            BfdControlCodec.Read(Golden.AsSpan(0, length), out var packet)
                .Should().Be(length < 4 ? BfdDiscardReason.Truncated : BfdDiscardReason.LengthBeyondPayload, $"{length} bytes");
            packet.Should().Be(default(BfdControlPacket));
        }
    }

    [Fact]
    public void Read_EveryLengthField_IsCheckedAgainstTheDatagram()
    {
        for (var length = 0; length <= 255; length++)
        {
            foreach (var authenticated in new[] { false, true })
            {
                var bytes = new byte[100];
                Golden.CopyTo(bytes, 0);
                bytes[1] = (byte)(authenticated ? 0xc4 : 0xc0);
                bytes[3] = (byte)length;
                var expected = length < (authenticated ? 26 : 24) ? BfdDiscardReason.LengthTooSmall : length > 100 ? BfdDiscardReason.LengthBeyondPayload : BfdDiscardReason.None;
                BfdControlCodec.Read(bytes, out _).Should().Be(expected, $"length {length}");
            }
        }
    }

    [Fact]
    public void WriteThenRead_GivesTheSamePacket() => Packets.Sample(packet =>
    {
        var bytes = new byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(packet, bytes);
        return BfdControlCodec.Read(bytes, out var read) == BfdDiscardReason.None && read == packet;
    });

    [Fact]
    public void ReadThenWrite_GivesTheSameBytes() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        if (bytes.Length > 3)
        {
            // Else hardly one would be read.
            bytes[0] = (byte)(0x20 | (bytes[0] & 0x1f));
            bytes[3] = (byte)(24 + (bytes[3] % 30));
        }

        if (BfdControlCodec.Read(bytes, out var packet) != BfdDiscardReason.None)
        {
            return packet == default;
        }

        var written = new byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(packet, written);
        return written.AsSpan().SequenceEqual(bytes.AsSpan(0, written.Length));
    });

    [Fact]
    public void Write_MultipointBit_IsWritten()
    {
        // So that a test can send what a receiver must discard.
        var bytes = new byte[BfdControlCodec.MandatoryLength];
        BfdControlCodec.Write(Fields with { Multipoint = true, AuthenticationPresent = true, Final = true }, bytes);
        bytes[1].Should().Be(0b11_1_1_1_1_1_1);
    }

    [Fact]
    public void Write_TooLittleRoom_IsAnError()
    {
        var act = () => BfdControlCodec.Write(Fields, new byte[23]);
        act.Should().Throw<ArgumentException>().WithMessage("24 bytes of room are needed, there are 23.*");
    }

    [Fact]
    public void ReadAndWrite_AllocateNothing()
    {
        var bytes = new byte[BfdControlCodec.MandatoryLength];
        Allocations.Of(() =>
        {
            BfdControlCodec.Read(Golden, out var packet);
            BfdControlCodec.Write(packet, bytes);
        }).Should().Be(0);
    }
}
