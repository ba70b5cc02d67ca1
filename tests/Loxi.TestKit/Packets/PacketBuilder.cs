using System.Net;
using System.Net.Sockets;

namespace Loxi.TestKit.Packets;

/// <summary>
/// An IP packet in the making. Every method returns a changed copy; lengths and checksums are computed when the bytes are
/// taken (<see cref="ToIp"/>, <see cref="ToFrame"/>), unless a method said otherwise.
/// </summary>
public sealed partial record PacketBuilder
{
    internal PacketBuilder(IPAddress source, IPAddress destination)
    {
        if (source.AddressFamily != destination.AddressFamily)
        {
            throw new ArgumentException($"source {source} and destination {destination}: expected one family", nameof(source));
        }

        Source = source;
        Destination = destination;
    }

    public IPAddress Source { get; init; }

    public IPAddress Destination { get; init; }

    public bool IsV6 => Source.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>TTL or hop limit.</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>TOS or traffic class.</summary>
    public byte TrafficClass { get; init; }

    /// <summary>IPv6 flow label, 20 bits.</summary>
    public uint FlowLabel { get; init; }

    /// <summary>IPv4 identification.</summary>
    public ushort Identification { get; init; } = 0x1234;

    public bool DontFragment { get; init; } = true;

    /// <summary>More fragments follow (IPv4).</summary>
    public bool MoreFragments { get; init; }

    /// <summary>Offset of this fragment in bytes, a multiple of 8 (IPv4).</summary>
    public int FragmentOffset { get; init; }

    /// <summary>IPv4 options, padded to a multiple of four with end-of-list.</summary>
    public ReadOnlyMemory<byte> Ipv4Options { get; init; }

    /// <summary>Tags from the outermost: TPID and TCI.</summary>
    public IReadOnlyList<(ushort Tpid, ushort Tci)> Vlans { get; init; } = [];

    public string SourceMac { get; init; } = Packet.DefaultSourceMac;

    public string DestinationMac { get; init; } = Packet.DefaultDestinationMac;

    /// <summary>Protocol number after the IP header and its extension headers.</summary>
    public byte Protocol { get; init; } = IpProtocol.NoNextHeader;

    /// <summary>Data after the transport header.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    private IReadOnlyList<(byte Type, byte[] Body)> Extensions { get; init; } = [];

    private ReadOnlyMemory<byte> Header { get; init; }

    private ushort? FixedTransportChecksum { get; init; }

    private ushort? FixedIpChecksum { get; init; }

    private bool ZeroUdpChecksum { get; init; }

    private bool BadSctpChecksum { get; init; }

    private int? FixedTotalLength { get; init; }

    public PacketBuilder WithTtl(byte ttl) => this with { Ttl = ttl };

    public PacketBuilder WithTrafficClass(byte value) => this with { TrafficClass = value };

    public PacketBuilder WithIdentification(ushort id) => this with { Identification = id };

    public PacketBuilder WithDontFragment(bool value) => this with { DontFragment = value };

    public PacketBuilder WithFlowLabel(uint label) => this with { FlowLabel = label & 0xfffff };

    public PacketBuilder WithIpv4Options(params byte[] options) => this with { Ipv4Options = options };

    public PacketBuilder WithMacs(string source, string destination) => this with { SourceMac = source, DestinationMac = destination };

    /// <summary>Adds a tag inside those already there; 802.1Q unless another TPID is named (0x88a8 for 802.1ad).</summary>
    public PacketBuilder Vlan(int id, byte priority = 0, ushort tpid = 0x8100)
        => this with { Vlans = [.. Vlans, (tpid, (ushort)((priority << 13) | (id & 0xfff)))] };

    /// <summary>Replaces the data after the transport header.</summary>
    public PacketBuilder Payload(ReadOnlySpan<byte> data) => this with { Data = data.ToArray() };

    public PacketBuilder Payload(string ascii) => Payload(System.Text.Encoding.ASCII.GetBytes(ascii));

    /// <summary>This transport checksum instead of the right one.</summary>
    public PacketBuilder WithTransportChecksum(ushort value) => this with { FixedTransportChecksum = value };

    /// <summary>TCP or UDP as a sender hands it to a device that computes the checksum: with the sum of the pseudo header only.</summary>
    public PacketBuilder WithChecksumLeftToTheDevice()
    {
        var length = Header.Length + Data.Length;
        return WithTransportChecksum((ushort)~Checksum.Finish(Checksum.PseudoHeader(Source, Destination, Protocol, length)));
    }

    /// <summary>This IPv4 header checksum instead of the right one.</summary>
    public PacketBuilder WithIpChecksum(ushort value) => this with { FixedIpChecksum = value };

    /// <summary>This total length (IPv6: payload length) instead of the right one.</summary>
    public PacketBuilder WithTotalLength(int value) => this with { FixedTotalLength = value };

    /// <summary>One fragment of an IPv4 packet, or the IPv6 fragment header with the same meaning.</summary>
    public PacketBuilder AsFragment(int offset, bool more, uint id = 0x1234)
    {
        if (offset % 8 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "fragment offset: expected a multiple of 8");
        }

        if (!IsV6)
        {
            return this with { FragmentOffset = offset, MoreFragments = more, Identification = (ushort)id, DontFragment = false };
        }

        byte[] body =
        [
            (byte)(offset >> 8), (byte)(offset | (more ? 1 : 0)),
            (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id,
        ];
        return this with { Extensions = [.. Extensions, (IpProtocol.Fragment, body)] };
    }

    /// <summary>
    /// An IPv6 extension header: <paramref name="body"/> is what follows the next-header and length bytes, 8n + 6 bytes.
    /// </summary>
    public PacketBuilder Extension(byte type, ReadOnlySpan<byte> body)
    {
        if (!IsV6)
        {
            throw new InvalidOperationException("extension headers: expected an IPv6 packet");
        }

        return (body.Length - 6) % 8 == 0
            ? this with { Extensions = [.. Extensions, (type, body.ToArray())] }
            : throw new ArgumentException($"body of extension header {type}: {body.Length} bytes, expected 8n + 6", nameof(body));
    }

    /// <summary>Hop-by-hop options with padding alone (PadN).</summary>
    public PacketBuilder HopByHop() => Extension(IpProtocol.HopByHop, [1, 4, 0, 0, 0, 0]);

    /// <summary>Destination options with padding alone, of 8n bytes.</summary>
    public PacketBuilder DestinationOptions(int length = 8)
        => Extension(IpProtocol.DestinationOptions, [1, (byte)(length - 4), .. new byte[length - 4]]);

    /// <summary>A routing header without segments left.</summary>
    public PacketBuilder Routing() => Extension(IpProtocol.Routing, [4, 0, 0, 0, 0, 0]);
}
