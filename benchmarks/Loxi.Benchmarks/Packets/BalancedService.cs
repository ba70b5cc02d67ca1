using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Packets;

/// <summary>A service in the tables of <see cref="BalancerDataPlane"/>, as the product would put it there.</summary>
/// <param name="Name">First part of the names of its rows.</param>
/// <param name="Vip">Its VIP.</param>
internal sealed record BalancedService(string Name, IPAddress Vip)
{
    internal const string Default = "loxi";

    /// <summary>Destination NAT.</summary>
    internal static readonly BalancedService Ipv4 = new(Default, Frames.VipV4);

    internal static readonly BalancedService Ipv6 = new(Default, Frames.VipV6);

    /// <summary>One endpoint, so that it is known who answers.</summary>
    internal static readonly BalancedService Setup = new("loxi, one endpoint", IPAddress.Parse("203.0.113.11")) { Endpoints = 1, Loose = false };

    /// <summary>What is compared with destination NAT. Source addresses are many: with few of them ports run out before the flows of the benchmark do.</summary>
    internal static readonly IReadOnlyList<BalancedService> Modes =
    [
        new("onearm", IPAddress.Parse("203.0.113.12")) { Flags = Shared.ServiceSnat, Sources = Pool, Number = 1 },
        new("fullnat", IPAddress.Parse("203.0.113.13")) { Flags = Shared.ServiceSnat, Sources = Pool, Number = 2 },
        new("fullnat, one address", IPAddress.Parse("203.0.113.14")) { Flags = Shared.ServiceSnat, Sources = 1, Number = 2, Gated = false },
        new("hostonearm", IPAddress.Parse(PacketLab.NodeV4)) { Flags = Shared.ServiceSnat, Sources = Pool, Number = 5, Host = true },
        new("dsr", IPAddress.Parse("203.0.113.15")) { Flags = Shared.ServiceDsr | Shared.ServiceNoTunnel, Sources = 1, Number = 3 },
        new("dsr, ipip", IPAddress.Parse("203.0.113.16")) { Flags = Shared.ServiceDsr | Shared.ServiceTunnel, Sources = 1, Number = 3 },
        new("nat64", IPAddress.Parse("2001:db8:113::17")) { Flags = Shared.ServiceSnat, Sources = Pool, EndpointFamily = 4 },
        new("nat46", IPAddress.Parse("203.0.113.18")) { Flags = Shared.ServiceSnat, Sources = Pool, EndpointFamily = 6 },
    ];

    private const int Pool = 256;

    /// <summary>Of LOXI_SERVICE_*, beside the one for connections that are picked up in their middle.</summary>
    internal int Flags { get; init; }

    /// <summary>An ACK makes a flow: how the tables are filled.</summary>
    internal bool Loose { get; init; } = true;

    internal int Endpoints { get; init; } = PacketLab.Endpoints;

    internal int EndpointFamily { get; init; } = Vip.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

    /// <summary>Source addresses of each endpoint.</summary>
    internal int Sources { get; init; }

    /// <summary>The mode's number in the service model.</summary>
    internal byte Number { get; init; }

    /// <summary>For every local address of the node, <see cref="Vip"/> is one of them.</summary>
    internal bool Host { get; init; }

    /// <summary>Whether there is a gate on what it costs beside destination NAT.</summary>
    internal bool Gated { get; init; } = true;

    /// <summary>Of the clients.</summary>
    internal int Family => Vip.AddressFamily == AddressFamily.InterNetwork ? 4 : 6;

    internal bool Direct => (Flags & Shared.ServiceDsr) != 0;

    internal bool Tunnel => (Flags & Shared.ServiceTunnel) != 0;

    internal bool Crosses => EndpointFamily != Family;

    internal bool Resizes => Crosses || Tunnel;

    internal ushort EndpointPort => Direct ? Frames.ServicePort : Frames.EndpointPort;

    /// <summary>The kernel makes a tunnel's frame once; a run of many packets on one frame, which the benchmark is, it refuses (EALREADY).</summary>
    internal bool RunsOn(Hook hook) => hook == Hook.Xdp || !Tunnel;

    internal IPAddress Endpoint(int index) => IPAddress.Parse(EndpointFamily == 4 ? PacketLab.EndpointV4(index) : PacketLab.EndpointV6(index));

    internal IPAddress Source(int index) => IPAddress.Parse(EndpointFamily == 4
        ? string.Create(CultureInfo.InvariantCulture, $"198.18.0.{index}")
        : string.Create(CultureInfo.InvariantCulture, $"2001:db8:2:1::{index:x}"));

    /// <summary>Its packets of flows that are in the table.</summary>
    internal FlowSet Open(uint flows) => FlowSet.Established(Family, Vip, flows) with { Resizes = Resizes };

    /// <summary>Its packets that begin a flow.</summary>
    internal FlowSet New(uint first, byte flags) => FlowSet.New(Family, Vip, first, flags) with { Resizes = Resizes };
}
