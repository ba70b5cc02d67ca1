using FluentAssertions;
using Loxi.Core.Services;
using Loxi.TestKit.Packets;

namespace Loxi.Nat.RootTests.Support;

/// <summary>A client and an endpoint, in any protocol: their first packets, and each of them compared with what it must look like, byte for byte.</summary>
internal sealed record Conversation(World World, ServiceProtocol Protocol)
{
    private const uint ClientTag = 0x11111111;
    private const uint EndpointTag = 0x22222222;
    private static readonly byte[] Cookie = [1, 2, 3, 4];

    public static IReadOnlyList<ServiceProtocol> Protocols { get; } = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Icmp, ServiceProtocol.Sctp];

    public string Client { get; init; } = World.Client;

    public string Vip { get; init; } = World.Vip;

    public string Endpoint { get; init; } = World.Endpoint(0);

    /// <summary>The client as the endpoint sees it.</summary>
    public string Source { get; init; } = World.Client;

    public string EndpointMac { get; init; } = World.EndpointMac(0);

    public string ClientMac { get; init; } = World.ClientMac;

    public ushort ClientPort { get; init; } = 40000;

    /// <summary>Null: the client's.</summary>
    public ushort? SourcePort { get; init; }

    public ushort VipPort { get; init; } = World.Port;

    public ushort EndpointPort { get; init; } = World.EndpointPort;

    public IReadOnlyList<(int Id, ushort Tpid)> Tags { get; init; } = [];

    public byte[] Data { get; init; } = [1, 2, 3, 4, 5];

    /// <summary>Question, answer, and the client's next packet.</summary>
    public void Check()
    {
        var before = World.EntryCount;
        There(First);
        World.EntryCount.Should().Be(before + 2, $"{Protocol}: both directions");
        Back(Answer);
        There(Next);
        World.EntryCount.Should().Be(before + 2, $"{Protocol}: one connection");
    }

    public void There(Func<PacketBuilder, ushort, ushort, PacketBuilder> what)
    {
        var packet = Packet.Ip(Client, Vip).WithMacs(ClientMac, World.NodeMac);
        packet = Tags.Aggregate(packet, (p, tag) => p.Vlan(tag.Id, tpid: tag.Tpid));
        var sent = World.Send(what(packet, ClientPort, VipPort));
        var expected = Packet.Ip(Source, Endpoint).WithMacs(World.NodeMac, EndpointMac).WithTtl(63);
        Expect.Sent(sent, AsTranslated(packet, what(expected, SourcePort ?? ClientPort, EndpointPort), sent), $"{Protocol} to the endpoint");
    }

    public void Back(Func<PacketBuilder, ushort, ushort, PacketBuilder> what)
    {
        var packet = Packet.Ip(Endpoint, Source).WithMacs(EndpointMac, World.NodeMac);
        var sent = World.Send(what(packet, EndpointPort, SourcePort ?? ClientPort));
        var expected = Packet.Ip(Vip, Client).WithMacs(World.NodeMac, ClientMac).WithTtl(63);
        // The tags of TC lie beside the data: they are compared by fixtures of their own.
        expected = World.Hook == Hook.Tc ? expected : Tags.Aggregate(expected, (p, tag) => p.Vlan(tag.Id, tpid: tag.Tpid));
        if (World.Hook == Hook.Tc && Tags.Count > 1)
        {
            expected = expected.Vlan(Tags[1].Id);
        }

        Expect.Sent(sent, AsTranslated(packet, what(expected, VipPort, ClientPort), sent), $"{Protocol} to the client");
    }

    public PacketBuilder First(PacketBuilder packet, ushort from, ushort to) => Protocol switch
    {
        ServiceProtocol.Tcp => packet.Tcp(from, to, TcpBits.Syn, 1000, options: TcpOption.TypicalSyn()),
        ServiceProtocol.Udp => packet.Udp(from, to, Data),
        ServiceProtocol.Sctp => packet.Sctp(from, to, 0, SctpChunk.Init(ClientTag)),
        _ => packet.IcmpEcho(from, 1, Data),
    };

    public PacketBuilder Answer(PacketBuilder packet, ushort from, ushort to) => Protocol switch
    {
        ServiceProtocol.Tcp => packet.Tcp(from, to, TcpBits.Syn | TcpBits.Ack, 5000, 1001, options: TcpOption.TypicalSyn()),
        ServiceProtocol.Udp => packet.Udp(from, to, Data),
        ServiceProtocol.Sctp => packet.Sctp(from, to, ClientTag, SctpChunk.InitAck(EndpointTag, Cookie)),
        _ => packet.IcmpEcho(to, 1, Data, reply: true),
    };

    public PacketBuilder Next(PacketBuilder packet, ushort from, ushort to) => Protocol switch
    {
        ServiceProtocol.Tcp => packet.Tcp(from, to, TcpBits.Ack | TcpBits.Psh, 1001, 5001, payload: Data),
        ServiceProtocol.Udp => packet.Udp(from, to, Data),
        ServiceProtocol.Sctp => packet.Sctp(from, to, EndpointTag, SctpChunk.CookieEcho(Cookie)),
        _ => packet.IcmpEcho(from, 2, Data),
    };

    /// <summary>RFC 7915 5.1: packets up to 1,260 bytes may be fragmented in IPv4, and need an identification for that.</summary>
    private static PacketBuilder AsTranslated(PacketBuilder from, PacketBuilder to, Outcome sent)
    {
        var isSmall = to.ToIp().Length <= 1260;
        return !from.IsV6 || to.IsV6 ? to : to.WithDontFragment(!isSmall).WithIdentification(isSmall ? (ushort)sent.Packet.Identification : (ushort)0);
    }
}
