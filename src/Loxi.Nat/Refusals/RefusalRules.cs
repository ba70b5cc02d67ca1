using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <summary>What never gets an answer (RFC 1122 3.2.2, RFC 1812 4.3.2.7, RFC 4443 2.4 (e)): the node must be no reflector.</summary>
internal static class RefusalRules
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmpv6 = 58;
    public const byte Sctp = 132;

    /// <param name="frame">The frame.</param>
    /// <param name="packet">Where things are in it.</param>
    /// <param name="isOutbound">The node's own stack sent or forwarded it: one that talks to its own VIP has the same address twice.</param>
    public static RefusalSkip Check(ReadOnlySpan<byte> frame, in RefusedPacket packet, bool isOutbound = false)
    {
        var source = frame.Slice(packet.SourceOffset, packet.AddressLength);
        var destination = frame.Slice(packet.DestinationOffset, packet.AddressLength);
        if ((frame[0] & 1) != 0 || !IsHost(destination))
        {
            return RefusalSkip.BadDestination;
        }

        if ((frame[EthernetFrame.AddressLength] & 1) != 0 || !IsHost(source) || (!isOutbound && source.SequenceEqual(destination)))
        {
            return RefusalSkip.BadSource;
        }

        var why = CheckTransport(frame[packet.TransportOffset..packet.End], packet);
        return why != RefusalSkip.None || ChecksumIsRight(frame, packet) ? why : RefusalSkip.BadChecksum;
    }

    /// <summary>Whether an address is that of one host, somewhere else.</summary>
    public static bool IsHost(ReadOnlySpan<byte> address) => address.Length switch
    {
        // 0/8 this network, 127/8 loopback, 224/4 multicast, 240/4 reserved and broadcast (RFC 6890).
        4 => address[0] is not (0 or 127) && address[0] < 224,
        // ff00::/8 multicast; ::/96 and ::ffff:0:0/96 hold the unspecified, loopback, compatible and mapped addresses.
        16 => address[0] != 0xff && !(IsZero(address[..10]) && BinaryPrimitives.ReadUInt16BigEndian(address[10..]) is 0 or 0xffff),
        _ => false,
    };

    private static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    private static RefusalSkip CheckTransport(ReadOnlySpan<byte> transport, in RefusedPacket packet)
    {
        switch (packet.Protocol)
        {
            case Tcp when transport.Length < 14:
                return packet.TransportLength < 14 ? RefusalSkip.Malformed : RefusalSkip.Truncated;
            case Tcp when (transport[13] & TcpFlags.Rst) != 0:
                return RefusalSkip.TcpReset;
            case Sctp when transport.Length < SctpAnswer.Length:
                return packet.TransportLength < SctpAnswer.Length ? RefusalSkip.Malformed : RefusalSkip.Truncated;
            case Sctp when SctpAnswer.IsAbort(transport):
                return RefusalSkip.SctpUnanswered;
            case Icmp or Icmpv6 when transport.IsEmpty:
                return packet.TransportLength == 0 ? RefusalSkip.Malformed : RefusalSkip.Truncated;
            // Echo, router discovery, timestamp, information, address mask; anything else is or may be an error.
            case Icmp when transport[0] is not (0 or 8 or 9 or 10 or (>= 13 and <= 18)):
                return RefusalSkip.IcmpError;
            // RFC 4443 2.4 (e.1) and (e.2): errors have the high bit clear, 137 is a redirect.
            case Icmpv6 when transport[0] < 128 || transport[0] == 137:
                return RefusalSkip.IcmpError;
            default:
                return RefusalSkip.None;
        }
    }

    // A packet that left its checksum to the device (CHECKSUM_PARTIAL, usual on veth) carries the folded pseudo header instead.
    private static bool ChecksumIsRight(ReadOnlySpan<byte> frame, in RefusedPacket packet)
    {
        var transport = frame[packet.TransportOffset..packet.End];
        if (packet.Protocol == Sctp && packet.IsComplete && !packet.IsFirstFragment)
        {
            // 0 is what a sender leaves there whose device computes the sum (veth).
            var sctpSum = Crc32C.Field(transport);
            return sctpSum == 0 || sctpSum == Crc32C.OfPacket(transport);
        }

        var offset = packet.Protocol switch
        {
            Tcp => 16,
            Udp => 6,
            Icmp or Icmpv6 => 2,
            _ => -1,
        };
        if (offset < 0 || !packet.IsComplete || packet.IsFirstFragment)
        {
            return true;
        }

        if (transport.Length < offset + 2)
        {
            return false;
        }

        var field = BinaryPrimitives.ReadUInt16BigEndian(transport[offset..]);
        if (packet.Protocol == Udp && field == 0)
        {
            return !packet.IsIpv6;
        }

        var sum = packet.Protocol == Icmp
            ? 0
            : InternetChecksum.AddPseudoHeader(
                0,
                frame.Slice(packet.SourceOffset, packet.AddressLength),
                frame.Slice(packet.DestinationOffset, packet.AddressLength),
                packet.Protocol,
                packet.TransportLength);
        return InternetChecksum.Fold(InternetChecksum.Add(sum, transport)) == 0xffff
            || (packet.Protocol is Tcp or Udp && InternetChecksum.Fold(sum) == field);
    }
}
