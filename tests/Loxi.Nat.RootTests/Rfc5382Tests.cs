using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>
/// RFC 5382, network address translation behavioural requirements for TCP: what of it applies to a balancer. The table of all items is in
/// docs/dataplane.md.
/// </summary>
public sealed class Rfc5382Tests
{
    private const TcpBits SynAck = TcpBits.Syn | TcpBits.Ack;
    private const TcpBits FinAck = TcpBits.Fin | TcpBits.Ack;

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req1_MappingIsAddressAndPortDependent(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        world.Tables(OneArm(world, vip: world.OtherVip, first: 1));
        world.OpenTcp(40_000, world.OtherClient);

        world.OpenTcp(40_000).Packet.SourcePort.Should().NotBe(40_000, "towards this endpoint somebody has it");
        world.OpenTcp(40_000, vip: world.OtherVip).Packet.SourcePort.Should().Be(40_000, "towards that one nobody has");
        world.Connections.Should().OnlyContain(c => c.State == ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req2_ThreeWayHandshakeWithRepetitions(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var talk = new Stream(world);
        talk.Client(TcpBits.Syn, 1000, 0);
        talk.Client(TcpBits.Syn, 1000, 0);
        talk.Server(SynAck, 5000, 1001);
        talk.Server(SynAck, 5000, 1001);
        talk.Client(TcpBits.Syn, 1000, 0);
        talk.Server(SynAck, 5000, 1001);
        talk.State.Should().Be(ConnectionState.SynReceived);
        talk.Client(TcpBits.Ack, 1001, 5001);
        talk.State.Should().Be(ConnectionState.Established);
        talk.Server(SynAck, 5000, 1001);
        talk.Client(TcpBits.Ack, 1001, 5001);
        talk.State.Should().Be(ConnectionState.Established);
        world.Flows.Should().HaveCount(2);
    });

    /// <summary>RFC 9293 figure 8. The SYN of the endpoint comes from where the connection goes to.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req2_SimultaneousOpen(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var talk = new Stream(world);
        talk.Client(TcpBits.Syn, 1000, 0);
        talk.Server(TcpBits.Syn, 5000, 0);
        talk.State.Should().Be(ConnectionState.SynReceived);
        talk.Client(SynAck, 1000, 5001);
        talk.Server(SynAck, 5000, 1001);
        talk.Client(TcpBits.Ack | TcpBits.Psh, 1001, 5001, 10);
        talk.State.Should().Be(ConnectionState.Established);
        talk.Server(TcpBits.Ack | TcpBits.Psh, 5001, 1011, 10);
        talk.Client(TcpBits.Ack, 1011, 5011);
        talk.State.Should().Be(ConnectionState.Established);
        talk.Client(FinAck, 1011, 5011);
        talk.Server(FinAck, 5011, 1012);
        talk.State.Should().Be(ConnectionState.Closing);
    });

    /// <summary>One side is done, the other goes on sending for as long as it likes.</summary>
    [Theory]
    [InlineData(Hook.Tc, 4, true)]
    [InlineData(Hook.Tc, 6, false)]
    [InlineData(Hook.Xdp, 4, false)]
    [InlineData(Hook.Xdp, 6, true)]
    public void Rfc5382_Req2_HalfClose(Hook hook, int family, bool clientFirst) => World.Run(hook, family, world =>
    {
        var talk = Stream.Open(world);
        if (clientFirst)
        {
            talk.Client(FinAck, 1001, 5001);
            talk.Server(TcpBits.Ack, 5001, 1002);
            for (uint at = 0; at < 100_000; at += 1000)
            {
                talk.Server(TcpBits.Ack, 5001 + at, 1002, 1000);
                talk.Client(TcpBits.Ack, 1002, 5001 + at + 1000);
            }

            talk.State.Should().Be(ConnectionState.HalfClosed);
            talk.Server(FinAck, 105_001, 1002);
            talk.Client(TcpBits.Ack, 1002, 105_002);
        }
        else
        {
            talk.Server(FinAck, 5001, 1001);
            talk.Client(TcpBits.Ack, 1001, 5002);
            for (uint at = 0; at < 100_000; at += 1000)
            {
                talk.Client(TcpBits.Ack, 1001 + at, 5002, 1000);
            }

            talk.State.Should().Be(ConnectionState.HalfClosed);
            talk.Client(FinAck, 101_001, 5002);
            talk.Server(TcpBits.Ack, 5002, 101_002);
        }

        talk.State.Should().Be(ConnectionState.Closing);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req2_SimultaneousClose(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var talk = Stream.Open(world);
        talk.Client(FinAck, 1001, 5001);
        talk.Server(FinAck, 5001, 1001);
        talk.State.Should().Be(ConnectionState.Closing);
        talk.Client(TcpBits.Ack, 1002, 5002);
        talk.Server(TcpBits.Ack, 5002, 1002);
        talk.Client(FinAck, 1001, 5002);
        talk.State.Should().Be(ConnectionState.Closing);
    });

    /// <summary>Segments out of order, repeated, with the FIN before what comes before it, and over the end of the sequence numbers.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req2_SegmentsInAnyOrder(Hook hook, int family) => World.Run(hook, family, world =>
    {
        const uint Start = uint.MaxValue - 1500;
        var talk = new Stream(world);
        talk.Client(TcpBits.Syn, Start, 0);
        talk.Server(SynAck, 5000, Start + 1);
        talk.Client(TcpBits.Ack, Start + 1, 5001);
        foreach (var at in (uint[])[2001, 1, 1001, 3001, 1, 2001])
        {
            talk.Client(TcpBits.Ack, unchecked(Start + at), 5001, 1000);
        }

        talk.Client(FinAck, unchecked(Start + 6001), 5001);
        talk.State.Should().Be(ConnectionState.HalfClosed);
        talk.Client(TcpBits.Ack, unchecked(Start + 4001), 5001, 1000);
        talk.Client(TcpBits.Ack, unchecked(Start + 5001), 5001, 1000);
        talk.Server(TcpBits.Ack, 5001, unchecked(Start + 6002));
        talk.Server(FinAck, 5001, unchecked(Start + 6002));
        talk.State.Should().Be(ConnectionState.Closing);
    });

    /// <summary>RFC 7413: data in the SYN and before the handshake has ended.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req2_DataInTheHandshake(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var talk = new Stream(world);
        talk.Client(TcpBits.Syn, 1000, 0, 100);
        talk.Server(SynAck, 5000, 1101);
        talk.Server(TcpBits.Ack, 5001, 1101, 1000);
        talk.Server(TcpBits.Ack, 6001, 1101, 1000);
        talk.Client(TcpBits.Ack, 1101, 5001);
        talk.State.Should().Be(ConnectionState.Established);
        talk.Client(TcpBits.Ack, 1101, 7001);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req2_RstOfEitherSideEndsIt(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var talk = Stream.Open(world);
        talk.Server(TcpBits.Rst | TcpBits.Ack, 5001, 1001);
        talk.State.Should().Be(ConnectionState.Reset);
        world.Balancer.Connections.Delete(_ => true);

        talk = Stream.Open(world);
        talk.Client(TcpBits.Rst, 1001, 0);
        talk.State.Should().Be(ConnectionState.Reset);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req3_FilteringIsAddressAndPortDependent(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var there = world.OpenTcp(40_000);
        var node = there.Packet.Source!.ToString();

        foreach (var stranger in (PacketBuilder[])
        [
            Packet.Ip(world.Endpoint(1), node).Tcp(World.EndpointPort, 40_000, TcpBits.Ack, 5001, 1001),
            Packet.Ip(world.Endpoint(0), node).Tcp(World.EndpointPort + 1, 40_000, TcpBits.Syn),
            Packet.Ip(world.OtherClient, node).Tcp(40_000, 40_000, TcpBits.Rst, 5001),
        ])
        {
            Expect.Untouched(world.Send(stranger.WithMacs(World.EndpointMac(1), World.NodeMac)));
        }

        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req5_EstablishedTwoHoursAndFourMinutes(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var talk = Stream.Open(world);

        Silent(world, (2 * 3600) + (4 * 60) - 5).Should().Be(1);
        talk.Server(TcpBits.Ack, 5001, 1001);
        Silent(world, (2 * 3600) + (4 * 60) - 5).Should().Be(1, "a packet of either side, e.g. a keep-alive, refreshes");
        Silent(world, 10).Should().Be(0);
    });

    [Theory]
    [InlineData(4, ConnectionState.SynSent)]
    [InlineData(6, ConnectionState.SynReceived)]
    [InlineData(4, ConnectionState.HalfClosed)]
    [InlineData(6, ConnectionState.Closing)]
    public void Rfc5382_Req5_TransitoryFourMinutes(int family, ConnectionState state) => World.Run(Hook.Tc, family, world =>
    {
        var talk = new Stream(world);
        Action[] steps =
        [
            () => talk.Client(TcpBits.Syn, 1000, 0),
            () => talk.Server(SynAck, 5000, 1001),
            () => talk.Client(TcpBits.Ack, 1001, 5001),
            () => talk.Client(FinAck, 1001, 5001),
            () => talk.Server(FinAck, 5001, 1002),
        ];
        foreach (var step in steps)
        {
            step();
            if (talk.State == state)
            {
                break;
            }
        }

        talk.State.Should().Be(state);
        Silent(world, 238).Should().Be(1);
        Silent(world, 5).Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req7_NoPortOverloading(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));

        var sent = Enumerable.Range(0, 50).Select(i => world.OpenTcp(40_000, Client(world, i))).ToList();

        sent.Select(o => (o.Packet.Source, o.Packet.SourcePort)).Should().OnlyHaveUniqueItems();
        for (var i = 0; i < sent.Count; i++)
        {
            var back = world.Send(Talk.Back(sent[i]).Tcp(World.EndpointPort, sent[i].Packet.SourcePort, TcpBits.Ack, 5001, 1001));
            back.Packet.Destination.Should().Be(IPAddress.Parse(Client(world, i)));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req8_HairpinningWithTheExternalAddress(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();

        var there = world.OpenTcp(40_000, world.Endpoint(0));
        (there.Packet.Source!.ToString(), there.Packet.Destination!.ToString()).Should().Be((world.Vip, world.Endpoint(0)));
        world.Connection.State.Should().Be(ConnectionState.Established);
        var back = world.Send(Talk.Back(there).Tcp(World.EndpointPort, there.Packet.SourcePort, TcpBits.Ack, 5001, 1001));
        (back.Packet.Source!.ToString(), back.Packet.SourcePort, back.Packet.Destination!.ToString(), back.Packet.DestinationPort).Should()
            .Be((world.Vip, World.Port, world.Endpoint(0), (ushort)40_000));
        back.Packet.ChecksumsValid.Should().BeTrue();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req9_DestinationUnreachableIsTranslated(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var there = world.Syn(40_000);

        var error = world.Send(Talk.Back(there).PortUnreachable(there.Packet.Ip));

        Expect.ToClient(world, error);
        var embedded = error.Packet.Embedded!;
        (embedded.Source!.ToString(), embedded.SourcePort, embedded.Destination!.ToString(), embedded.DestinationPort).Should().Be((world.Client, (ushort)40_000, world.Vip, World.Port));
        embedded.ChecksumsValid.Should().BeTrue(error.ToString());
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5382_Req10_IcmpNeverEndsAConnection(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(OneArm(world));
        var there = world.OpenTcp(40_000);
        var segment = world.Send(world.ToVip().Tcp(40_000, World.Port, TcpBits.Ack, 1001, 5001, payload: [1])).Packet.Ip;
        world.Age(TimeSpan.FromSeconds(5), _ => true);
        var before = world.FlowBytes;

        for (byte code = 0; code < 16; code++)
        {
            world.Send(Talk.Back(there).IcmpError((byte)(family == 4 ? 3 : 1), code, segment)).Verdict.Should().Be(Verdict.Sent);
        }

        world.FlowBytes.Should().Equal(before);
        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    private static Service OneArm(World world, string? vip = null, int first = 0) => world.Service(ServiceProtocol.Tcp, vip: vip, first: first) with { Mode = NatMode.OneArm };

    private static string Client(World world, int index) => world.Family == 4 ? $"198.51.100.{20 + index}" : $"2001:db8:100::{20 + index:x}";

    private static int Silent(World world, int seconds)
    {
        world.Age(TimeSpan.FromSeconds(seconds), _ => true);
        world.Balancer.Connections.Sweep(null);
        return world.Connections.Count;
    }

    /// <summary>One connection; every packet of it must get through, whole.</summary>
    private sealed class Stream(World world)
    {
        private Outcome? _first;

        public ConnectionState State => world.Connection.State;

        public static Stream Open(World world)
        {
            var stream = new Stream(world);
            stream.Client(TcpBits.Syn, 1000, 0);
            stream.Server(SynAck, 5000, 1001);
            stream.Client(TcpBits.Ack, 1001, 5001);
            stream.State.Should().Be(ConnectionState.Established);
            return stream;
        }

        public void Client(TcpBits flags, uint sequence, uint acknowledgement, int data = 0)
        {
            if (_first is null)
            {
                world.Tables(OneArm(world));
            }

            var sent = world.Send(world.ToVip().Tcp(40_000, World.Port, flags, sequence, acknowledgement, payload: Packet.Counting(data)));
            sent.Verdict.Should().Be(Verdict.Sent, sent.ToString());
            sent.Packet.ChecksumsValid.Should().BeTrue(sent.ToString());
            sent.Packet.Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)));
            _first ??= sent;
        }

        public void Server(TcpBits flags, uint sequence, uint acknowledgement, int data = 0)
        {
            var sent = world.Send(Talk.Back(_first!).Tcp(World.EndpointPort, _first!.Packet.SourcePort, flags, sequence, acknowledgement, payload: Packet.Counting(data)));
            Expect.ToClient(world, sent);
        }
    }
}
