namespace Loxi.Linux.Netlink;

/// <summary>An entry of the neighbour table: ARP for IPv4, neighbour discovery for IPv6 (RTM_NEWNEIGH).</summary>
/// <param name="InterfaceIndex">Index of the link.</param>
/// <param name="Address">The neighbour's address.</param>
/// <param name="LinkLayerAddress">Its link-layer address; "none" while it is not known.</param>
/// <param name="State">State of the entry.</param>
/// <param name="Flags">Flags of the entry.</param>
public readonly record struct Neighbour(
    int InterfaceIndex,
    InternetAddress Address,
    LinkLayerAddress LinkLayerAddress = default,
    NeighbourState State = NeighbourState.Permanent,
    NeighbourFlags Flags = NeighbourFlags.None)
{
    /// <summary>Whether packets can be sent to <see cref="LinkLayerAddress"/> now.</summary>
    public bool IsUsable => (State & NeighbourState.Usable) != 0 && !LinkLayerAddress.IsNone;

    /// <summary>The text form.</summary>
    /// <returns>For example <c>192.0.2.1 dev 4</c>.</returns>
    public override string ToString() => $"{Address} dev {InterfaceIndex} lladdr {LinkLayerAddress} {State}";
}
