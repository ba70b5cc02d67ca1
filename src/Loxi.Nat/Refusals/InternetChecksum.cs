using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <summary>The checksum of IPv4, TCP, UDP and ICMP (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>Adds bytes to a running sum; an odd last byte counts as if a zero followed.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(data);
            data = data[4..];
        }

        if (data.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
            data = data[2..];
        }

        return data.Length == 0 ? sum : sum + ((ulong)data[0] << 8);
    }

    /// <summary>Adds the pseudo header of RFC 9293 3.1 or RFC 8200 8.1: both have the same sum.</summary>
    public static ulong AddPseudoHeader(ulong sum, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, byte protocol, int length) =>
        Add(Add(sum, source), destination) + protocol + (uint)length;

    /// <summary>Folds a sum to 16 bits, without the final complement. A sum over data with a right checksum gives 0xFFFF.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffffffff) + (sum >> 32);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>The value of the checksum field.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);
}
