using Loxi.Bfd.Wire;

namespace Loxi.Bfd.Tests.Support;

/// <summary>Packets as bytes.</summary>
internal static class Packets
{
    /// <summary>The packet in a datagram of a length, zeros after it.</summary>
    public static byte[] Bytes(BfdControlPacket packet, int length = BfdControlCodec.MandatoryLength)
    {
        var bytes = new byte[Math.Max(length, BfdControlCodec.MandatoryLength)];
        BfdControlCodec.Write(packet, bytes);
        return bytes[..length];
    }
}
