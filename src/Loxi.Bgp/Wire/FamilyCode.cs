namespace Loxi.Bgp.Wire;

/// <summary>AFI and SAFI (RFC 4760) of the families that this speaker carries.</summary>
internal static class FamilyCode
{
    internal const ushort Ipv4 = 1;
    internal const ushort Ipv6 = 2;
    internal const byte Unicast = 1;

    internal static ushort Afi(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? Ipv4 : Ipv6;

    internal static bool TryRead(ushort afi, byte safi, out BgpFamily family)
    {
        family = afi == Ipv6 ? BgpFamily.Ipv6Unicast : BgpFamily.Ipv4Unicast;
        return safi == Unicast && (afi is Ipv4 or Ipv6);
    }
}
