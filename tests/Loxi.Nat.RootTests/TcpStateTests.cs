using FluentAssertions;
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

        FromClient(world, TcpBits.Syn, 77_000).Verdict.Should().Be(Verdict.Sent);

        world.Connection.State.Should().Be(ConnectionState.SynSent);
        world.Connection.PacketsToEndpoint.Should().Be(1);
        world.Flows.Should().HaveCount(2);
        world.Count(RawReason.FlowReplaced).Should().Be(1);
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
        FromServer(world, TcpBits.Ack, 5001).Verdict.Should().Be(Verdict.Sent);
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
