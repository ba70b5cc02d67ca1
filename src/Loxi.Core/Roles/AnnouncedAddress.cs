using System.Net;

namespace Loxi.Core.Roles;

/// <summary>An address that moves with a VIP group: a VIP, one of a SNAT pool, a <c>privateIP</c>, or a gateway of endpoints.</summary>
/// <param name="Address">The address, unicast, IPv4 or IPv6.</param>
/// <param name="Placement">Where it is while the node is master.</param>
/// <param name="Interface">Name of the interface that gets it, <c>lo</c> included; given with <see cref="AddressPlacement.Interface"/> alone.</param>
public sealed record AnnouncedAddress(IPAddress Address, AddressPlacement Placement, string? Interface = null)
{
    /// <summary>Whether a <see cref="AddressPlacement.Routed"/> address is announced on the links whose subnet or next hop it has all the same. The others always are. The default is false.</summary>
    public bool IsAnnouncedWhereRouted { get; init; }
}
