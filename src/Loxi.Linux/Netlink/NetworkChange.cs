namespace Loxi.Linux.Netlink;

/// <summary>One event of the kernel's network configuration. Only the property named by <see cref="Kind"/> is set.</summary>
public readonly record struct NetworkChange
{
    /// <summary>What it is about.</summary>
    public NetworkChangeKind Kind { get; init; }

    /// <summary>What happened.</summary>
    public NetworkChangeAction Action { get; init; }

    /// <summary>The link; for a removal as it was.</summary>
    public Link? Link { get; init; }

    /// <summary>The address; for a removal as it was.</summary>
    public Address Address { get; init; }

    /// <summary>The route; for a removal as it was.</summary>
    public Route? Route { get; init; }

    /// <summary>The neighbour; for a removal as it was.</summary>
    public Neighbour Neighbour { get; init; }

    /// <summary>The rule of policy routing; for a removal as it was.</summary>
    public RoutingRule? Rule { get; init; }

    /// <summary>The interface whose traffic control it is; 0 for a filter block that interfaces share.</summary>
    public int TrafficControlInterface { get; init; }

    /// <summary>The text form.</summary>
    /// <returns>For example <c>Neighbour Changed 192.0.2.1 dev 4 ...</c>.</returns>
    public override string ToString() => Kind switch
    {
        NetworkChangeKind.Link => $"Link {Action} {Link!.Index} {Link.Name} {Link.Flags} mtu {Link.Mtu} {Link.HardwareAddress} {Link.OperState}",
        NetworkChangeKind.Address => $"Address {Action} {Address}",
        NetworkChangeKind.Route => $"Route {Action} {Route}",
        NetworkChangeKind.Neighbour => $"Neighbour {Action} {Neighbour}",
        NetworkChangeKind.Rule => $"Rule {Action} {Rule}",
        NetworkChangeKind.TrafficControl => $"TrafficControl {Action} dev {TrafficControlInterface}",
        _ => "Resync",
    };
}
