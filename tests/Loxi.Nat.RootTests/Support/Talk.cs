using Loxi.TestKit.Packets;

namespace Loxi.Nat.RootTests.Support;

/// <summary>Both ends of a connection, as far as packets go.</summary>
internal static class Talk
{
    /// <summary>What the receiver of a packet sends back: addresses turned round.</summary>
    public static PacketBuilder Back(Outcome there) =>
        Packet.Ip(there.Packet.Destination!.ToString(), there.Packet.Source!.ToString()).WithMacs(there.Packet.DestinationMac, World.NodeMac);

    /// <summary>The endpoint's answer to a SYN, or to the datagram.</summary>
    public static Outcome Answer(this World world, Outcome there) =>
        world.Send(there.Packet.IsTcp
            ? Back(there).Tcp(there.Packet.DestinationPort, there.Packet.SourcePort, TcpBits.Syn | TcpBits.Ack, 5000, 1001)
            : Back(there).Udp(there.Packet.DestinationPort, there.Packet.SourcePort));

    public static Outcome Syn(this World world, int port, string? client = null, string? vip = null) =>
        world.Send(world.ToVip(client, vip).Tcp((ushort)port, World.Port));

    public static Outcome Datagram(this World world, int port, string? client = null, string? vip = null) =>
        world.Send(world.ToVip(client, vip).Udp((ushort)port, World.Port));

    /// <summary>SYN, SYN-ACK, ACK; the SYN as it left.</summary>
    public static Outcome OpenTcp(this World world, int port, string? client = null, string? vip = null)
    {
        var syn = world.Syn(port, client, vip);
        world.Answer(syn);
        world.Send(world.ToVip(client, vip).Tcp((ushort)port, World.Port, TcpBits.Ack, 1001, 5001));
        return syn;
    }

    /// <summary>There and back; the first datagram as it left.</summary>
    public static Outcome OpenUdp(this World world, int port, string? client = null, string? vip = null)
    {
        var there = world.Datagram(port, client, vip);
        world.Answer(there);
        return there;
    }
}
