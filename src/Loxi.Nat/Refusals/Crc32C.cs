using System.Buffers.Binary;
using System.Numerics;

namespace Loxi.Nat.Refusals;

/// <summary>The checksum of SCTP (RFC 9260 6.8 and appendix A).</summary>
internal static class Crc32C
{
    private const int FieldOffset = 8;

    /// <summary>The checksum of a packet from its common header on, whatever stands in the checksum field; written in little-endian order.</summary>
    public static uint OfPacket(ReadOnlySpan<byte> packet)
    {
        var state = Add(uint.MaxValue, packet[..FieldOffset]);
        state = BitOperations.Crc32C(state, 0u);
        return ~Add(state, packet[(FieldOffset + sizeof(uint))..]);
    }

    /// <summary>The checksum field of a packet.</summary>
    public static uint Field(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32LittleEndian(packet[FieldOffset..]);

    /// <summary>Sets the checksum field of a packet.</summary>
    public static void Write(Span<byte> packet) => BinaryPrimitives.WriteUInt32LittleEndian(packet[FieldOffset..], OfPacket(packet));

    private static uint Add(uint state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var one in data)
        {
            state = BitOperations.Crc32C(state, one);
        }

        return state;
    }
}
