namespace Loxi.Nat.Translation;

/// <summary>Addresses and ports that a packet gets.</summary>
/// <param name="Source">16 bytes read as a big-endian number, IPv4 as ::ffff:a.b.c.d.</param>
/// <param name="Destination">Likewise; of the same family.</param>
/// <param name="SourcePort">Host order; the identifier of an ICMP echo request.</param>
/// <param name="DestinationPort">Host order; the identifier of an ICMP echo reply.</param>
internal readonly record struct TranslatedTuple(UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort)
{
    private static readonly UInt128 Mapped = 0xffff;

    public bool IsIpv6 => Destination >> 32 != Mapped;

    /// <summary>What a packet of the other direction gets: an ICMP error quotes one.</summary>
    public TranslatedTuple Reversed => new(Destination, Source, DestinationPort, SourcePort);
}
