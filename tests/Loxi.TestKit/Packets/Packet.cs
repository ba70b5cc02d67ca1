using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;

namespace Loxi.TestKit.Packets;

/// <summary>
/// Where packets for fixtures begin: <c>Packet.Ipv4("198.51.100.10", "203.0.113.10").Tcp(40000, 80).ToFrame()</c>.
/// </summary>
public static class Packet
{
    /// <summary>MAC addresses of a frame for which none were named.</summary>
    public const string DefaultSourceMac = "02:00:00:00:00:01";
    public const string DefaultDestinationMac = "02:00:00:00:00:02";

    /// <summary>An IPv4 packet with DF set, TTL 64 and no payload yet.</summary>
    public static PacketBuilder Ipv4(string source, string destination) => new(Parse(source, 4), Parse(destination, 4));

    /// <summary>An IPv6 packet with hop limit 64 and no payload yet.</summary>
    public static PacketBuilder Ipv6(string source, string destination) => new(Parse(source, 16), Parse(destination, 16));

    /// <summary>A packet of the family of both addresses.</summary>
    public static PacketBuilder Ip(string source, string destination) => new(IPAddress.Parse(source), IPAddress.Parse(destination));

    /// <summary>An Ethernet frame around any bytes.</summary>
    public static byte[] Frame(ushort etherType, ReadOnlySpan<byte> payload, string sourceMac = DefaultSourceMac, string destinationMac = DefaultDestinationMac)
    {
        var frame = new byte[14 + payload.Length];
        Mac(destinationMac).CopyTo(frame, 0);
        Mac(sourceMac).CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), etherType);
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    /// <summary>An ARP frame (RFC 826): request to all when <paramref name="targetMac"/> is null, else an answer to it.</summary>
    public static byte[] Arp(string senderMac, string senderIp, string targetIp, string? targetMac = null)
    {
        byte[] body =
        [
            0, 1, 8, 0, 6, 4, 0, (byte)(targetMac is null ? 1 : 2),
            .. Mac(senderMac), .. Parse(senderIp, 4).GetAddressBytes(),
            .. targetMac is null ? new byte[6] : Mac(targetMac), .. Parse(targetIp, 4).GetAddressBytes(),
        ];
        return Frame(0x0806, body, senderMac, targetMac ?? "ff:ff:ff:ff:ff:ff");
    }

    /// <summary>Bytes 0, 1, 2, ... for a payload whose order matters.</summary>
    public static byte[] Counting(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)i;
        }

        return bytes;
    }

    internal static byte[] Mac(string text) => PhysicalAddress.Parse(text.ToUpperInvariant().Replace(':', '-')).GetAddressBytes();

    private static IPAddress Parse(string text, int length)
    {
        return IPAddress.TryParse(text, out var address) && address.GetAddressBytes().Length == length
            ? address
            : throw new ArgumentException($"address '{text}': expected IPv{(length == 4 ? 4 : 6)}", nameof(text));
    }
}
