using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>What is in the tables after a service of each kind has been applied.</summary>
public sealed class ModeTablesTests
{
    private static readonly SourcePool Pool = new() { Name = "pool", Addresses = [IPAddress.Parse("203.0.113.101"), IPAddress.Parse("2001:db8:113::101"), IPAddress.Parse("203.0.113.102")] };

    [Theory]
    [InlineData(NatMode.OneArm, 4, Shared.ServiceSnat)]
    [InlineData(NatMode.OneArm, 6, Shared.ServiceSnat)]
    [InlineData(NatMode.Dsr, 4, Shared.ServiceDsr)]
    [InlineData(NatMode.Dsr, 6, Shared.ServiceDsr)]
    public void NodesOwnAddress_IsTheSource(NatMode mode, int family, int flags) => World.Run(Hook.Tc, family, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Tcp, 3) with { Mode = mode });

        var service = world.Maps.Services.ToArray().Single().Value;
        service.Flags.Should().Be((uint)flags);
        service.Mode.Should().Be((byte)mode);
        var endpoints = Endpoints(world);
        endpoints.Should().HaveCount(3);
        Sources(world, endpoints[0]).Should().Equal(family == 4 ? "192.0.2.1" : "2001:db8:2::1");
        endpoints.Select(e => (e.SourcesBase, e.SourcesCount)).Distinct().Should().ContainSingle("endpoints that have the same share it");
        endpoints.Should().OnlyContain(e => (e.Flags & Shared.EndpointIpv4) != 0 == (family == 4));
    });

    [Fact]
    public void DefaultModeOfOneFamily_HasNoSources() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Tcp, 2));

        Endpoints(world).Should().OnlyContain(e => e.SourcesCount == 0 && e.Weight == 1 && e.Since == 0);
        Endpoints(world).Select(e => e.Serial).Should().OnlyHaveUniqueItems().And.NotContain(0);
        world.Balancer.Tables.NodeAddresses.Destinations.Should().BeEmpty("nobody asks");
    });

    [Fact]
    public void EndpointOfTheOtherFamily_HasASourceOfItsOwn() => World.Run(Hook.Tc, 6, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp);
        world.Tables(service with { Endpoints = [.. service.Endpoints, new ServiceEndpoint(IPAddress.Parse("192.0.2.11"), 80, 1)] });

        var byFamily = Endpoints(world).ToLookup(e => (e.Flags & Shared.EndpointIpv4) != 0);
        Sources(world, byFamily[true].Single()).Should().Equal("192.0.2.1");
        byFamily[false].Single().SourcesCount.Should().Be(0);
    });

    [Fact]
    public void FullNat_ComesFromTheVipOrThePrivateAddress() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp) with { Mode = NatMode.FullNat };
        world.Tables(service);
        Sources(world, Endpoints(world).Single()).Should().Equal(world.Vip);
        Address(world, world.Vip)!.Value.Flags.Should().Be(Shared.AddressVip);

        world.Tables(service with { PrivateAddress = IPAddress.Parse("203.0.113.99"), VipGroup = "red" });
        Sources(world, Endpoints(world).Single()).Should().Equal("203.0.113.99");
        Address(world, "203.0.113.99").Should().Be(new RawAddress { Flags = Shared.AddressVip | Shared.AddressSource, VipGroup = 1 });
        Address(world, world.Vip).Should().Be(new RawAddress { Flags = Shared.AddressVip, VipGroup = 1 });
        Address(world, world.Endpoint(0)).Should().Be(new RawAddress { Flags = Shared.AddressEndpoint, VipGroup = 1 });

        world.Tables(service);
        Address(world, "203.0.113.99").Should().BeNull("nobody has it any more");
        Address(world, world.Vip)!.Value.VipGroup.Should().Be(0);
        world.Balancer.Tables.Sources.Count.Should().Be(1);
    });

    [Fact]
    public void Pool_IsThoseOfTheEndpointsFamilyAndFollowed() => World.Run(Hook.Tc, 4, world =>
    {
        var pooled = Pool with { VipGroup = "red" };
        world.Pools(pooled);
        Address(world, "203.0.113.101").Should().Be(new RawAddress { Flags = Shared.AddressVip | Shared.AddressSource, VipGroup = 1 });
        world.Tables(world.Service(ServiceProtocol.Tcp, 2) with { SourcePool = "pool", VipGroup = "red" });
        Sources(world, Endpoints(world)[0]).Should().Equal("203.0.113.101", "203.0.113.102");
        world.Maps.Services.ToArray().Single().Value.Flags.Should().Be(Shared.ServiceSnat);

        world.Pools(pooled with { Addresses = [IPAddress.Parse("203.0.113.103")] });
        Sources(world, Endpoints(world)[0]).Should().Equal("203.0.113.103");
        Address(world, "203.0.113.101").Should().BeNull();
        Address(world, "203.0.113.103").Should().NotBeNull();

        world.Balancer.Tables.Remove(world.Service(ServiceProtocol.Tcp).Key);
        world.Pools();
        world.Maps.Addresses.ToArray().Should().BeEmpty();
        world.Balancer.Tables.Groups.Count.Should().Be(0);
    });

    [Fact]
    public void RouteThatChanges_IsFollowed() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(world.Service(ServiceProtocol.Tcp, 2) with { Mode = NatMode.OneArm });
        World.Ip("addr add 192.0.2.7/24 dev v0");
        World.Ip($"route add {world.Endpoint(1)}/32 dev v0 src 192.0.2.7");

        world.Balancer.FollowRoutesOnce();

        var byAddress = Endpoints(world).ToDictionary(e => WireAddress.ToAddress(e.Addr).ToString(), e => Sources(world, e));
        byAddress[world.Endpoint(0)].Should().Equal("192.0.2.1");
        byAddress[world.Endpoint(1)].Should().Equal("192.0.2.7");

        World.Ip($"route replace unreachable {world.Endpoint(1)}/32");
        world.Balancer.FollowRoutesOnce();
        Endpoints(world).Single(e => WireAddress.ToAddress(e.Addr).ToString() == world.Endpoint(1)).SourcesCount.Should().Be(0);
    });

    [Fact]
    public void NetworkThatIsFollowed_TakesTheSourcesAlong() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp) with { Mode = NatMode.OneArm });
        world.Balancer.Start(new InterfacePolicy { Whitelist = new Regex("^none$") });
        World.Ip("addr add 192.0.2.7/24 dev v0");
        World.Ip($"route add {world.Endpoint(0)}/32 dev v0 src 192.0.2.7");

        var followed = SpinWait.SpinUntil(() => Sources(world, Endpoints(world).Single()) is ["192.0.2.7"], TimeSpan.FromSeconds(30));

        followed.Should().BeTrue();
    });

    [Fact]
    public void WeightedRotation_HasCumulativeWeights() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 3, SelectionPolicy.WeightedRoundRobin);
        service = service with { Endpoints = [.. service.Endpoints.Select((e, i) => e with { Weight = 10 * (1 + i) })] };
        world.Tables(service);

        var raw = world.Maps.Services.ToArray().Single().Value;
        raw.Selection.Should().Be((byte)RawSelection.Wrr);
        raw.WeightTotal.Should().Be(6);
        raw.Stride.Should().Be(MemberWeights.Stride(6));
        Members(world, raw).Select(m => m.WeightEnd).Should().Equal(1, 3, 6);
        var before = Endpoints(world);

        world.Tables(service with { Endpoints = [.. service.Endpoints.Select(e => e with { Weight = 1 })] });
        raw = world.Maps.Services.ToArray().Single().Value;
        Members(world, raw).Select(m => m.WeightEnd).Should().Equal(1, 2, 3);
        Endpoints(world).Select(e => e.Serial).Should().Equal(before.Select(e => e.Serial), "they are the same endpoints");
        world.Balancer.Tables.Retired.Should().BeEmpty();
    });

    [Fact]
    public void PersistAndLeastConnections_HaveWhatTheyNeed() => World.Run(Hook.Tc, 4, world =>
    {
        var persist = world.Service(ServiceProtocol.Tcp, 2, SelectionPolicy.Persist);
        world.Tables(persist);
        var raw = world.Maps.Services.ToArray().Single().Value;
        raw.Selection.Should().Be((byte)RawSelection.Persist);
        raw.MaglevSize.Should().BePositive();
        raw.PersistTicks.Should().Be((uint)FlowClock.ToTicks(TimeSpan.FromSeconds(10_800)));
        raw.Flags.Should().Be(Shared.ServiceLoose);

        world.Tables(persist with { PersistTimeout = TimeSpan.FromSeconds(60) });
        world.Maps.Services.ToArray().Single().Value.PersistTicks.Should().Be((uint)FlowClock.ToTicks(TimeSpan.FromSeconds(60)));

        world.Tables(persist with { Selection = SelectionPolicy.LeastConnections, SlowStart = TimeSpan.FromSeconds(30) });
        raw = world.Maps.Services.ToArray().Single().Value;
        raw.Selection.Should().Be((byte)RawSelection.Lc);
        raw.SlowStart.Should().Be((uint)FlowClock.ToTicks(TimeSpan.FromSeconds(30)));
        raw.PersistTicks.Should().Be(0);
        world.Balancer.Tables.MaglevTableCount.Should().Be(0);
    });

    [Fact]
    public void DrainingEndpoint_KeepsItsConnectionsAndIsNoMember() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 2, SelectionPolicy.Hash);
        world.Tables(service);
        var lookAgain = world.Tables(service with { Endpoints = [service.Endpoints[0] with { Draining = true }, service.Endpoints[1]] });

        lookAgain.Should().BeFalse("no connection is disturbed");
        var draining = Endpoints(world)[0];
        draining.Flags.Should().Be(Shared.EndpointActive | Shared.EndpointIpv4 | Shared.EndpointDraining);
        Members(world, world.Maps.Services.ToArray().Single().Value).Should().ContainSingle().Which.Endpoint.Should().Be(1);

        world.Tables(service);
        Endpoints(world)[0].Since.Should().BePositive("it comes back");
        Endpoints(world)[1].Since.Should().Be(0);
        Members(world, world.Maps.Services.ToArray().Single().Value).Should().HaveCount(2);
    });

    [Fact]
    public void EndpointThatJoinsOrComesBack_KnowsSinceWhen() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 2);
        world.Tables(service with { Endpoints = [service.Endpoints[0]] });
        world.Tables(service);
        Endpoints(world).Select(e => e.Since > 0).Should().Equal(false, true);

        world.Balancer.Tables.SetActive(service.Key, service.Endpoints[0], false);
        Endpoints(world)[0].Since.Should().Be(0);
        world.Balancer.Tables.SetActive(service.Key, service.Endpoints[0], true);
        Endpoints(world)[0].Since.Should().BePositive();
    });

    [Fact]
    public void PortRange_IsPrefixesAndGoesWithTheService() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Udp) with { Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Udp, 30000, 30010, 0, "") };
        world.Tables(service);

        world.Maps.Ranges.ToArray().Should().HaveCount(3).And.OnlyContain(e => e.Value.First == WireAddress.ToWire(30000));
        var key = world.Maps.Services.ToArray().Single().Key;
        (key.Range, WireAddress.FromWire(key.Port)).Should().Be((1, 30000));
        (world.Maps.Control.Span[0].Flags & Shared.ControlRanges).Should().NotBe(0);
        var looked = new RawRangeKey { Prefixlen = 192, Vip = WireAddress.From(IPAddress.Parse(world.Vip)), Proto = 17, Port = WireAddress.ToWire(30009) };
        world.Maps.Ranges.TryLookup(looked, out var found).Should().BeTrue();
        WireAddress.FromWire(found.First).Should().Be(30000);
        looked.Port = WireAddress.ToWire(30011);
        world.Maps.Ranges.TryLookup(looked, out _).Should().BeFalse();

        world.Balancer.Tables.FindOverlap(new ServiceKey(service.Key.Vip, ServiceProtocol.Udp, 30010, 30020, 0, ""), new HashSet<ServiceKey>()).Should().Be(service.Key);
        world.Balancer.Tables.FindOverlap(new ServiceKey(service.Key.Vip, ServiceProtocol.Udp, 30011, 30020, 0, ""), new HashSet<ServiceKey>()).Should().BeNull();
        world.Balancer.Tables.FindOverlap(new ServiceKey(service.Key.Vip, ServiceProtocol.Udp, 30010, 30020, 7, ""), new HashSet<ServiceKey>()).Should().BeNull();

        world.Balancer.Tables.Remove(service.Key);
        world.Maps.Ranges.ToArray().Should().BeEmpty();
        (world.Maps.Control.Span[0].Flags & Shared.ControlRanges).Should().Be(0);
    });

    [Fact]
    public void KindsOfServices_AreBitsOfTheControlWord() => World.Run(Hook.Tc, 4, world =>
    {
        var block = world.Service(ServiceProtocol.Tcp) with { Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Tcp, 80, 80, 7, "") };
        var host = world.Service(ServiceProtocol.Tcp) with { Key = new ServiceKey(IPAddress.Any, ServiceProtocol.Tcp, 80), Mode = NatMode.HostOneArm };
        world.Tables(block);
        world.Tables(host);

        world.Maps.Control.Span[0].Flags.Should().Be(Shared.ControlBlocks | Shared.ControlHost);
        world.Maps.Services.ToArray().Should().Contain(e => e.Key.Block == 7);
        Address(world, "0.0.0.0").Should().BeNull("the node's addresses are known as such");

        world.Balancer.Tables.Remove(block.Key);
        world.Maps.Control.Span[0].Flags.Should().Be(Shared.ControlHost);
        world.Balancer.Tables.Remove(host.Key);
        world.Maps.Control.Span[0].Flags.Should().Be(0);
    });

    [Fact]
    public void ModeThatChanges_TakesTheSourcesAlong() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 2);
        foreach (var mode in (NatMode[])[NatMode.OneArm, NatMode.Default, NatMode.FullNat, NatMode.Dsr, NatMode.Default])
        {
            world.Tables(service with { Mode = mode });

            Endpoints(world).Should().OnlyContain(e => e.SourcesCount == (mode == NatMode.Default ? 0 : 1));
            world.Balancer.Tables.Sources.Count.Should().Be(mode == NatMode.Default ? 0 : 1);
            world.Balancer.Tables.NodeAddresses.Destinations.Should().HaveCount(mode is NatMode.OneArm or NatMode.Dsr ? 2 : 0);
        }

        Endpoints(world).Should().OnlyContain(e => e.SourcesBase == 0);
    });

    [Fact]
    public void RemovedService_LeavesNothing()
    {
        var time = new FakeTimeProvider();
        World.Run(Hook.Tc, 4, world => RemoveService(world, time), time: time);
    }

    private static void RemoveService(World world, FakeTimeProvider time)
    {
        var control = world.Maps.Control.Span[0].Flags;
        world.Pools(Pool);
        var service = world.Service(ServiceProtocol.Tcp, 3, SelectionPolicy.Persist) with
        {
            Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Tcp, 1, 65534, 9, ""),
            SourcePool = "pool",
        };
        world.Tables(service);
        world.Balancer.Tables.Remove(service.Key);
        world.Pools();
        world.Balancer.SweepOnce();

        world.Maps.Services.ToArray().Should().BeEmpty();
        world.Maps.Ranges.ToArray().Should().BeEmpty();
        world.Maps.Addresses.ToArray().Should().BeEmpty();
        world.Maps.Endpoints.ToArray().Should().OnlyContain(e => WireAddress.ToNumber(e.Value.Addr) == 0 && e.Value.Service == 0 && e.Value.Flags == 0);
        world.Maps.Control.Span[0].Flags.Should().Be(control);
        var tables = world.Balancer.Tables;
        (tables.Sources.Count, tables.MaglevTableCount, tables.Groups.Count, tables.Slots.Count).Should().Be((0, 0, 0, 0));
        time.Advance(Quarantine.LeastAge);
        tables.Quarantine.Free();
        tables.Sources.Places.TryTake(tables.Sources.Places.Capacity, out _).Should().BeTrue("no place is lost");
    }

    [Fact]
    public void NoRoomForSources_ServiceIsAsItWas() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            var service = world.Service(ServiceProtocol.Tcp, 2);
            world.Tables(service);
            var before = (Bytes(Endpoints(world)), Bytes([world.Maps.Services.ToArray().Single(e => e.Key.Proto == 6).Value]));
            world.Pools(Pool with { Addresses = [.. Pool.Addresses.Where(a => a.ToString().Contains('.', StringComparison.Ordinal))] });
            world.Tables(world.Service(ServiceProtocol.Udp) with { SourcePool = "pool" });

            world.Invoking(w => w.Tables(service with { Mode = NatMode.OneArm, VipGroup = "red" })).Should().Throw<TableFullException>().WithMessage("*source addresses*at most 2.");

            (Bytes(Endpoints(world)[..2]), Bytes([world.Maps.Services.ToArray().Single(e => e.Key.Proto == 6).Value])).Should().Be(before);
            (world.Balancer.Tables.Groups.Count, world.Balancer.Tables.NodeAddresses.Destinations.Count).Should().Be((0, 0));
            Address(world, world.Vip).Should().Be(new RawAddress { Flags = Shared.AddressVip });
        },
        World.SmallOptions with { MaxSources = 2 });

    private static string Bytes<T>(T[] values)
        where T : unmanaged => Convert.ToHexString(MemoryMarshal.AsBytes(values.AsSpan()));

    private static RawEndpoint[] Endpoints(World world) =>
        [.. world.Maps.Endpoints.ToArray().Select(e => e.Value).Where(e => WireAddress.ToNumber(e.Addr) != 0 && e.Weight != 0)];

    private static RawMember[] Members(World world, RawService service) =>
    [
        .. Enumerable.Range((int)service.MembersBase, (int)service.MembersCount).Select(i =>
        {
            world.Maps.Members.TryLookup((uint)i, out var member);
            return member;
        }),
    ];

    private static string[] Sources(World world, RawEndpoint endpoint) =>
    [
        .. Enumerable.Range((int)endpoint.SourcesBase, (int)endpoint.SourcesCount).Select(i =>
        {
            world.Maps.Sources.TryLookup((uint)i, out var source);
            return WireAddress.ToAddress(source.Addr).ToString();
        }),
    ];

    private static RawAddress? Address(World world, string address) =>
        world.Maps.Addresses.TryLookup(new RawAddressKey { Addr = WireAddress.From(IPAddress.Parse(address)) }, out var raw) ? raw : null;
}
