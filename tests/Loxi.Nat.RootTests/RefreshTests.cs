using System.Diagnostics;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A connection was used at another node: its last use moves forward here, and nothing else.</summary>
public sealed class RefreshTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [Trait("Suite", "Kernels")]
    public void SameVersion_MovesTheLastUseForwardAndNothingElse(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world));
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001)).Verdict.Should().Be(Verdict.Sent);
        world.Age(TimeSpan.FromSeconds(100), _ => true);
        var before = WithoutTime(world);
        var started = Stopwatch.GetTimestamp();

        // What else the record says is of no account.
        var record = Used(world, TimeSpan.FromSeconds(10)) with { State = ConnectionState.Closing, Traits = ConnectionTraits.Loose };
        world.ImportOne(record).Should().Be(ConnectionImportResult.Updated);

        WithoutTime(world).Should().Equal(before);
        var ticks = TimeSpan.FromMilliseconds(50);
        world.Connection.Idle.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10) - ticks).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(10) + Stopwatch.GetElapsedTime(started) + ticks);
        world.Flows.Select(f => f.LastSeen).Distinct().Should().ContainSingle("both directions are as young");
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void UsedAsLatelyHere_IsStale(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world) with { Age = TimeSpan.FromSeconds(5) });
        var before = world.FlowBytes;

        world.ImportOne(Used(world, TimeSpan.FromSeconds(10))).Should().Be(ConnectionImportResult.Stale);

        world.FlowBytes.Should().Equal(before);
    });

    [Theory]
    [InlineData(9u, ConnectionImportResult.Stale)]
    [InlineData(11u, ConnectionImportResult.Absent)]
    public void AnotherVersion_ChangesNothing(uint counter, ConnectionImportResult expected) => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        world.ImportOne(Exchange.Tcp(world) with { Age = TimeSpan.FromSeconds(100) });
        var before = world.FlowBytes;

        world.ImportOne(Used(world, TimeSpan.Zero) with { Version = Exchange.Version(counter) }).Should().Be(expected);

        world.FlowBytes.Should().Equal(before);
    });

    [Fact]
    public void ConnectionThatIsNotThere_IsAbsent() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        world.ImportOne(Used(world, TimeSpan.Zero)).Should().Be(ConnectionImportResult.Absent);
        world.Flows.Should().BeEmpty();
        world.ImportOne(Exchange.Tcp(world) with { Age = TimeSpan.FromSeconds(100) });

        world.ImportOne(Used(world, TimeSpan.Zero) with { SourcePort = 41000 }).Should().Be(ConnectionImportResult.Absent, "that is another connection");
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void DirectServerReturn_HasOneEntryToMove(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.DirectService());
        world.ImportOne(Exchange.Direct(world) with { Age = TimeSpan.FromSeconds(100) }).Should().Be(ConnectionImportResult.Inserted);

        // Whether a tunnel leads there is each node's own to find out.
        world.ImportOne(Exchange.Direct(world) with { Operation = ConnectionOperation.Refresh, Traits = ConnectionTraits.Direct | ConnectionTraits.Tunnel }).Should().Be(ConnectionImportResult.Updated);

        world.Connection.Idle.Should().BeLessThan(TimeSpan.FromSeconds(60));
    });

    /// <summary>A standby whose peer tells it of use keeps the connection; one that hears nothing does not.</summary>
    [Fact]
    public void SweepKeepsWhatIsRefreshed() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp();
        world.Import(Exchange.Tcp(world), Exchange.Tcp(world, 40001));
        world.Age(TimeSpan.FromDays(1), _ => true);

        world.ImportOne(Used(world, TimeSpan.Zero)).Should().Be(ConnectionImportResult.Updated);
        world.Balancer.Connections.Sweep(null);

        world.Connection.ClientPort.Should().Be(40000);
        world.AllPairsAreWhole();
    });

    private static ConnectionRecord Used(World world, TimeSpan age) => Exchange.Tcp(world) with { Operation = ConnectionOperation.Refresh, Age = age };

    private static IReadOnlyList<string> WithoutTime(World world) =>
        [.. world.Flows.Select(f => f with { LastSeen = 0 }).Select(f => Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<RawFlow>(in f))))];
}
