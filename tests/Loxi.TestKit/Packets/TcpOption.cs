using System.Buffers.Binary;

namespace Loxi.TestKit.Packets;

/// <summary>Bytes of TCP options; the builder pads them to a multiple of four with no-operations.</summary>
public static class TcpOption
{
    public static byte[] Mss(ushort size) => [2, 4, (byte)(size >> 8), (byte)size];

    public static byte[] WindowScale(byte shift) => [3, 3, shift];

    public static byte[] SackPermitted() => [4, 2];

    /// <summary>Timestamps (RFC 7323).</summary>
    public static byte[] Timestamps(uint value, uint echo)
    {
        var option = new byte[10];
        option[0] = 8;
        option[1] = 10;
        BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(2), value);
        BinaryPrimitives.WriteUInt32BigEndian(option.AsSpan(6), echo);
        return option;
    }

    /// <summary>What a Linux client sends with its SYN.</summary>
    public static byte[] TypicalSyn(ushort mss = 1460) => [.. Mss(mss), .. SackPermitted(), .. Timestamps(1000, 0), 1, .. WindowScale(7)];
}
