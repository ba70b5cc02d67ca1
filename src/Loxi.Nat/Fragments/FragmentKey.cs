namespace Loxi.Nat.Fragments;

/// <summary>What the fragments of one datagram have in common (RFC 791 3.2, RFC 8200 4.5).</summary>
/// <param name="Source">Source address: 16 bytes read as a big-endian number, IPv4 as ::ffff:a.b.c.d.</param>
/// <param name="Destination">Destination address, likewise.</param>
/// <param name="Identification">Identification in host order: 16 bits of IPv4, 32 of IPv6.</param>
/// <param name="Protocol">Protocol of IPv4; 0 for IPv6, where fragments of one datagram may name different next headers (RFC 8200 4.5).</param>
public readonly record struct FragmentKey(UInt128 Source, UInt128 Destination, uint Identification, byte Protocol);
