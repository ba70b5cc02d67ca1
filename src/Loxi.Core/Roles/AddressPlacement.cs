namespace Loxi.Core.Roles;

/// <summary>Where an address of a VIP group is while this node is master.</summary>
public enum AddressPlacement
{
    /// <summary>On an interface, as /32 or /128, put there and taken away by the announcer.</summary>
    Interface = 0,

    /// <summary>On none: routers are told by a routing protocol, or have a route to the node. Announced on links only with <see cref="AnnouncedAddress.IsAnnouncedWhereRouted"/>.</summary>
    Routed,

    /// <summary>The machine has it already, or its data plane answers for it: announced and defended, but neither added nor removed.</summary>
    Owned,
}
