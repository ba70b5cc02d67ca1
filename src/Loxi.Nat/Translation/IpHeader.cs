using Loxi.Nat.Refusals;

namespace Loxi.Nat.Translation;

/// <summary>What an IPv4 header, or an IPv6 header with its extension headers, says. Made from hostile bytes, never throws.</summary>
internal readonly record struct IpHeader
{
    public const int Ipv4Length = 20;
    public const int Ipv6Length = 40;
    public const int FragmentHeaderLength = 8;

    /// <summary>What every IPv6 link takes (RFC 8200 5).</summary>
    public const int LeastIpv6Mtu = 1280;

    public bool IsIpv6 { get; init; }

    /// <summary>Bytes before the upper layer.</summary>
    public int Length { get; init; }

    /// <summary>Bytes of the packet as the header states.</summary>
    public int TotalLength { get; init; }

    /// <summary>The upper layer's protocol; of a later IPv6 fragment what its fragment header names.</summary>
    public byte Protocol { get; init; }

    public byte TrafficClass { get; init; }

    public byte HopLimit { get; init; }

    /// <summary>
    /// Whether the identification is meant: an IPv4 fragment, or a packet that has to become one in IPv6 and may (RFC 7915 4); any IPv6
    /// fragment header.
    /// </summary>
    public bool HasIdentification { get; init; }

    public uint Identification { get; init; }

    public int FragmentOffset { get; init; }

    public bool MoreFragments { get; init; }

    public UInt128 Source { get; init; }

    public UInt128 Destination { get; init; }

    public bool IsFragment => MoreFragments || FragmentOffset > 0;

    /// <summary>Whether the upper layer is this family's ICMP.</summary>
    public bool IsIcmp => Protocol == (IsIpv6 ? RefusalRules.Icmpv6 : RefusalRules.Icmp);

    /// <summary>Reads a packet from its IP header on.</summary>
    /// <param name="packet">The packet; what is behind its end is ignored.</param>
    /// <param name="isQuoted">It is in an ICMP error: it may be cut behind its headers, and its header checksum does not matter.</param>
    /// <param name="header">The header; default unless the result is <see cref="TranslationStatus.Translated"/>.</param>
    /// <returns><see cref="TranslationStatus.Translated"/>, or what is wrong.</returns>
    public static TranslationStatus Read(ReadOnlySpan<byte> packet, bool isQuoted, out IpHeader header)
    {
        header = default;
        if (packet.IsEmpty)
        {
            return TranslationStatus.Truncated;
        }

        return (packet[0] >> 4) switch
        {
            4 => Ipv4HeaderReader.Read(packet, isQuoted, out header),
            6 => Ipv6HeaderReader.Read(packet, isQuoted, out header),
            _ => TranslationStatus.Malformed,
        };
    }
}
