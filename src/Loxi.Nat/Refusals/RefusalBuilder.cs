using System.Buffers.Binary;

namespace Loxi.Nat.Refusals;

/// <summary>
/// Builds what the node itself answers to a packet that it refuses: a TCP RST, an SCTP ABORT or an ICMP error, as an Ethernet frame
/// back to the frame's sender with the same VLAN tags. Pure, allocates nothing, never throws on any frame. How often it answers is the
/// caller's business: <see cref="RefusalLimiter"/>.
/// </summary>
public static partial class RefusalBuilder
{
    /// <summary>Longest answer in bytes: Ethernet header, two VLAN tags, 1,280 bytes of IPv6.</summary>
    public const int MaxReplyLength = EthernetFrame.HeaderLength + (2 * EthernetFrame.TagLength) + 1280;

    private const int MaxQuoteIpv4 = 576 - 20 - 8;
    private const int MaxQuoteIpv6 = 1280 - 40 - 8;
    private const byte HopLimit = 64;

    /// <summary>Builds the answer to a refused frame.</summary>
    /// <param name="frame">The frame from its first byte: 0 to 2 VLAN tags (0x8100, 0x88A8), IPv4 or IPv6. It may be cut anywhere;
    /// 160 bytes hold all headers that matter in practice, more are quoted in an ICMP error up to 548 (IPv4) or 1,232 bytes (IPv6).</param>
    /// <param name="kind">What to answer.</param>
    /// <param name="source">Source address of an ICMP error in network order: 4 or 16 bytes as the frame's family, or empty for the
    /// frame's destination. A RST or ABORT always comes from the frame's destination.</param>
    /// <param name="mtu">For <see cref="RefusalKind.PacketTooBig"/> the MTU of the next hop in bytes; raised to 68 (IPv4) or 1,280
    /// (IPv6), lowered to 65,535 (IPv4). Else ignored.</param>
    /// <param name="reply">Receives the answer, at least <see cref="MaxReplyLength"/> bytes. Not padded to the Ethernet minimum.</param>
    /// <param name="length">Length of the answer, 0 when there is none.</param>
    /// <param name="why">Why there is none.</param>
    /// <returns>Whether there is an answer.</returns>
    /// <exception cref="ArgumentException"><paramref name="reply"/> is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> is none of <see cref="RefusalKind"/>.</exception>
    public static bool TryBuild(
        ReadOnlySpan<byte> frame,
        RefusalKind kind,
        ReadOnlySpan<byte> source,
        int mtu,
        Span<byte> reply,
        out int length,
        out RefusalSkip why) =>
        TryBuild(frame, kind, source, mtu, isOutbound: false, reply, out length, out why);

