using System.Net;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Loxi.Tests.Shared;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class TablesTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Delete_RemovesBothDirectionsOfTheChosen(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp();
        world.Send(world.ToVip().Tcp(40000, World.Port));
        world.Send(world.ToVip().Tcp(40001, World.Port));

        world.Balancer.Connections.Delete(c => c.ClientPort == 40000).Should().Be(1);

        world.Connection.ClientPort.Should().Be(40001);
        world.Flows.Should().HaveCount(2);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Sweep_RemovesWhatWasSilentForTooLong(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));
        world.Age(TimeSpan.FromSeconds(230), _ => true);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().HaveCount(2, "a half-open connection may be silent for 240 s");

        world.Age(TimeSpan.FromSeconds(20), flow => (flow.Flags & Shared.FlowReverse) != 0);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().HaveCount(2, "one direction is not silent for that long");

        world.Age(TimeSpan.FromSeconds(20), flow => (flow.Flags & Shared.FlowReverse) == 0);
        world.Balancer.Connections.Sweep(null);
        world.Flows.Should().BeEmpty();
        world.Balancer.Connections.Expired.Should().Be(1);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void SecondProcess_AdoptsServicesAndConnections(int family) => World.Run(Hook.Tc, family, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 3);
        world.With(service).Send(world.ToVip().Tcp(40000, World.Port));
        var before = Snapshot(world);

        var second = NatBalancer.Open(world.Options);
        second.ApplyAsync(ServiceModel.Create([service])).AsTask().GetAwaiter().GetResult();

        second.Adopted.Should().BeTrue();
        Snapshot(world).Should().Equal(before, "the same services are not written again");
        second.Connections.Read().Should().ContainSingle().Which.Service.Should().Be(service.Key);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001)).Verdict.Should().Be(Verdict.Sent);
        second.DisposeAsync().AsTask().GetAwaiter().GetResult();
    });

    [Fact]
    public void ModelThatDoesNotFit_ChangesNothing() => World.Run(Hook.Tc, 4, world =>
    {
        var kept = world.Service(ServiceProtocol.Tcp, 2, SelectionPolicy.Hash);
        world.With(kept).Send(world.ToVip().Tcp(40000, World.Port));
        var before = Snapshot(world);
        var smaller = world.Service(ServiceProtocol.Tcp, 1);
        Service Other(int i, int endpoints) => new()
        {
            Key = new ServiceKey(IPAddress.Parse(world.OtherVip), ServiceProtocol.Tcp, (ushort)(1000 + i)),
            Endpoints = [.. Enumerable.Range(0, endpoints).Select(e => new ServiceEndpoint(IPAddress.Parse(world.Endpoint(0)), (ushort)(1 + e), 1))],
        };
        var services = () => world.With([smaller, .. Enumerable.Range(0, 64).Select(i => Other(i, 1))]);
        var endpoints = () => world.With(smaller, Other(0, 200), Other(1, 100));

        services.Should().Throw<TableFullException>().WithMessage("No room for more services: expected at most 64.");
        endpoints.Should().Throw<TableFullException>().WithMessage("No room for more endpoints: expected at most 256.");

        world.Balancer.Current.Should().ContainSingle().Which.Should().BeSameAs(kept);
        Snapshot(world).Should().Equal(before);
        world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001)).Verdict.Should().Be(Verdict.Sent);
    });

    [Fact]
    public void SetsOfEndpointsBeyondTheMaglevTables_AreRefusedAndNothingChanges() => World.RunAlone(
        Hook.Tc,
        4,
        world =>
        {
            Service[] full = [.. Enumerable.Range(0, Shared.MaxMaglevTables).Select(i => Hashed(world, i, i))];
            var tooMany = () => world.With([.. full, Hashed(world, Shared.MaxMaglevTables, Shared.MaxMaglevTables)]);
            tooMany.Should().Throw<TableFullException>().WithMessage("*sets of endpoints*at most 4096.");
            world.Balancer.Current.Should().BeEmpty();
            world.Maps.Services.ToArray().Should().BeEmpty();

            // A set that is there already takes no table.
            world.With([.. full, Hashed(world, Shared.MaxMaglevTables, 7)]);
            var before = Services(world);
            var changed = () => world.With([.. full[1..], Hashed(world, 0, 50_000), Hashed(world, Shared.MaxMaglevTables, 7)]);
            changed.Should().Throw<TableFullException>("the new table is written before the old one is free");
            Services(world).Should().Equal(before);
            world.Balancer.Current.Count.Should().Be(Shared.MaxMaglevTables + 1);
            world.Balancer.Current.TryGet(full[0].Key, out var first).Should().BeTrue();
            first.Should().BeSameAs(full[0]);
            world.With(full[..10]).With(Hashed(world, 0, 50_000));
            world.Maps.Services.ToArray().Should().ContainSingle();
        },
        World.SmallOptions with { MaxServices = 8192, MaxEndpoints = 16384 });

    [Fact]
    public void TablesOfAnotherLayout_AreLeftAsTheyAre() => World.Run(Hook.Tc, 4, world =>
    {
        world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port));
        var before = Snapshot(world);
        var pins = PinDirectory.Open(World.PinPath);
        var names = pins.List().Select(p => p.Name).ToList();
        pins.TryOpenMap("layout", null, out var layout).Should().BeTrue();
        new TypedMap<uint, uint>(layout!).Update(0, Shared.Layout + 7);

        var open = () => NatBalancer.Open(world.Options);

        open.Should().Throw<PinnedLayoutException>().WithMessage($"*layout {Shared.Layout + 7}*layout {Shared.Layout}*");
        Snapshot(world).Should().Equal(before);
        pins.List().Select(p => p.Name).Should().BeEquivalentTo(names);
        layout!.Dispose();
    });

    [Fact]
    public void Programs_LoadFastAndAreSimpleToVerify() => World.RunAlone(Hook.Tc, 4, world =>
    {
        foreach (var program in new[] { world.Tc, world.Xdp })
        {
            program.VerifiedInstructions.Should().BeInRange(1, 199_999);
            program.LoadDuration.Should().BeLessThan(TimeSpan.FromSeconds(1));
        }
    });

    [Fact]
    public void EntriesOfTheConnectionTable_AreSmall() => World.Run(Hook.Tc, 4, world =>
    {
        world.Maps.Flow4.Map.Shape.Should().Match<MapShape>(s => s.KeySize == 16 && s.ValueSize == 112);
        world.Maps.Flow6.Map.Shape.Should().Match<MapShape>(s => s.KeySize == 40 && s.ValueSize == 112);
    });

    [Fact]
    public void Events_AllocateNothing() => World.Run(Hook.Tc, 4, world =>
    {
        const int Connections = 400;
        using var user = new UserSpace(world);
        var reader = user.Events;
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var (before, after) = (0L, -1L);
        world.Balancer.Connections.Changed += (in ConnectionChange _) =>
        {
            seen++;
            if (seen == Connections / 2)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (seen == Connections)
            {
                after = GC.GetAllocatedBytesForCurrentThread();
                stop.Cancel();
            }
        };
        world.With(world.Service(ServiceProtocol.Udp));
        for (ushort port = 10000; port < 10000 + Connections; port++)
        {
            world.Send(world.ToVip().Udp(port, World.Port));
            world.Send(world.FromEndpoint().Udp(World.EndpointPort, port));
        }

        reader.Run(stop.Token);

        seen.Should().Be(Connections);
        (after - before).Should().Be(0);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Sweep_AllocatesNothing(int family) => World.Run(Hook.Tc, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        for (ushort port = 10000; port < 10400; port++)
        {
            world.Send(world.ToVip().Udp(port, World.Port));
        }

        world.Balancer.Connections.Sweep(null);
        world.Balancer.Connections.Count.Should().Be(400);
        Allocations.Of(() => world.Balancer.Connections.Sweep(null)).Should().Be(0);
    });

    [Fact]
    public void HashTables_AreUsedAgainAndTheExcessGoes() => World.RunAlone(
        Hook.Tc,
        4,
        world =>
        {
            const int Sets = 150;
            Service With(int service, int set) => new()
            {
                Key = new ServiceKey(new IPAddress([10, 1, 0, (byte)service]), ServiceProtocol.Tcp, World.Port),
                Selection = SelectionPolicy.Hash,
                Endpoints = [new ServiceEndpoint(new IPAddress([10, 2, (byte)(set >> 8), (byte)set]), 80, 1), new ServiceEndpoint(new IPAddress([10, 3, (byte)(set >> 8), (byte)set]), 80, 1)],
            };
            int Placed() => Enumerable.Range(0, 1024).Count(i =>
            {
                using var inner = world.Maps.Maglev.TryOpen((uint)i);
                return inner is not null;
            });

            world.With([.. Enumerable.Range(0, Sets).Select(i => With(i, i))]);
            var most = Placed();
            most.Should().BeInRange(Sets, 2 * Sets);

            // Each set another one, three times: no table more than while old and new ones stand side by side.
            for (var round = 1; round <= 3; round++)
            {
                world.With([.. Enumerable.Range(0, Sets).Select(i => With(i, i + (round * Sets)))]);
            }

            Placed().Should().BeLessThanOrEqualTo(most + 64);
            world.With();
            world.Balancer.RemoveExcess();
            var left = Placed();
            left.Should().BeLessThan(most).And.BeGreaterThan(0);
        },
        World.SmallOptions with { MaxServices = 256, MaxEndpoints = 4096 });

    /// <summary>Processor time: tests share the machine.</summary>
    [Fact]
    public void TenThousandServices_AreAppliedInTwoSeconds() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            var services = Enumerable.Range(0, 10_000).Select(i => new Service
            {
                Key = new ServiceKey(new IPAddress([10, 1, (byte)(i >> 8), (byte)i]), ServiceProtocol.Tcp, World.Port),
                Endpoints = [.. Enumerable.Range(1, 4).Select(e => new ServiceEndpoint(new IPAddress([10, (byte)(1 + e), (byte)(i >> 8), (byte)i]), 80, 1))],
            }).ToArray();
            var before = Environment.CpuUsage.TotalTime;

            world.With(services);

            (Environment.CpuUsage.TotalTime - before).Should().BeLessThan(TimeSpan.FromSeconds(2));
            world.Maps.Services.ToArray().Should().HaveCount(10_000);
        },
        World.SmallOptions with { MaxServices = 16_384, MaxEndpoints = 65_536 });

    /// <summary>A service of its own with one endpoint and hash selection; each number of a set is another set.</summary>
    private static Service Hashed(World world, int number, int set) => new()
    {
        Key = new ServiceKey(IPAddress.Parse(world.OtherVip), ServiceProtocol.Tcp, (ushort)(1000 + number)),
        Selection = SelectionPolicy.Hash,
        Endpoints = [new ServiceEndpoint(IPAddress.Parse(world.Endpoint(0)), (ushort)(1 + set), 1)],
    };

    private static byte[] Services(World world) => MemoryMarshal.AsBytes<KeyValuePair<RawServiceKey, RawService>>(world.Maps.Services.ToArray()).ToArray();

    private static byte[] Snapshot(World world) =>
    [
        .. world.FlowBytes,
        .. MemoryMarshal.AsBytes<KeyValuePair<RawServiceKey, RawService>>(world.Maps.Services.ToArray()),
        .. MemoryMarshal.AsBytes<KeyValuePair<uint, RawEndpoint>>(world.Maps.Endpoints.ToArray()),
        .. MemoryMarshal.AsBytes<KeyValuePair<uint, RawMember>>(world.Maps.Members.ToArray()),
    ];
}
