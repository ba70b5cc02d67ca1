using Loxi.TestKit.Controller;

namespace Loxi.TestKit.Scenarios;

/// <summary>How a <see cref="ScenarioLab"/> is built.</summary>
public sealed record ScenarioOptions
{
    public required ScenarioKind Kind { get; init; }

    /// <summary>Flags of a node beside those of the guide, by its index (0 or 1): those of peers for example.</summary>
    public Func<int, IReadOnlyList<string>> NodeFlags { get; init; } = static _ => [];

    /// <summary>Variables of the environment of a node's process, by its index.</summary>
    public Func<int, IReadOnlyDictionary<string, string>> NodeEnvironment { get; init; } = static _ => new Dictionary<string, string>();

    /// <summary>Whether a controller gives roles; without it services and neighbours are still posted.</summary>
    public bool ControllerRoles { get; init; } = true;

    /// <summary>The address that the controller posts with each role; 0.0.0.0 for none.</summary>
    public string RoleVip { get; init; } = "0.0.0.0";

    /// <summary>Mode of the services: 0 default, in scenarios 4 and 5 alone; 1 one-arm; 2 full NAT.</summary>
    public int ServiceMode { get; init; } = 1;

    /// <summary>Whether connections are kept alike (scenarios 4 and 5).</summary>
    public bool IsSynced => Kind is ScenarioKind.ActiveBackupSync or ScenarioKind.FastFailoverSync;

    /// <summary>Whether endpoints see the clients' addresses, so that they answer through a gateway that moves with the VIP.</summary>
    public bool HasGateway => IsSynced && ServiceMode == 0;

    /// <summary>Echo servers as processes of their own: with thousands of connections one process has not enough files for both ends.</summary>
    public bool EchoProcesses { get; init; }

    public ElectionTiming Election { get; init; } = ElectionTiming.AtOnce;

    /// <summary>Seed of the controller's choices.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether nodes are told what they are told in any order.</summary>
    public bool AnyOrder { get; init; }

    /// <summary>A link of their own between the nodes (eth1, 192.168.81.252 and .253): a second path.</summary>
    public bool PeerLink { get; init; }

    /// <summary>NAT mode of the echo service: 1 one-arm, 2 full NAT, with the VIP as source; null for that of the others.</summary>
    public int? EchoMode { get; init; }

    /// <summary>Scenario 1 by IPv6: VIP, nodes, HELLOs, clients and probes; the VIP of IPv4 is there beside it, in the same group.</summary>
    public bool IPv6 { get; init; }

    /// <summary>BFD between nodes and router, 100 ms x 3; without it the router's hold time of 3 s counts.</summary>
    public bool RouterBfd { get; init; } = true;

    /// <summary>The router is BIRD instead of FRR.</summary>
    public bool Bird { get; init; }

    /// <summary>
    /// The second node is on a link of its own behind the router (192.168.82.253, the router .254): what one node hands over goes to the other one in a tunnel. In scenario 2.
    /// </summary>
    public bool Apart { get; init; }

    /// <summary>Leave the lab up at the end.</summary>
    public bool Keep { get; init; }
}