    /// <summary>
    /// Builds the answer to a frame that came in, or to one that was on its way out: its sender is behind this node's own stack, and the
    /// answer is a frame for the loopback interface, from where that stack receives or forwards it.
    /// </summary>
    internal static bool TryBuild(
        ReadOnlySpan<byte> frame,
        RefusalKind kind,
        ReadOnlySpan<byte> source,
        int mtu,
        bool isOutbound,
        Span<byte> reply,
        out int length,
        out RefusalSkip why)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)kind, (int)RefusalKind.TcpReset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)kind, (int)RefusalKind.SctpAbort);
        if (reply.Length < MaxReplyLength)
        {
            throw new ArgumentException($"The buffer for an answer has {reply.Length} bytes, expected at least {MaxReplyLength}.", nameof(reply));
        }

        length = 0;
        why = RefusedPacket.Parse(frame, out var packet);
        if (why == RefusalSkip.None)
        {
            why = RefusalRules.Check(frame, packet, isOutbound);
        }

        if (why == RefusalSkip.None)
        {
            why = kind switch
            {
                RefusalKind.TcpReset => BuildReset(frame, packet, reply, out length),
                RefusalKind.SctpAbort => BuildAbort(frame, packet, reply, out length),
                _ => BuildError(frame, packet, kind, source, mtu, reply, out length),
            };
        }

        if (why != RefusalSkip.None)
        {
            return false;
        }

        if (isOutbound)
        {
            length = ToLoopback(reply[..length], packet.NetworkOffset);
        }

        return true;
    }

    // The loopback interface has a MAC of zeros and no VLANs.
    private static int ToLoopback(Span<byte> reply, int networkOffset)
    {
        reply[(networkOffset - 2)..].CopyTo(reply[(EthernetFrame.HeaderLength - 2)..]);
        reply[..(2 * EthernetFrame.AddressLength)].Clear();
        return reply.Length - (networkOffset - EthernetFrame.HeaderLength);
    }

    private static RefusalSkip BuildReset(ReadOnlySpan<byte> frame, in RefusedPacket packet, Span<byte> reply, out int length)
    {
        length = 0;
        if (packet.Protocol != RefusalRules.Tcp)
        {
            return RefusalSkip.NotTcp;
        }

        var segment = frame[packet.TransportOffset..packet.End];
        var headerLength = (segment[12] >> 4) * 4;
        if (headerLength < 20 || headerLength > packet.TransportLength)
        {
            return RefusalSkip.Malformed;
        }

        var flags = segment[13];
        var hasAck = (flags & TcpFlags.Ack) != 0;
        if (packet.IsFirstFragment && !hasAck)
        {
            return RefusalSkip.Fragment;
        }

        var tcp = WriteHeaders(frame, packet, default, RefusalRules.Tcp, 20, 0, reply, out length);
        segment[2..4].CopyTo(tcp);
        segment[..2].CopyTo(tcp[2..]);
        tcp[4..20].Clear();
        tcp[12] = 5 << 4;
        if (hasAck)
        {
            // RFC 9293 3.10.7.1: <SEQ=SEG.ACK><CTL=RST>
            segment[8..12].CopyTo(tcp[4..]);
            tcp[13] = TcpFlags.Rst;
        }
        else
        {
            // RFC 9293 3.10.7.1: <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>, where SYN and FIN count.
            var segmentLength = packet.TransportLength - headerLength
                + ((flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((flags & TcpFlags.Fin) != 0 ? 1 : 0);
            BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], BinaryPrimitives.ReadUInt32BigEndian(segment[4..]) + (uint)segmentLength);
            tcp[13] = TcpFlags.Rst | TcpFlags.Ack;
        }

        WriteTransportChecksum(reply, packet, RefusalRules.Tcp, tcp, 16);
        return RefusalSkip.None;
    }

    private static RefusalSkip BuildError(
        ReadOnlySpan<byte> frame,
        in RefusedPacket packet,
        RefusalKind kind,
        ReadOnlySpan<byte> source,
        int mtu,
        Span<byte> reply,
        out int length)
    {
        length = 0;
        if (kind == RefusalKind.PacketTooBig && !packet.DontFragment)
        {
            return RefusalSkip.MayFragment;
        }

        if (!source.IsEmpty && (source.Length != packet.AddressLength || !RefusalRules.IsHost(source)))
        {
            return RefusalSkip.NoSourceAddress;
        }

        var quote = frame[packet.NetworkOffset..packet.End];
        quote = quote[..Math.Min(quote.Length, packet.IsIpv6 ? MaxQuoteIpv6 : MaxQuoteIpv4)];
        var protocol = packet.IsIpv6 ? RefusalRules.Icmpv6 : RefusalRules.Icmp;
        // RFC 1812 4.3.2.5: errors go with precedence 6, internetwork control.
        var icmp = WriteHeaders(frame, packet, source, protocol, 8 + quote.Length, 0xc0, reply, out length);
        icmp[..8].Clear();
        (icmp[0], icmp[1]) = packet.IsIpv6 ? CodesIpv6(kind) : CodesIpv4(kind);
        if (kind == RefusalKind.PacketTooBig)
        {
            // RFC 4443 3.2: 32 bits; RFC 1191 4: the low 16 of them.
            BinaryPrimitives.WriteInt32BigEndian(icmp[4..], packet.IsIpv6 ? Math.Max(mtu, 1280) : Math.Clamp(mtu, 68, 65535));
        }

        quote.CopyTo(icmp[8..]);
        if (packet.IsIpv6)
        {
            WriteTransportChecksum(reply, packet, protocol, icmp, 2);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Finish(InternetChecksum.Add(0, icmp)));
        }

        return RefusalSkip.None;
    }

    private static (byte Type, byte Code) CodesIpv4(RefusalKind kind) => kind switch
    {
        RefusalKind.NetUnreachable => (3, 0),
        RefusalKind.HostUnreachable => (3, 1),
        RefusalKind.PortUnreachable => (3, 3),
        RefusalKind.AdminProhibited => (3, 13),
        RefusalKind.TimeExceeded => (11, 0),
        _ => (3, 4),
    };

    private static (byte Type, byte Code) CodesIpv6(RefusalKind kind) => kind switch
    {
        RefusalKind.NetUnreachable => (1, 0),
        RefusalKind.HostUnreachable => (1, 3),
        RefusalKind.PortUnreachable => (1, 4),
        RefusalKind.AdminProhibited => (1, 1),
        RefusalKind.TimeExceeded => (3, 0),
        _ => (2, 0),
    };

    // Ethernet and IP headers of the answer; returns the room for what follows them.
    private static Span<byte> WriteHeaders(
        ReadOnlySpan<byte> frame,
        in RefusedPacket packet,
        ReadOnlySpan<byte> source,
        byte protocol,
        int transportLength,
        byte trafficClass,
        Span<byte> reply,
        out int length)
    {
        if (source.IsEmpty)
        {
            source = frame.Slice(packet.DestinationOffset, packet.AddressLength);
        }

        frame[..packet.NetworkOffset].CopyTo(reply);
        frame.Slice(EthernetFrame.AddressLength, EthernetFrame.AddressLength).CopyTo(reply);
        frame[..EthernetFrame.AddressLength].CopyTo(reply[EthernetFrame.AddressLength..]);
        var ip = reply[packet.NetworkOffset..];
        var headerLength = packet.IsIpv6 ? 40 : 20;
        ip[..headerLength].Clear();
        if (packet.IsIpv6)
        {
            ip[0] = 6 << 4;
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)transportLength);
            ip[6] = protocol;
            ip[7] = HopLimit;
        }
        else
        {
            ip[0] = (4 << 4) | 5;
            ip[1] = trafficClass;
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(headerLength + transportLength));
            // RFC 6864 4.1: an atomic datagram (DF set) needs no identification.
            ip[6] = 0x40;
            ip[8] = HopLimit;
            ip[9] = protocol;
        }

        source.CopyTo(reply[packet.SourceOffset..]);
        frame.Slice(packet.SourceOffset, packet.AddressLength).CopyTo(reply[packet.DestinationOffset..]);
        if (!packet.IsIpv6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Finish(InternetChecksum.Add(0, ip[..headerLength])));
        }

        length = packet.NetworkOffset + headerLength + transportLength;
        return ip.Slice(headerLength, transportLength);
    }

    private static void WriteTransportChecksum(Span<byte> reply, in RefusedPacket packet, byte protocol, Span<byte> transport, int offset)
    {
        var sum = InternetChecksum.AddPseudoHeader(
            0,
            reply.Slice(packet.SourceOffset, packet.AddressLength),
            reply.Slice(packet.DestinationOffset, packet.AddressLength),
            protocol,
            transport.Length);
        BinaryPrimitives.WriteUInt16BigEndian(transport[offset..], InternetChecksum.Finish(InternetChecksum.Add(sum, transport)));
    }
}
