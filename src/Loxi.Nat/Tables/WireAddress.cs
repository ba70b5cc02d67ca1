using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Loxi.Nat.Tables;

/// <summary>Addresses and ports between .NET and the tables: 16 bytes in network order, IPv4 v4-mapped; ports in network order.</summary>
internal static class WireAddress
{
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    public static Bytes16 From(IPAddress address)
    {
        var bytes = default(Bytes16);
        Span<byte> span = bytes;
        if (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
        {
            MappedPrefix.CopyTo(span);
            address.TryWriteBytes(span[12..], out _);
        }
        else
        {
            address.TryWriteBytes(span, out _);
        }

        return bytes;
    }

    public static IPAddress ToAddress(in Bytes16 bytes)
    {
        ReadOnlySpan<byte> span = bytes;
        return span.StartsWith(MappedPrefix) ? new IPAddress(span[12..]) : new IPAddress(span);
    }

    /// <summary>An address as the tables hold it in 4 bytes: the number whose memory is in network order.</summary>
    public static IPAddress ToAddress(uint wire) => new(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in wire)));

    public static uint ToWord(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return MemoryMarshal.Read<uint>(bytes);
    }

    /// <summary>The last four bytes of a v4-mapped address.</summary>
    public static uint ToWord(in Bytes16 mapped)
    {
        ReadOnlySpan<byte> bytes = mapped;
        return MemoryMarshal.Read<uint>(bytes[12..]);
    }

    /// <summary>The number of the v4-mapped form.</summary>
    public static UInt128 ToNumber(uint wire) =>
        (UInt128)0xffff_0000_0000 | BinaryPrimitives.ReadUInt32BigEndian(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in wire)));

    public static Bytes16 ToBytes(UInt128 number)
    {
        var bytes = default(Bytes16);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return bytes;
    }

    public static UInt128 ToNumber(in Bytes16 bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    public static ushort ToWire(ushort port) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(port) : port;

    public static ushort FromWire(ushort port) => ToWire(port);
}
