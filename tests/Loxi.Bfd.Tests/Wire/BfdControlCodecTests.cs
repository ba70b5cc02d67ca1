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
}
