namespace Loxi.Nat.Fragments;

/// <summary>What a connection's translation changes in the later fragments of a datagram.</summary>
/// <param name="Source">New source address: 16 bytes read as a big-endian number, IPv4 as ::ffff:a.b.c.d. The family stays.</param>
/// <param name="Destination">New destination address, likewise.</param>
/// <param name="SourceMac">MAC address of the egress interface: 48 bits, the first byte highest.</param>
/// <param name="DestinationMac">MAC address of the next hop, likewise.</param>
/// <param name="OuterVlan">Tag control information of the outer VLAN tag to leave with; 0 for no tag at all.</param>
/// <param name="InnerVlan">That of the inner one; 0 for one tag (802.1Q), else the outer one is 802.1ad.</param>
public readonly record struct FragmentTranslation(
    UInt128 Source, UInt128 Destination, ulong SourceMac, ulong DestinationMac, ushort OuterVlan = 0, ushort InnerVlan = 0);
