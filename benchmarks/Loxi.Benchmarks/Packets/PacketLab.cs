using System.Globalization;
using Loxi.Benchmarks.Interop;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Packets;

/// <summary>A host with routes and neighbours for every client and endpoint: the programs ask the kernel for the next hop.</summary>
internal sealed class PacketLab : IAsyncDisposable
{
    private readonly Lab _lab;

    private PacketLab(Lab lab, LabHost node, int index)
    {
        _lab = lab;
        Node = node;
        InterfaceIndex = index;
    }

    internal LabHost Node { get; }

    internal int InterfaceIndex { get; }

    internal static PacketLab Create()
    {
        var lab = Lab.Create();
        var node = lab.AddHost("node");
        lab.Connect(node, "eth0", lab.AddHost("peer"), "eth0");
        node.Sysctl("net.ipv4.ip_forward", "1");
        node.Sysctl("net.ipv6.conf.all.forwarding", "1");
        // Frames for other hosts are left alone.
        node.Ip($"link set eth0 address {Frames.NodeMac}");
        node.AddAddress("eth0", $"{NodeV4}/24", "2001:db8:2::1/64");
        foreach (var (gateway, mac) in new[] { ("192.0.2.2", "02:00:00:00:00:04"), ("2001:db8:2::2", "02:00:00:00:00:04") })
        {
            node.AddNeighbour("eth0", gateway, mac);
        }

        node.Ip("route add default via 192.0.2.2");
        node.Ip("-6 route add default via 2001:db8:2::2");
        for (var i = 0; i < Endpoints; i++)
        {
            node.AddNeighbour("eth0", EndpointV4(i), "02:00:00:00:00:03");
            node.AddNeighbour("eth0", EndpointV6(i), "02:00:00:00:00:03");
        }

        var index = node.Run(() => Libc.InterfaceIndex("eth0"));
        return new PacketLab(lab, node, index);
    }

    internal const int Endpoints = 3;
    internal const string NodeV4 = "192.0.2.1";

    internal static string EndpointV4(int index) => string.Create(CultureInfo.InvariantCulture, $"192.0.2.{11 + index}");

    internal static string EndpointV6(int index) => string.Create(CultureInfo.InvariantCulture, $"2001:db8:2::{11 + index}");

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
