namespace Loxi.Nat.DataPlane;

/// <summary>What every link of the node takes.</summary>
internal static class LinkMtu
{
    // A smaller MTU of an IPv4 link is no reason to cut finer: every host takes as much (RFC 791 3.1).
    private const int LeastIpv4Mtu = 576;

    /// <summary>Most bytes of an IPv4 packet that fits out of any interface.</summary>
    public static int Smallest(NatMaps maps) => Math.Max(LeastIpv4Mtu, (int)Volatile.Read(ref maps.Control.Span[0].MinMtu));
}
