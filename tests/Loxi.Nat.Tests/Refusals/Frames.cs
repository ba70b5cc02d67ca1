using System.Buffers.Binary;
using System.Net;

namespace Loxi.Nat.Tests.Refusals;

/// <summary>Frames as a client would send them, with checksums by a plain loop of their own.</summary>
internal static class Frames
{
    public const string Client4 = "198.51.100.7";
    public const string Vip4 = "203.0.113.10";
    public const string Client6 = "2001:db8::7";
    public const string Vip6 = "2001:db8:1::10";

    public static byte[] Ethernet(byte[] packet, int tags = 0, byte destinationFirst = 2, byte sourceFirst = 2) =>
    [
        destinationFirst, 0, 0, 0, 0, 1, sourceFirst, 0, 0, 0, 0, 2,
        .. Enumerable.Range(0, tags).SelectMany(tag => new byte[] { (byte)(tag == 0 && tags == 2 ? 0x88 : 0x81), (byte)(tag == 0 && tags == 2 ? 0xa8 : 0), 0, 100 }),
        .. packet[0] >> 4 == 4 ? new byte[] { 8, 0 } : [0x86, 0xdd],
        .. packet,
    ];

    public static byte[] Ipv4(
        byte protocol, byte[] payload, string source = Client4, string destination = Vip4, ushort fragment = 0, byte[]? options = null, byte ttl = 64, ushort id = 7)
    {
        var header = new byte[20 + (options?.Length ?? 0)];
        header[0] = (byte)(0x40 | (header.Length / 4));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), fragment);
        header[8] = ttl;
        header[9] = protocol;
        IPAddress.Parse(source).GetAddressBytes().CopyTo(header, 12);
        IPAddress.Parse(destination).GetAddressBytes().CopyTo(header, 16);
        options?.CopyTo(header, 20);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return [.. header, .. payload];
    }

    public static byte[] Ipv6(byte next, byte[] payload, string source = Client6, string destination = Vip6, byte hopLimit = 64) =>
    [
        0x60, 0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, next, hopLimit,
        .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. payload,
    ];

    public static byte[] Tcp(byte flags, string source = Client4, string destination = Vip4, byte[]? data = null, bool partialChecksum = false)
    {
        byte[] segment = [0x9c, 0x40, 0, 80, 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef, 0x50, flags, 1, 0, 0, 0, 0, 0, .. data ?? []];
        var pseudo = Pseudo(source, destination, 6, segment.Length);
        var checksum = partialChecksum ? (ushort)~Checksum(pseudo) : Checksum([.. pseudo, .. segment]);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), checksum);
        return segment;
    }

    public static byte[] Sctp(uint tag, params byte[] chunks)
    {
        byte[] packet = [0x9c, 0x40, 0x13, 0x88, (byte)(tag >> 24), (byte)(tag >> 16), (byte)(tag >> 8), (byte)tag, 0, 0, 0, 0, .. chunks];
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Crc32C(packet));
        return packet;
    }

    public static byte[] Icmp(byte type, byte code = 0)
    {
        byte[] message = [type, code, 0, 0, 0, 1, 0, 1];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum(message));
        return message;
    }

    public static byte[] Icmpv6(byte type, string source = Client6, string destination = Vip6)
    {
        byte[] message = [type, 0, 0, 0, 0, 1, 0, 1];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Checksum([.. Pseudo(source, destination, 58, 8), .. message]));
        return message;
    }

    public static byte[] Pseudo(string source, string destination, byte protocol, int length) =>
    [
        .. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(),
        0, protocol, (byte)(length >> 8), (byte)length,
    ];

    public static ushort Checksum(byte[] bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static uint Crc32C(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78);
            }
        }

        return ~crc;
    }
}
