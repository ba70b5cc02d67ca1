using System.Net;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Associations with one address on each side (RFC 9260): tags, states, checksums.</summary>
public sealed class SctpTests
{
    private const uint ClientTag = 0x11223344;
    private const uint ServerTag = 0xa1b2c3d4;
    private const ushort Port = 40_000;

    private static readonly byte[] Cookie = Packet.Counting(37);

    public static TheoryData<Hook, int, NatMode> Modes()
    {
        var data = new TheoryData<Hook, int, NatMode>();
        foreach (var hook in (Hook[])[Hook.Tc, Hook.Xdp])
        {
            foreach (var family in (int[])[4, 6])
            {
                foreach (var mode in (NatMode[])[NatMode.Default, NatMode.OneArm, NatMode.FullNat])
                {
                    data.Add(hook, family, mode);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Modes))]
    [Trait("Suite", "Kernels")]
    public void Association_GoesThereAndBack(Hook hook, int family, NatMode mode) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp) with { Mode = mode });
        var talk = new Association(world);

        Check(talk.Client(0, SctpChunk.Init(ClientTag)), ConnectionState.Init);
        Check(talk.Server(ClientTag, SctpChunk.InitAck(ServerTag, Cookie)), ConnectionState.InitAck);
        Check(talk.Client(ServerTag, SctpChunk.CookieEcho(Cookie)), ConnectionState.Cookie);
        Check(talk.Server(ClientTag, SctpChunk.CookieAck()), ConnectionState.Established);
        Check(talk.Client(ServerTag, [.. SctpChunk.Data(1, [1, 2, 3]), .. SctpChunk.Data(2, Packet.Counting(700))]), ConnectionState.Established);
        Check(talk.Server(ClientTag, SctpChunk.Sack(2)), ConnectionState.Established);
        Check(talk.Server(ClientTag, SctpChunk.Heartbeat([1, 2, 3, 4])), ConnectionState.Established);
        Check(talk.Client(ServerTag, SctpChunk.Heartbeat([1, 2, 3, 4], answer: true)), ConnectionState.Established);
        Check(talk.Client(ServerTag, SctpChunk.Shutdown(7)), ConnectionState.Shutdown);
        Check(talk.Server(ClientTag, SctpChunk.ShutdownAck()), ConnectionState.Shutdown);
        Check(talk.Client(ServerTag, SctpChunk.ShutdownComplete()), ConnectionState.Closing);
        world.Flows.Should().HaveCount(2);
        world.Maps.Embryos.Span[family == 6 ? 1 : 0].Count.Should().Be(0);

        void Check(Outcome outcome, ConnectionState state)
        {
            outcome.Verdict.Should().Be(Verdict.Sent, outcome.ToString());
            outcome.Packet.TransportChecksumValid.Should().BeTrue(outcome.ToString());
            outcome.Packet.IpChecksumValid.Should().BeTrue();
            world.Connection.State.Should().Be(state);
            var toClient = outcome.Packet.Destination!.Equals(IPAddress.Parse(world.Client));
            (outcome.Packet.SourcePort, outcome.Packet.DestinationPort).Should().Be(toClient ? (World.Port, Port) : (Port, World.EndpointPort));
            outcome.Packet.Source.Should().Be(IPAddress.Parse(
                toClient || mode == NatMode.FullNat ? world.Vip : mode == NatMode.Default ? world.Client : family == 4 ? "192.0.2.1" : "2001:db8:2::1"));
        }
    });

    /// <summary>The change of the ports alone gives the new CRC32c: of every length.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Checksum_IsRightForEveryLength(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = Open(world);
        var random = new Random(1);
        for (var length = 0; length <= 1500 - 28 - (family == 4 ? 20 : 40); length++)
        {
            var message = new byte[length];
            random.NextBytes(message);
            foreach (var sent in (Outcome[])[talk.Client(ServerTag, SctpChunk.Data(1, message)), talk.Server(ClientTag, SctpChunk.Data(1, message))])
            {
                sent.Verdict.Should().Be(Verdict.Sent, $"{length}: {sent}");
                sent.Packet.TransportChecksumValid.Should().BeTrue($"{length}: {sent}");
                sent.Packet.Chunks[0].Value[12..].ToArray().Should().Equal(message);
            }
        }
    });

    /// <summary>A packet that was damaged on its way is not made to look whole.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void WrongChecksum_StaysWrong(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        Open(world);

        var sent = world.Send(world.ToVip().Sctp(Port, World.Port, ServerTag, SctpChunk.Data(1, [1, 2, 3]), badChecksum: true));

        sent.Verdict.Should().Be(Verdict.Sent);
        sent.Packet.TransportChecksumValid.Should().BeFalse();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void WrongTag_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = Open(world);
        byte[][] chunks =
        [
            SctpChunk.Data(1, [1]), SctpChunk.Sack(1), SctpChunk.Heartbeat([1]), SctpChunk.Heartbeat([1], answer: true), SctpChunk.Shutdown(1),
            SctpChunk.ShutdownAck(), SctpChunk.Error(1, [1, 2]), SctpChunk.ShutdownComplete(), SctpChunk.Abort(),
            SctpChunk.ShutdownComplete(reflected: true), SctpChunk.Abort(reflected: true),
        ];
        var before = world.Connection;
        foreach (var chunk in chunks)
        {
            talk.Client(ServerTag + 1, chunk).Verdict.Should().Be(Verdict.Drop, $"{(SctpChunkType)chunk[0]} of the client");
            talk.Server(ClientTag + 1, chunk).Verdict.Should().Be(Verdict.Drop, $"{(SctpChunkType)chunk[0]} of the endpoint");
        }

        // With the other side's tag: only what says that it reflects it, see Abort_EndsWithTheRightTag.
        foreach (var chunk in chunks[..9])
        {
            talk.Client(ClientTag, chunk).Verdict.Should().Be(Verdict.Drop);
            talk.Server(ServerTag, chunk).Verdict.Should().Be(Verdict.Drop);
        }

        world.Count(RawReason.DropSctpTag).Should().Be((ulong)((2 * chunks.Length) + 18));
        (world.Connection with { Idle = default }).Should().Be(before with { Idle = default });
        talk.Client(ServerTag, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Sent);
    });

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Abort_EndsWithTheRightTag(bool reflected, bool fromClient) => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = Open(world);
        var tag = fromClient == reflected ? ClientTag : ServerTag;

        var sent = fromClient ? talk.Client(tag, SctpChunk.Abort(reflected)) : talk.Server(tag, SctpChunk.Abort(reflected));

        sent.Verdict.Should().Be(Verdict.Sent, sent.ToString());
        world.Connection.State.Should().Be(ConnectionState.Reset);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ShutdownComplete_EndsWithTheRightTag(bool reflected) => World.Run(Hook.Xdp, 6, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = Open(world);
        talk.Server(ClientTag, SctpChunk.Shutdown(3));
        talk.Client(ServerTag, SctpChunk.ShutdownAck());

        talk.Server(reflected ? ServerTag : ClientTag, SctpChunk.ShutdownComplete(reflected)).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Closing);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointThatRefuses_EndsIt(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = new Association(world);
        talk.Client(0, SctpChunk.Init(ClientTag));

        talk.Server(ClientTag + 1, SctpChunk.Abort()).Verdict.Should().Be(Verdict.Drop, "whoever sent it has not seen the INIT");
        world.Connection.State.Should().Be(ConnectionState.Init);
        talk.Server(ClientTag, SctpChunk.Abort()).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Reset);
    });

    /// <summary>Before the endpoint has chosen its tag nobody can know it: an ABORT of the client says nothing.</summary>
    [Fact]
    public void BlindAbortInTheHandshake_HasNoEffect() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = new Association(world);
        talk.Client(0, SctpChunk.Init(ClientTag));

        talk.Client(0x99, SctpChunk.Abort());

        world.Connection.State.Should().Be(ConnectionState.Init);
        talk.Server(ClientTag, SctpChunk.InitAck(ServerTag, Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Client(0x99, SctpChunk.Abort()).Verdict.Should().Be(Verdict.Drop);
        world.Connection.State.Should().Be(ConnectionState.InitAck);
    });

    /// <summary>Every INIT ACK has a tag of its own; the client goes on with the one that it got first, or with the only one that reached it.</summary>
    [Theory]
    [InlineData(ServerTag)]
    [InlineData(ServerTag + 77)]
    public void RepeatedInit_TheClientChoosesTheTag(uint chosen) => World.Run(Hook.Tc, 6, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = new Association(world);
        talk.Client(0, SctpChunk.Init(ClientTag));
        talk.Client(0, SctpChunk.Init(ClientTag)).Verdict.Should().Be(Verdict.Sent);
        world.Flows.Should().HaveCount(2);
        talk.Server(ClientTag, SctpChunk.InitAck(ServerTag, Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Server(ClientTag, SctpChunk.InitAck(ServerTag + 77, Cookie)).Verdict.Should().Be(Verdict.Sent);

        talk.Client(chosen, SctpChunk.CookieEcho(Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Server(ClientTag, SctpChunk.CookieAck()).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Established);
        talk.Client(chosen, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Sent);
        talk.Client(chosen ^ 5, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Drop);
    });

    [Fact]
    public void ClientThatBeginsAnewInTheHandshake_IsHeard() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = new Association(world);
        talk.Client(0, SctpChunk.Init(ClientTag));
        talk.Server(ClientTag, SctpChunk.InitAck(ServerTag, Cookie));

        talk.Client(0, SctpChunk.Init(0x55)).Verdict.Should().Be(Verdict.Sent);
        talk.Server(0x55, SctpChunk.InitAck(0x66, Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Client(0x66, SctpChunk.CookieEcho(Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Server(0x55, SctpChunk.CookieAck()).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    /// <summary>RFC 9260 5.2: a client that lost its state opens the same association anew; the endpoint judges, its answer makes the new tags.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void Restart_HasNewTagsWhenTheEndpointConfirms(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = Open(world);

        talk.Client(0, SctpChunk.Init(0x55)).Verdict.Should().Be(Verdict.Sent);
        talk.Client(ServerTag, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Sent, "an INIT alone changes nothing");
        talk.Server(0x55, SctpChunk.InitAck(0x66, Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Client(0x66, SctpChunk.CookieEcho(Cookie)).Verdict.Should().Be(Verdict.Sent);
        talk.Server(0x55, SctpChunk.CookieAck()).Verdict.Should().Be(Verdict.Sent);
        talk.Client(0x66, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Sent);

        talk.Client(ServerTag, SctpChunk.Data(2, [1])).Verdict.Should().Be(Verdict.Drop);
        talk.Server(ClientTag, SctpChunk.Sack(1)).Verdict.Should().Be(Verdict.Drop);
        talk.Server(0x55, SctpChunk.Sack(1)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Established);
        world.Flows.Should().HaveCount(2);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void InitOnAClosedAssociation_BeginsAnother(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        Open(world).Client(ServerTag, SctpChunk.Abort());

        var again = new Association(world);
        again.Client(0, SctpChunk.Init(0x55)).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Init);
        world.Count(RawReason.FlowReplaced).Should().Be(1);
        again.Server(0x55, SctpChunk.InitAck(0x66, Cookie)).Verdict.Should().Be(Verdict.Sent);
    });

    /// <summary>RFC 9260 8.5.1 and 3.3.2.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void InitWithATagOrWithoutOne_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));

        world.Send(world.ToVip().Sctp(Port, World.Port, 5, SctpChunk.Init(ClientTag))).Verdict.Should().Be(Verdict.Drop);
        world.Send(world.ToVip().Sctp(Port, World.Port, 0, SctpChunk.Init(0))).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropMalformed).Should().Be(2);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WithoutAnAssociation_RotationRefusesAndHashPicksUp(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        world.Send(world.ToVip().Sctp(Port, World.Port, ServerTag, SctpChunk.Data(1, [1]))).Verdict.Should().Be(Verdict.Drop);
        world.TakePunts().Should().Equal(RawReason.RefusedNotSyn);

        world.Tables(world.Service(ServiceProtocol.Sctp, selection: SelectionPolicy.Hash));
        foreach (var chunk in (byte[][])[SctpChunk.InitAck(1, Cookie), SctpChunk.Abort(), SctpChunk.ShutdownComplete()])
        {
            world.Send(world.ToVip().Sctp(Port, World.Port, ServerTag, chunk)).Verdict.Should().Be(Verdict.Drop);
        }

        world.Flows.Should().BeEmpty();
        var talk = new Association(world);
        talk.Client(ServerTag, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Sent);
        world.Flows.Should().OnlyContain(f => (f.Flags & Shared.FlowLoose) != 0);
        talk.Client(ServerTag + 1, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Drop);
        talk.Server(ClientTag, SctpChunk.Sack(1)).Verdict.Should().Be(Verdict.Sent);
        world.Flows.Should().OnlyContain(f => (f.Flags & Shared.FlowLoose) == 0, "the endpoint answers: it is real");
        talk.Server(ClientTag + 1, SctpChunk.Sack(1)).Verdict.Should().Be(Verdict.Drop);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void PickedUpAndNotAnswered_IsTakenByAnotherNode(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp, selection: SelectionPolicy.Hash));
        new Association(world).Client(ServerTag, SctpChunk.Data(1, [1]));
        var record = world.Dump().Should().ContainSingle().Subject;
        world.Balancer.Connections.Delete(_ => true).Should().Be(1);

        world.ImportOne(record).Should().Be(ConnectionImportResult.Inserted);

        world.Flows.Should().HaveCount(2).And.OnlyContain(f => (f.Flags & Shared.FlowLoose) != 0);
        (world.Dump().Single() with { Age = record.Age }).Should().Be(record);
    });

    [Fact]
    public void PickedUpAndNotAnswered_GoesAfterTheTransitoryTime() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp, selection: SelectionPolicy.Hash));
        new Association(world).Client(ServerTag, SctpChunk.Data(1, [1]));
        world.Age(TimeSpan.FromSeconds(250), _ => true);

        world.Balancer.Connections.Sweep(null);

        world.Flows.Should().BeEmpty();
    });

    [Fact]
    public void DirectServerReturn_LearnsTheTagFromTheClient() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp, selection: SelectionPolicy.Hash) with { Mode = NatMode.Dsr });
        var talk = new Association(world);

        talk.Client(0, SctpChunk.Init(ClientTag)).Verdict.Should().Be(Verdict.Sent);
        talk.Client(ServerTag, SctpChunk.CookieEcho(Cookie)).Verdict.Should().Be(Verdict.Sent);
        State(world).Should().Be(RawFlowState.Established);
        talk.Client(ServerTag, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Sent);
        talk.Client(ServerTag + 1, SctpChunk.Data(1, [1])).Verdict.Should().Be(Verdict.Drop);
        talk.Client(ServerTag, SctpChunk.Shutdown(1)).Verdict.Should().Be(Verdict.Sent);
        State(world).Should().Be(RawFlowState.Shutdown);
        talk.Client(ServerTag, SctpChunk.ShutdownComplete()).Verdict.Should().Be(Verdict.Sent);
        State(world).Should().Be(RawFlowState.Closing);
        world.Flows.Should().ContainSingle();
    });

    [Theory]
    [InlineData(ConnectionState.Init, 240)]
    [InlineData(ConnectionState.InitAck, 240)]
    [InlineData(ConnectionState.Cookie, 240)]
    [InlineData(ConnectionState.Established, 7440)]
    [InlineData(ConnectionState.Shutdown, 240)]
    [InlineData(ConnectionState.Closing, 60)]
    [InlineData(ConnectionState.Reset, 10)]
    public void Silence_EndsItAfterTheTimeOfItsState(ConnectionState state, int seconds) => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Sctp));
        var talk = new Association(world);
        Func<Outcome>[] steps =
        [
            () => talk.Client(0, SctpChunk.Init(ClientTag)),
            () => talk.Server(ClientTag, SctpChunk.InitAck(ServerTag, Cookie)),
            () => talk.Client(ServerTag, SctpChunk.CookieEcho(Cookie)),
            () => talk.Server(ClientTag, SctpChunk.CookieAck()),
            () => talk.Client(ServerTag, SctpChunk.Shutdown(7)),
            () => talk.Server(ClientTag, SctpChunk.ShutdownComplete()),
        ];
        foreach (var step in steps)
        {
            step();
            if (world.Connection.State == state)
            {
                break;
            }

            if (state == ConnectionState.Reset && world.Connection.State == ConnectionState.Established)
            {
                talk.Client(ServerTag, SctpChunk.Abort());
                break;
            }
        }

        world.Connection.State.Should().Be(state);
        world.Age(TimeSpan.FromSeconds(seconds - 5), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().HaveCount(2);
        world.Age(TimeSpan.FromSeconds(10), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().BeEmpty();
    });

    private static RawFlowState State(World world) => (RawFlowState)world.Flows.Single().State;

    private static Association Open(World world)
    {
        var talk = new Association(world);
        talk.Client(0, SctpChunk.Init(ClientTag));
        talk.Server(ClientTag, SctpChunk.InitAck(ServerTag, Cookie));
        talk.Client(ServerTag, SctpChunk.CookieEcho(Cookie));
        talk.Server(ClientTag, SctpChunk.CookieAck());
        world.Connection.State.Should().Be(ConnectionState.Established);
        return talk;
    }

    /// <summary>Both ends of an association.</summary>
    private sealed class Association(World world)
    {
        private Outcome? _first;

        public Outcome Client(uint tag, byte[] chunks)
        {
            var sent = world.Send(world.ToVip().Sctp(Port, World.Port, tag, chunks));
            _first ??= sent;
            return sent;
        }

        public Outcome Server(uint tag, byte[] chunks) =>
            world.Send(Talk.Back(_first!).Sctp(_first!.Packet.DestinationPort, _first.Packet.SourcePort, tag, chunks));
    }
}
