namespace Loxi.Nat.Fragments;

/// <summary>What a connection's translation changes in the later fragments of a datagram.</summary>
/// <param name="Source">New source address: 16 bytes read as a big-endian number, IPv4 as ::ffff:a.b.c.d. The family stays.</param>
/// <param name="Destination">New destination address, likewise.</param>
/// <param name="SourceMac">MAC address of the egress interface: 48 bits, the first byte highest.</param>
/// <param name="DestinationMac">MAC address of the next hop, likewise.</param>
/// <param name="KeepVlanTags">Whether the VLAN tags of the frame stay: true when it leaves by the interface that it came in by.</param>
public readonly record struct FragmentTranslation(
    UInt128 Source, UInt128 Destination, ulong SourceMac, ulong DestinationMac, bool KeepVlanTags);
