using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A sweep reads entries thousands at a time: what it judges may have changed since.</summary>
public sealed class StaleSweepTests
{
    [Fact]
    public void EntryHasSeenAPacketSince_Stays() => World.Run(Hook.Tc, 4, world =>
    {
        var (table, stale) = Silent(world);
        world.Send(world.ToVip().Udp(5000, World.Port));

        Judge(table, world, stale).Should().Be(0);

        world.Flows.Should().HaveCount(2);
    });

    [Fact]
    public void EntryIsOfAnotherEndpointSince_Stays() => World.Run(Hook.Tc, 4, world =>
    {
        var (table, stale) = Silent(world);
        foreach (var (key, flow) in stale)
        {
            world.Maps.Flow4.Update(key, flow with { Endpoint = flow.Endpoint + 1 });
        }

        Judge(table, world, stale).Should().Be(0);
        table.TryRemove(stale[0].Key, stale[0].Value).Should().BeFalse();

        world.Flows.Should().HaveCount(2);
    });

    [Fact]
    public void EntryIsOfAnotherStateSince_Stays() => World.Run(Hook.Tc, 4, world =>
    {
        var (table, stale) = Silent(world);
        foreach (var (key, flow) in stale)
        {
            world.Maps.Flow4.Update(key, flow with { State = (byte)ConnectionState.TwoWay });
        }

        Judge(table, world, stale).Should().Be(0);

        world.Flows.Should().HaveCount(2);
    });

    [Fact]
    public void RetiredThenMadeAnewToAnotherEndpoint_Stays() => World.Run(Hook.Tc, 4, world =>
    {
        var (table, stale) = Silent(world);
        var retired = stale[0].Value.Endpoint;
        foreach (var (key, flow) in stale)
        {
            world.Maps.Flow4.Update(key, flow with { Endpoint = retired + 1 });
        }

        Judge(table, world, stale, [retired]);
        world.Flows.Should().HaveCount(2);

        Judge(table, world, stale, [retired, retired + 1]);
        world.Flows.Should().BeEmpty("the other endpoint is retired too");
    });

    [Fact]
    public void OtherDirectionPointsElsewhere_StaysAlone() => World.Run(Hook.Tc, 4, world =>
    {
        var (table, stale) = Silent(world);
        var forward = stale.Single(e => (e.Value.Flags & Shared.FlowReverse) == 0);
        var reverse = stale.Single(e => (e.Value.Flags & Shared.FlowReverse) != 0);
        world.Maps.Flow4.Update(reverse.Key, reverse.Value with { Xdport = WireAddress.ToWire(6000) });

        Judge(table, world, [forward]).Should().Be(0, "half a connection is no connection");

        world.Maps.Flow4.ToArray().Should().ContainSingle().Which.Key.SourcePort.Should().Be(reverse.Key.SourcePort);
    });

    [Fact]
    public void NothingHasChanged_BothDirectionsGo() => World.Run(Hook.Tc, 4, world =>
    {
        var (table, stale) = Silent(world);

        Judge(table, world, stale).Should().Be(1);

        world.Flows.Should().BeEmpty();
    });

    /// <summary>A connection that was silent for too long, as a sweep has read it.</summary>
    private static (FlowTable<RawFlowKey4> Table, KeyValuePair<RawFlowKey4, RawFlow>[] Stale) Silent(World world)
    {
        world.With(world.Service(ServiceProtocol.Udp));
        world.Send(world.ToVip().Udp(5000, World.Port));
        world.Age(TimeSpan.FromSeconds(300), _ => true);
        return (new FlowTable<RawFlowKey4>(world.Maps.Flow4, new FlowPairs(world.Balancer.DataPlane)), world.Maps.Flow4.ToArray());
    }

    private static long Judge(FlowTable<RawFlowKey4> table, World world, KeyValuePair<RawFlowKey4, RawFlow>[] stale, HashSet<uint>? retired = null)
    {
        var sweep = new SweepState { Now = FlowClock.Now, Services = world.Balancer.Tables, Timeouts = new ConnectionTimeouts(), Retired = retired, Active = new uint[16] };
        foreach (var (key, flow) in stale)
        {
            table.Judge(key, flow, ref sweep);
        }

        return sweep.Expired;
    }
}
