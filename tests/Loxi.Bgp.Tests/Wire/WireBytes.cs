using System.Buffers.Binary;
using System.Net;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>Messages put together by hand, also wrong ones: nothing here is taken from the library.</summary>
internal static class WireBytes
{
    public const byte Optional = 0x80;
    public const byte Transitive = 0x40;
    public const byte Partial = 0x20;
    public const byte Extended = 0x10;

    /// <summary>198.51.100.0/24.</summary>
    public static readonly byte[] Route = [24, 198, 51, 100];

    /// <summary>2001:db8:1::/48.</summary>
    public static readonly byte[] Route6 = [48, 0x20, 0x01, 0x0d, 0xb8, 0, 1];

    public static readonly byte[] OriginIgp = Attribute(Transitive, 1, 0);

    /// <summary>A sequence of the peer, 64496, in four octets.</summary>
    public static readonly byte[] PathOfPeer = Attribute(Transitive, 2, 2, 1, 0, 0, 0xfb, 0xf0);

    public static readonly byte[] NextHopOfPeer = Attribute(Transitive, 3, 192, 0, 2, 1);

    public static readonly byte[] LocalPreference100 = Attribute(Transitive, 5, 0, 0, 0, 100);

    public static readonly byte[] NextHop6 = IPAddress.Parse("2001:db8::1").GetAddressBytes();

    /// <summary>All that an external route needs.</summary>
    public static readonly byte[] Mandatory = [.. OriginIgp, .. PathOfPeer, .. NextHopOfPeer];

    public static byte[] Message(byte type, params byte[] body) => MessageOfLength(19 + body.Length, type, body);

    public static byte[] MessageOfLength(int length, byte type, params byte[] body)
    {
        byte[] message = [.. Enumerable.Repeat((byte)0xff, 16), (byte)(length >> 8), (byte)length, type, .. body];
        return message;
    }

    public static byte[] Update(byte[] withdrawn, byte[] attributes, byte[] nlri) => Message(2, [.. Word(withdrawn.Length), .. withdrawn, .. Word(attributes.Length), .. attributes, .. nlri]);

    /// <summary>An UPDATE that announces <see cref="Route"/>.</summary>
    public static byte[] Announce(params byte[][] attributes) => Update([], [.. attributes.SelectMany(a => a)], Route);

    /// <summary>With a length of two octets when the flags say so.</summary>
    public static byte[] Attribute(byte flags, byte type, params byte[] value)
        => (flags & Extended) != 0 ? [flags, type, .. Word(value.Length), .. value] : [flags, type, checked((byte)value.Length), .. value];

    public static byte[] MpReach(ushort afi, byte safi, byte[] nextHop, byte[] nlri, byte flags = Optional)
        => Attribute((byte)(flags | Extended), 14, [.. Word(afi), safi, (byte)nextHop.Length, .. nextHop, 0, .. nlri]);

    public static byte[] MpUnreach(ushort afi, byte safi, byte[] nlri, byte flags = Optional) => Attribute(flags, 15, [.. Word(afi), safi, .. nlri]);

    public static byte[] Word(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)value));
        return bytes;
    }

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Hex(string text) => Convert.FromHexString(string.Concat(text.Where(char.IsAsciiHexDigit)));

    /// <summary>An OPEN of AS 64496, hold time 90, identifier 192.0.2.1.</summary>
    public static byte[] Open(params byte[] parameters) => OpenWith(4, 64496, 90, 0xc0000201, (byte)parameters.Length, parameters);

    public static byte[] OpenWith(byte version, ushort number, ushort holdTime, uint identifier, byte length, params byte[] parameters)
        => Message(1, [version, .. Word(number), .. Word(holdTime), .. Number(identifier), length, .. parameters]);

    /// <summary>The optional parameter with these capabilities.</summary>
    public static byte[] CapabilitiesParameter(params byte[][] capabilities)
    {
        byte[] all = [.. capabilities.SelectMany(c => c)];
        return [2, (byte)all.Length, .. all];
    }

    public static byte[] Capability(byte code, params byte[] value) => [code, (byte)value.Length, .. value];
}
