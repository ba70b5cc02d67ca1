using System.Net;
using System.Net.Sockets;
using Loxi.Core.Services;
using Loxi.TestKit.Packets;

namespace Loxi.Nat.RootTests.Support;

/// <summary>Direct server return: its services, and what its packets look like on their way to an endpoint.</summary>
internal static class Dsr
{
    public static Service DsrService(this World world, ServiceProtocol protocol, string endpoint, TunnelMode tunnel = TunnelMode.Auto)
    {
        var port = protocol == ServiceProtocol.Icmp ? (ushort)0 : World.Port;
        return new Service
        {
            Key = new ServiceKey(IPAddress.Parse(world.Vip), protocol, port),
            Mode = NatMode.Dsr,
            Selection = SelectionPolicy.Hash,
            Tunnel = tunnel,
            Endpoints = [new ServiceEndpoint(IPAddress.Parse(endpoint), port, 1)],
        };
    }

    /// <summary>The packet in the tunnel; the identification of the outer header is the one that was sent where there is one.</summary>
    public static PacketBuilder InTunnel(PacketBuilder packet, string endpoint, string mac, Outcome sent)
    {
        var family = IPAddress.Parse(endpoint).AddressFamily == AddressFamily.InterNetwork ? 4 : 6;
        var isFixed = packet.IsV6 || packet.DontFragment;
        var inner = packet with { Ttl = (byte)(packet.Ttl - 1), Vlans = [] };
        return inner.WithMacs(World.NodeMac, mac).Encapsulate(World.NodeOf(family), endpoint)
            .WithTrafficClass(packet.TrafficClass)
            .WithDontFragment(isFixed)
            .WithIdentification(isFixed ? (ushort)0 : (ushort)sent.Packet.Identification);
    }

    /// <summary>The packet on the link.</summary>
    public static PacketBuilder OnLink(PacketBuilder packet, string mac) => (packet with { Ttl = (byte)(packet.Ttl - 1), Vlans = [] }).WithMacs(World.NodeMac, mac);
}
