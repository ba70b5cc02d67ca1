using System.Net;

namespace Loxi.TestKit.Packets;

/// <summary>The fields of a neighbour advertisement (RFC 4861 4.4).</summary>
/// <param name="Target">Whose link-layer address it tells.</param>
/// <param name="Mac">The link-layer address: of its option, else of the frame.</param>
/// <param name="Solicited">S: it answers a question.</param>
/// <param name="Override">O: an entry with another address is overwritten.</param>
public sealed record NeighbourAdvertisement(IPAddress Target, string Mac, bool Solicited, bool Override)
{
    private const byte Type = 136;
    private const byte TargetLinkLayerAddress = 2;

    /// <summary>Reads a packet; null when it is none, or one that every receiver must ignore (RFC 4861 7.1.2).</summary>
    public static NeighbourAdvertisement? TryRead(ParsedPacket packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        if (!packet.IsV6 || !packet.IsIcmp || packet.IcmpType != Type || packet.Ttl != 255 || packet.IcmpCode != 0 || packet.Payload.Length < 16 || packet.TransportChecksumValid == false)
        {
            return null;
        }

        var options = packet.Payload.Span[16..];
        var mac = packet.SourceMac;
        while (options.Length >= 8 && options[1] > 0 && options.Length >= options[1] * 8)
        {
            if (options[0] == TargetLinkLayerAddress)
            {
                mac = PacketReader.Mac(options.Slice(2, 6));
            }

            options = options[(options[1] * 8)..];
        }

        return new(new(packet.Payload.Span[..16]), mac, (packet.IcmpRest & 0x4000_0000) != 0, (packet.IcmpRest & 0x2000_0000) != 0);
    }
}
