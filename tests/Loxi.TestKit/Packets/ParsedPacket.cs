using System.Globalization;
using System.Net;

namespace Loxi.TestKit.Packets;

/// <summary>A frame taken apart. What a frame does not have is null or empty; a frame cut short keeps what could be read.</summary>
public class ParsedPacket
{
    /// <param name="bytes">The frame, or the packet from its IP header on.</param>
    /// <param name="ethernet">Whether the bytes begin with an Ethernet header.</param>
    public ParsedPacket(ReadOnlyMemory<byte> bytes, bool ethernet = true)
    {
        Bytes = bytes;
        new PacketReader(this).Read(ethernet);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public string SourceMac { get; internal set; } = "";

    public string DestinationMac { get; internal set; } = "";

    /// <summary>EtherType after the tags.</summary>
    public ushort EtherType { get; internal set; }

    /// <summary>Tags from the outermost.</summary>
    public IReadOnlyList<(ushort Tpid, ushort Tci)> Vlans { get; internal set; } = [];

    /// <summary>VLAN id of the outermost tag.</summary>
    public int? Vlan => Vlans.Count > 0 ? Vlans[0].Tci & 0xfff : null;

    public bool IsArp => EtherType == 0x0806;

    /// <summary>Source address: of the IP header, or the sender's of an ARP message.</summary>
    public IPAddress? Source { get; internal set; }

    public IPAddress? Destination { get; internal set; }

    public bool IsV4 => EtherType == 0x0800;

    public bool IsV6 => EtherType == 0x86dd;

    /// <summary>Offset of the IP header in <see cref="Bytes"/>, -1 without one.</summary>
    public int IpOffset { get; internal set; } = -1;

    /// <summary>The packet from its IP header on, without padding of the frame.</summary>
    public ReadOnlyMemory<byte> Ip => IpOffset < 0 ? default : Bytes.Slice(IpOffset, Math.Min(IpLength, Bytes.Length - IpOffset));

    /// <summary>Length of the packet by its header.</summary>
    public int IpLength { get; internal set; }

    public byte Ttl { get; internal set; }

    public byte TrafficClass { get; internal set; }

    public uint Identification { get; internal set; }

    public bool DontFragment { get; internal set; }

    /// <summary>Offset in bytes.</summary>
    public int FragmentOffset { get; internal set; }

    public bool MoreFragments { get; internal set; }

    public bool IsFragment => MoreFragments || FragmentOffset > 0;

    /// <summary>IPv6 extension headers in order.</summary>
    public IReadOnlyList<byte> Extensions { get; internal set; } = [];

    /// <summary>Protocol after the extension headers.</summary>
    public byte Protocol { get; internal set; }

    public bool IsTcp => Protocol == IpProtocol.Tcp && IpOffset >= 0;

    public bool IsUdp => Protocol == IpProtocol.Udp && IpOffset >= 0;

    public bool IsIcmp => IpOffset >= 0 && Protocol == (IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp);

    public bool IsSctp => Protocol == IpProtocol.Sctp && IpOffset >= 0;

    /// <summary>IP in IP of any two families.</summary>
    public bool IsIpip => Protocol is IpProtocol.IpInIp or IpProtocol.Ipv6InIp && IpOffset >= 0;

    /// <summary>The packet in an IPIP tunnel; this one is then the outer.</summary>
    public ParsedPacket? Inner { get; internal set; }

    public int TransportOffset { get; internal set; } = -1;

    public ushort SourcePort { get; internal set; }

    public ushort DestinationPort { get; internal set; }

    public TcpBits TcpFlags { get; internal set; }

    public uint Sequence { get; internal set; }

    public uint Acknowledgement { get; internal set; }

    public ushort Window { get; internal set; }

    public ReadOnlyMemory<byte> TcpOptions { get; internal set; }

    public byte IcmpType { get; internal set; }

    public byte IcmpCode { get; internal set; }

    /// <summary>The four bytes after the ICMP checksum: id and sequence, or MTU.</summary>
    public uint IcmpRest { get; internal set; }

    /// <summary>The packet that an ICMP error reports.</summary>
    public ParsedPacket? Embedded { get; internal set; }

    /// <summary>Verification tag of SCTP.</summary>
    public uint VerificationTag { get; internal set; }

    /// <summary>Chunks of SCTP, as far as they are whole.</summary>
    public IReadOnlyList<SctpChunk> Chunks { get; internal set; } = [];

    /// <summary>Data after the transport header.</summary>
    public ReadOnlyMemory<byte> Payload { get; internal set; }

    public string PayloadText => System.Text.Encoding.Latin1.GetString(Payload.Span);

    /// <summary>Whether the IPv4 header checksum is right; true for IPv6, which has none.</summary>
    public bool IpChecksumValid { get; internal set; }

    /// <summary>
    /// Whether the transport checksum is right; null where it cannot be known: fragments, cut packets, unknown protocols,
    /// UDP without checksum, and frames whose checksum the sender left to a device.
    /// </summary>
    public bool? TransportChecksumValid { get; internal set; }

    /// <summary>Checksum field as it stands.</summary>
    public uint TransportChecksum { get; internal set; }

    /// <summary>Neither checksum is known to be wrong.</summary>
    public bool ChecksumsValid => (IpOffset < 0 || IpChecksumValid) && TransportChecksumValid != false;

    public bool HasFlags(TcpBits flags) => IsTcp && (TcpFlags & flags) == flags;

    public override string ToString()
    {
        var tags = string.Concat(Vlans.Select(tag => string.Create(CultureInfo.InvariantCulture, $"vlan {tag.Tci & 0xfff} ")));
        var what = IsTcp ? $"tcp [{TcpFlags}] seq {Sequence} ack {Acknowledgement}"
            : IsUdp ? "udp"
            : IsIcmp ? $"icmp {IcmpType}/{IcmpCode}{(Embedded is null ? "" : $" about ({Embedded})")}"
            : IsSctp ? string.Create(CultureInfo.InvariantCulture, $"sctp [{string.Join(' ', Chunks.Select(chunk => chunk.Type))}] tag {VerificationTag}")
            : IsIpip ? $"ipip ({Inner})"
            : IsArp ? "arp"
            : string.Create(CultureInfo.InvariantCulture, $"type 0x{EtherType:x4} proto {Protocol}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{SourceMac} > {DestinationMac} {tags}{Source}:{SourcePort} > {Destination}:{DestinationPort} {what} ttl {Ttl} len {Payload.Length}{(IsFragment ? $" frag {FragmentOffset}{(MoreFragments ? "+" : "")}" : "")}{(ChecksumsValid ? "" : " BAD CHECKSUM")}");
    }
}
