using System.Buffers.Binary;
using System.Net;

namespace Loxi.TestKit.Packets;

/// <summary>The fields of an ARP message of Ethernet and IPv4 (RFC 826).</summary>
public sealed record ArpMessage(bool IsReply, string SenderMac, IPAddress Sender, string TargetMac, IPAddress Target)
{
    /// <summary>Told without being asked: sender and target are the same address (RFC 5227 3), in a request or in a reply.</summary>
    public bool IsGratuitous => Sender.Equals(Target) && !Sender.Equals(IPAddress.Any);

    /// <summary>Reads a frame; null when it is none, or cut.</summary>
    public static ArpMessage? TryRead(ParsedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var at = 14 + 4 * packet.Vlans.Count;
        if (!packet.IsArp || packet.Bytes.Length < at + 28)
        {
            return null;
        }

        var body = packet.Bytes.Span[at..];
        var operation = BinaryPrimitives.ReadUInt16BigEndian(body[6..]);
        return BinaryPrimitives.ReadUInt64BigEndian(body) >> 16 == 0x0001_0800_0604 && operation is 1 or 2
            ? new(operation == 2, PacketReader.Mac(body.Slice(8, 6)), new(body.Slice(14, 4)), PacketReader.Mac(body.Slice(18, 6)), new(body.Slice(24, 4)))
            : null;
    }
}
