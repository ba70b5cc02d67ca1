namespace Loxi.Bgp.Wire;

/// <summary>Family of a next hop.</summary>
internal enum NextHopKind : byte
{
    None,
    Ipv4,
    Ipv6,
}
