using CsCheck;
using FluentAssertions;
using Loxi.Linux.Sockets;
using Xunit;

namespace Loxi.Linux.Tests.Sockets;

public sealed class PacketSocketControlTests
{
    [Fact]
    public void InsertTag_Room_PutsItBetweenAddressesAndEtherType()
    {
        byte[] buffer = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00, 13, 14, 0, 0, 0, 0];
        PacketSocket.InsertTag(buffer, 16, 0x81000064).Should().Be(20);
        buffer.Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x81, 0x00, 0x00, 0x64, 0x08, 0x00, 13, 14);
    }

    [Fact]
    public void InsertTag_NoRoom_CutsTheEndOff()
    {
        byte[] buffer = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x08, 0x00, 13, 14];
        PacketSocket.InsertTag(buffer, 16, 0x81000064).Should().Be(16);
        buffer.Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x81, 0x00, 0x00, 0x64);
    }

    [Fact]
    public void InsertTag_AnySizes_StaysInside() => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40]).Sample(static (size, length) =>
    {
        var result = PacketSocket.InsertTag(new byte[size], Math.Min(size, length), 0x81000001);
        result.Should().BeInRange(0, size);
    });

    [Fact]
    public void ReadControl_AnyBytes_NeverFails() => Gen.Byte.Array[0, 128].Sample(
        static bytes => PacketSocket.ReadControl(bytes, out _, out _), iter: 20_000);

    [Fact]
    public void ReadControl_AuxData_GivesTheTag()
    {
        var control = new byte[40];
        BitConverter.TryWriteBytes(control, 36UL);
        BitConverter.TryWriteBytes(control.AsSpan(8), 263); // SOL_PACKET
        BitConverter.TryWriteBytes(control.AsSpan(12), 8); // PACKET_AUXDATA
        BitConverter.TryWriteBytes(control.AsSpan(16), 0x51u); // TP_STATUS_USER, VLAN_VALID, VLAN_TPID_VALID
        BitConverter.TryWriteBytes(control.AsSpan(32), (ushort)0x2064);
        BitConverter.TryWriteBytes(control.AsSpan(34), (ushort)0x88a8);
        PacketSocket.ReadControl(control, out var tag, out var timestamp);
        tag.Should().Be(0x88a82064);
        timestamp.Should().Be(0);
    }
}
