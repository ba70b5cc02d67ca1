using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Tests.Support;

/// <summary>A packet that a session has sent.</summary>
internal sealed record Sent(long Time, BfdTransmission Transmission, byte[] Bytes)
{
    public BfdControlPacket Packet
    {
        get
        {
            BfdControlCodec.Read(Bytes, out var packet).Should().Be(BfdDiscardReason.None);
            return packet;
        }
    }

    public BfdEchoPacket Echo
    {
        get
        {
            BfdEchoPacket.TryRead(Bytes, out var packet).Should().BeTrue();
            return packet;
        }
    }
}
