namespace Loxi.Bgp.Wire;

/// <summary>Whether a next hop can be the address of a host that is not us (RFC 4271 6.3, RFC 4760 3, RFC 2545 3).</summary>
internal static class NextHopRules
{
    internal static bool IsUsable(in NextHop nextHop, UpdateContext context) => !context.IsOwnAddress(nextHop.Kind, nextHop.Address)
        && (nextHop.Kind == NextHopKind.Ipv4 ? IsHost((uint)(nextHop.Address >> 96)) : IsHost(nextHop.Address));

    // Not 0/8, 127/8, 224/4, 255.255.255.255.
    private static bool IsHost(uint address) => address >> 24 is not (0 or 127) && address >> 28 != 0xe && address != uint.MaxValue;

    // Not ::, ::1, ff00::/8, ::ffff:0:0/96: an IPv4 address in an IPv6 one reaches nobody on the link.
    private static bool IsHost(UInt128 address) => address > UInt128.One && address >> 120 != 0xff && address >> 32 != 0xffff;
}
