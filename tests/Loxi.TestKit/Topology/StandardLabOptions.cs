namespace Loxi.TestKit.Topology;

/// <summary>Variants of the standard lab.</summary>
public sealed record StandardLabOptions
{
    /// <summary>Number of endpoints, 1 to 9.</summary>
    public int Endpoints { get; init; } = 3;

    /// <summary>
    /// Each endpoint at its own interface of the node (eth1, eth2, ...) instead of all behind a switch at eth1.
    /// </summary>
    public bool PointToPoint { get; init; }

    /// <summary>A router hop between the client and the node, so that errors and traces of a path can be seen.</summary>
    public bool ClientRouter { get; init; }

    /// <summary>VLAN id of the frames between client (or its router) and node, null for untagged.</summary>
    public int? Vlan { get; init; }

    /// <summary>
    /// Whether the node's end takes the tag off and puts it on as well. The node under test does that itself; a node that
    /// only routes cannot, on a kernel without 802.1Q.
    /// </summary>
    public bool VlanAtNode { get; init; }

    /// <summary>Permanent neighbour entries everywhere instead of learnt ones.</summary>
    public bool StaticNeighbours { get; init; }

    /// <summary>Settings of every link.</summary>
    public LinkOptions Link { get; init; } = new();

    /// <summary>Leave the lab up at the end.</summary>
    public bool Keep { get; init; }
}
