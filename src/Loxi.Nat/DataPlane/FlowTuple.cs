using System.Buffers.Binary;
using Loxi.Nat.Tables;
using Loxi.Nat.Translation;

namespace Loxi.Nat.DataPlane;

/// <summary>The key under which the connection of a packet is stored, ports in network order.</summary>
internal readonly record struct FlowTuple(bool IsIpv6, UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort, byte Protocol)
{
    private const int QuoteOffset = IcmpTranslator.HeaderLength;

    /// <summary>Reads the key of a whole packet, of a fragment (the later ones need the table that the first one has left its ports in), or of the connection that an ICMP error is about.</summary>
    public static TranslationStatus Read(NatMaps maps, ReadOnlySpan<byte> packet, out FlowTuple tuple)
    {
        tuple = default;
        var status = IpHeader.Read(packet, isQuoted: false, out var header);
        if (status != TranslationStatus.Translated)
        {
            return status;
        }

        if (header.FragmentOffset > 0)
        {
            return ReadLaterFragment(maps, header, out tuple);
        }

        var upper = packet[header.Length..header.TotalLength];
        if (!header.IsIcmp || upper.Length < QuoteOffset || !IcmpMapping.IsError(header.IsIpv6, upper[0]))
        {
            return ReadUpper(header, upper, out tuple);
        }

        var quoted = upper[QuoteOffset..];
        status = IpHeader.Read(quoted, isQuoted: true, out var quotedHeader);
        if (status == TranslationStatus.Translated)
        {
            status = quotedHeader.FragmentOffset > 0
                ? TranslationStatus.NoConnection
                : ReadUpper(quotedHeader, quoted[quotedHeader.Length..Math.Min(quoted.Length, quotedHeader.TotalLength)], out tuple);
        }

        // The packet went the other way.
        tuple = new FlowTuple(tuple.IsIpv6, tuple.Destination, tuple.Source, tuple.DestinationPort, tuple.SourcePort, tuple.Protocol);
        return status;
    }

    /// <summary>Finds the entry.</summary>
    public bool TryFind(NatMaps maps, out RawFlow flow)
    {
        if (IsIpv6)
        {
            var key6 = new RawFlowKey6 { Saddr = ToBytes(Source), Daddr = ToBytes(Destination), Sport = SourcePort, Dport = DestinationPort, Proto = Protocol };
            return maps.Flow6.TryLookup(key6, out flow);
        }

        var key = new RawFlowKey4 { Saddr = ToWord(Source), Daddr = ToWord(Destination), Sport = SourcePort, Dport = DestinationPort, Proto = Protocol };
        return maps.Flow4.TryLookup(key, out flow);
    }

    private static TranslationStatus ReadLaterFragment(NatMaps maps, in IpHeader header, out FlowTuple tuple)
    {
        tuple = default;
        var key = new RawFragmentKey
        {
            Saddr = ToBytes(header.Source),
            Daddr = ToBytes(header.Destination),
            Id = header.Identification,
            // RFC 8200 4.5: IPv6 fragments belong together by addresses and identification alone.
            Proto = header.IsIpv6 ? (byte)0 : header.Protocol,
        };
        if (!maps.Fragments.TryLookup(key, out var first) || first.Pass != 0)
        {
            return TranslationStatus.NoConnection;
        }

        tuple = new FlowTuple(header.IsIpv6, header.Source, header.Destination, first.Sport, first.Dport, first.Proto);
        return TranslationStatus.Translated;
    }

    private static TranslationStatus ReadUpper(in IpHeader header, ReadOnlySpan<byte> upper, out FlowTuple tuple)
    {
        tuple = default;
        if (upper.Length < 8)
        {
            return TranslationStatus.Truncated;
        }

        ushort source, destination;
        if (TransportRewriter.HasPorts(header.Protocol))
        {
            source = WireAddress.ToWire(BinaryPrimitives.ReadUInt16BigEndian(upper));
            destination = WireAddress.ToWire(BinaryPrimitives.ReadUInt16BigEndian(upper[2..]));
        }
        else if (header.IsIcmp && IcmpMapping.Query(header.IsIpv6, upper[0]) is not null)
        {
            var identifier = WireAddress.ToWire(BinaryPrimitives.ReadUInt16BigEndian(upper[4..]));
            (source, destination) = IcmpMapping.IsRequest(upper[0]) ? (identifier, (ushort)0) : ((ushort)0, identifier);
        }
        else
        {
            return header.IsIcmp ? TranslationStatus.NoCounterpart : TranslationStatus.UnsupportedProtocol;
        }

        tuple = new FlowTuple(header.IsIpv6, header.Source, header.Destination, source, destination, header.Protocol);
        return TranslationStatus.Translated;
    }

    private static Bytes16 ToBytes(UInt128 number)
    {
        var bytes = default(Bytes16);
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return bytes;
    }

    private static uint ToWord(UInt128 mapped) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((uint)mapped) : (uint)mapped;
}
