using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>The version of a connection: who has changed it last, and never back.</summary>
public sealed class ConnectionVersionTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void EveryChangeOfState_IsANewVersionThatIsTold(Hook hook, int family) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        var changes = new List<ConnectionChange>();
        world.Balancer.Connections.Changed += (in ConnectionChange change) => changes.Add(change);
        world.Balancer.Connections.SetOwner(3, 9);
        world.WithTcp();

        Open(world);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Fin | TcpBits.Ack, 1001, 5001));
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Fin | TcpBits.Ack, 5001, 1002));
        user.Events.Take();

        changes.Select(c => (c.Kind, c.Connection.State)).Should().Equal(
            (ConnectionChangeKind.Established, ConnectionState.Established),
            (ConnectionChangeKind.Changed, ConnectionState.HalfClosed),
            (ConnectionChangeKind.Closed, ConnectionState.Closing));
        var first = changes[0].Connection.Version;
        (first.Term, first.Owner).Should().Be((3u, (byte)9));
        changes.Select(c => c.Connection.Version.Value - first.Value).Should().Equal(0u, 1u, 2u);
        world.Flows.Should().OnlyContain(f => f.Version == changes[2].Connection.Version.Value);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void SamePortsOnceMore_TheVersionGoesOn(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        Open(world);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Rst, 5001));
        var before = world.Dump().Single();
        before.State.Should().Be(ConnectionState.Reset);
        world.Age(TimeSpan.FromSeconds(2), _ => true);

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Syn, 77000)).Verdict.Should().Be(Verdict.Sent);

        var after = world.Connection;
        after.State.Should().Be(ConnectionState.SynSent);
        world.Flows.Should().OnlyContain(f => f.Version > before.Version.Value);
        world.ImportOne(before).Should().Be(ConnectionImportResult.Stale, "what came before is over");
    });

    /// <summary>Gone for good, and there again: another node may have kept the old one.</summary>
    [Fact]
    public void SamePortsAfterTheEntryIsGone_TheVersionIsGreater() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        Open(world);
        var before = world.Dump().Single();
        world.ForgetPackets();
        // Three changes are three ticks of the clock that counters begin with.
        SpinWait.SpinUntil(() => FlowClock.Now > before.Version.Counter, TimeSpan.FromSeconds(5)).Should().BeTrue();

        Open(world);

        world.Dump().Single().Version.Should().BeGreaterThan(before.Version);
    });

    [Theory]
    [InlineData(1, 0u)]
    [InlineData(8, 1u)]
    public void ConnectionOfAnotherNode_GoesOnFromTheGreaterOfBoth(int term, uint counter) => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        var theirs = Exchange.Tcp(world);
        world.ImportOne(theirs).Should().Be(ConnectionImportResult.Inserted);

        world.Balancer.Connections.SetOwner((uint)term, 1);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Fin | TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);

        var expected = counter == 0 ? new ConnectionVersion(theirs.Version.Value + 1) : new ConnectionVersion((uint)term, 1, counter);
        world.Flows.Should().OnlyContain(f => f.State == (byte)ConnectionState.HalfClosed && f.Version == expected.Value);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void PickedUpInItsMiddle_IsToldWhenTheEndpointAnswers(Hook hook, int family) => World.Run(hook, family, world =>
    {
        using var user = new UserSpace(world);
        var changes = new List<ConnectionChange>();
        world.Balancer.Connections.Changed += (in ConnectionChange change) => changes.Add(change);
        world.With(world.Service(ServiceProtocol.Tcp) with { Selection = SelectionPolicy.Hash });

        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
        user.Events.Take().Should().Be(0);
        var before = world.Flows.Max(f => f.Version);
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Ack, 5001, 1001)).Verdict.Should().Be(Verdict.Sent);
        user.Events.Take().Should().Be(1);

        changes.Should().ContainSingle();
        changes[0].Kind.Should().Be(ConnectionChangeKind.Established);
        world.Flows.Should().OnlyContain(f => f.Version == changes[0].Connection.Version.Value && f.Version > before);
    });

    [Fact]
    public void TermOfMoreThan24Bits_IsRefused() => World.Run(Hook.Tc, 4, world =>
    {
        var set = () => world.Balancer.Connections.SetOwner(ConnectionVersion.MaxTerm + 1, 1);

        set.Should().Throw<ArgumentOutOfRangeException>();
        world.Maps.Control.Span[0].VersionBase.Should().Be(0);
    });

    private static void Open(World world)
    {
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Syn, 1000));
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001));
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001));
    }
}
