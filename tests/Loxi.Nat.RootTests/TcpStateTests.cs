using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class TcpStateTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Lifecycle_IsSeenInTheConnections(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());

        FromClient(world, TcpBits.Fin | TcpBits.Ack, 1001);
        world.Connection.State.Should().Be(ConnectionState.HalfClosed);
        FromServer(world, TcpBits.Fin | TcpBits.Ack, 5001);
        world.Connection.State.Should().Be(ConnectionState.Closing);
        FromClient(world, TcpBits.Ack, 1002).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Closing);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void RstWithTheNextNumber_Closes(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());

        FromServer(world, TcpBits.Rst, 5001).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Reset);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void RstOfRefusingEndpoint_Closes(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        FromClient(world, TcpBits.Syn, 1000);

        FromServer(world, TcpBits.Rst | TcpBits.Ack, 0).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Reset);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void RstInsideTheWindow_GoesThroughWithoutEffect(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());

        FromClient(world, TcpBits.Rst, 1001 + 5000).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void RstOutOfTheWindow_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());

        FromClient(world, TcpBits.Rst, 1001u + 0x7fff_ffffu).Verdict.Should().Be(Verdict.Drop);

        world.Connection.State.Should().Be(ConnectionState.Established);
        world.Count(RawReason.DropRstOutOfWindow).Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void SynOnClosedConnection_Reopens(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());
        FromServer(world, TcpBits.Rst, 5001);
        world.Age(TimeSpan.FromSeconds(2), _ => true);

        FromClient(world, TcpBits.Syn, 77_000).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.SynSent);
        world.Connection.PacketsToEndpoint.Should().Be(1);
        world.Flows.Should().HaveCount(2);
        world.Count(RawReason.FlowReplaced).Should().Be(1);
    });

    /// <summary>A forged RST must not let the next forged SYN move the connection to another endpoint.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void SynSoonAfterRst_StaysWithTheEndpointAndOpensAgain(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());
        FromClient(world, TcpBits.Rst, 1001);

        FromClient(world, TcpBits.Syn, 900_000_000).Verdict.Should().Be(Verdict.Sent);

        world.Count(RawReason.FlowReplaced).Should().Be(0);
        FromServer(world, TcpBits.Syn | TcpBits.Ack, 3_000_000_000).Verdict.Should().Be(Verdict.Sent);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 900_000_001, 3_000_000_001)).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Established);
        FromServer(world, TcpBits.Rst, 3_000_000_001).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Reset);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Rfc5961_RstWhoseSenderGoesOn_IsForgotten(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());
        FromServer(world, TcpBits.Rst, 5001);
        FromClient(world, TcpBits.Ack, 1001);
        world.Connection.State.Should().Be(ConnectionState.Reset, "what the other side had under way says nothing");

        FromServer(world, TcpBits.Ack, 5001);

        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FinFarFromTheStream_DoesNotCount(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());

        FromClient(world, TcpBits.Fin | TcpBits.Ack, 1001 + 40_000_000).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void SegmentFarAheadOfTheStream_DoesNotMoveIt(Hook hook, int family) => World.Run(hook, family, world =>
    {
        Open(world.WithTcp());
        FromClient(world, TcpBits.Ack, 1001 + 1_000_000_000);
        FromClient(world, TcpBits.Syn, 2_000_000_000);

        FromClient(world, TcpBits.Rst, 1001 + 1_000_000_000).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Established);

        FromClient(world, TcpBits.Rst, 1001);
        world.Connection.State.Should().Be(ConnectionState.Reset);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void AckOfNothing_DoesNotCompleteTheHandshake(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        FromClient(world, TcpBits.Syn, 1000);
        FromServer(world, TcpBits.Syn | TcpBits.Ack, 5000);

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 900_000_000, payload: [1])).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.SynReceived);

        FromClient(world, TcpBits.Ack, 1001);
        world.Connection.State.Should().Be(ConnectionState.Established);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void AckWithoutEntry_IsRefusedForRotation(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();

        FromClient(world, TcpBits.Ack, 1001).Verdict.Should().Be(Verdict.Drop);

        world.TakePunts().Should().Equal(RawReason.RefusedNotSyn);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void AckWithoutEntry_IsPickedUpForHash(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp(selection: SelectionPolicy.Hash);

        Expect.ToEndpoint(world, FromClient(world, TcpBits.Ack, 1001));

        world.Connection.State.Should().Be(ConnectionState.Established);
        world.Flows.Should().OnlyContain(flow => (flow.Flags & Shared.FlowLoose) != 0, "it may be made up until the endpoint answers");
        FromServer(world, TcpBits.Ack, 5001).Verdict.Should().Be(Verdict.Sent);
        world.Flows.Should().OnlyContain(flow => (flow.Flags & Shared.FlowLoose) == 0);
    });

    /// <summary>An endpoint that listens says nothing to such a segment: the entry would stay.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void SegmentWithoutAck_IsNeverPickedUp(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp(selection: SelectionPolicy.Hash);

        foreach (var flags in (TcpBits[])[0, TcpBits.Psh, TcpBits.Fin])
        {
            FromClient(world, flags, 1001).Verdict.Should().Be(Verdict.Drop);
        }

        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void PickedUpAndNotAnswered_GoesAfterTheTransitoryTime(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp(selection: SelectionPolicy.Hash);
        FromClient(world, TcpBits.Ack, 1001);
        world.Age(TimeSpan.FromSeconds(250), _ => true);

        world.Balancer.Connections.Sweep(null);

        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void RstOrSynAckWithoutEntry_IsRefusedForBoth(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var selection in (SelectionPolicy[])[SelectionPolicy.RoundRobin, SelectionPolicy.Hash])
        {
            world.WithTcp(selection: selection);
            FromClient(world, TcpBits.Rst, 1001).Verdict.Should().Be(Verdict.Drop);
            FromClient(world, TcpBits.Syn | TcpBits.Ack, 1001).Verdict.Should().Be(Verdict.Drop);
        }

        world.Flows.Should().BeEmpty();
    });

    private static void Open(World world)
    {
        FromClient(world, TcpBits.Syn, 1000).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.SynSent);
        FromServer(world, TcpBits.Syn | TcpBits.Ack, 5000).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.SynReceived);
        FromClient(world, TcpBits.Ack, 1001).Verdict.Should().Be(Verdict.Sent);
        world.Connection.State.Should().Be(ConnectionState.Established);
    }

    private static Outcome FromClient(World world, TcpBits flags, uint sequence) => world.Send(world.ToVip().Tcp(40000, World.Port, flags, sequence, 5001));

    private static Outcome FromServer(World world, TcpBits flags, uint sequence) => world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, flags, sequence, 1001));
}
