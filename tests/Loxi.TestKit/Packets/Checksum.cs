using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace Loxi.TestKit.Packets;

/// <summary>The checksums of IP, TCP, UDP, ICMP (RFC 1071) and SCTP (CRC-32C, RFC 9260 appendix A).</summary>
public static class Checksum
{
    /// <summary>Sum of 16-bit big-endian words, an odd last byte padded with zero, not yet folded.</summary>
    public static uint Sum(ReadOnlySpan<byte> data, uint initial = 0)
    {
        ulong sum = initial;
        while (data.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
            data = data[2..];
        }

        if (data.Length == 1)
        {
            sum += (uint)data[0] << 8;
        }

        while (sum >> 32 != 0)
        {
            sum = (sum & 0xffffffff) + (sum >> 32);
        }

        return (uint)sum;
    }

    /// <summary>Folds to 16 bits and complements.</summary>
    public static ushort Finish(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>Internet checksum of a range; 0 for a range that holds a right one.</summary>
    public static ushort Internet(ReadOnlySpan<byte> data) => Finish(Sum(data));

    /// <summary>Unfolded sum of the pseudo-header (RFC 9293 3.1, RFC 8200 8.1).</summary>
    public static uint PseudoHeader(IPAddress source, IPAddress destination, byte protocol, int length)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        var sum = Sum(source.GetAddressBytes());
        sum = Sum(destination.GetAddressBytes(), sum);
        return sum + protocol + ((uint)length >> 16) + ((uint)length & 0xffff);
    }

    /// <summary>CRC-32C as SCTP carries it, to be written in little-endian order.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data) => ~Crc32C(uint.MaxValue, data);

    /// <summary>One step of a CRC-32C over several ranges: start with <see cref="uint.MaxValue"/>, complement at the end.</summary>
    public static uint Crc32C(uint state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (var value in data)
        {
            state = BitOperations.Crc32C(state, value);
        }

        return state;
    }
}
