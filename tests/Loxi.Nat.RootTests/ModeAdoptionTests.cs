using System.Net;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A process that finds services of every kind in the tables writes nothing for them.</summary>
public sealed class ModeAdoptionTests
{
    private static readonly SourcePool Pool = new() { Name = "pool", VipGroup = "blue", Addresses = [IPAddress.Parse("203.0.113.101"), IPAddress.Parse("203.0.113.102")] };

    [Fact]
    public void SameServices_NothingIsWritten() => World.RunAlone(Hook.Tc, 4, world =>
    {
        var services = Services(world);
        // Numbers of groups are not those that a new process would give.
        world.Balancer.Tables.Groups.Take("gone").Should().Be(1);
        world.Pools(Pool);
        services.ForEach(s => world.Tables(s));
        world.Balancer.Tables.Groups.Release("gone");
        world.Tables(services[1] with { Endpoints = [services[1].Endpoints[0] with { Draining = true }, .. services[1].Endpoints[1..]] });
        services[1] = world.Balancer.Tables.Slots[services[1].Key].Desired!;
        var before = Snapshot(world);
        Freeze(world);

        Restart(world, second =>
        {
            second.ApplySourcePoolsAsync(SourcePools.Create([Pool])).AsTask().GetAwaiter().GetResult();
            services.ForEach(s => second.Tables.Apply(s, static (_, _) => false));
            second.Tables.Tidy();

            Snapshot(world).Should().Be(before);
            second.Tables.Groups.TryGet("blue", out var blue).Should().BeTrue();
            blue.Should().Be(2);
            second.Tables.Undesired().Should().BeEmpty();
        });
    });

    [Fact]
    public void NobodyWantsThem_TheyGoWithAllThatTheyHad() => World.Run(Hook.Tc, 4, world =>
    {
        world.Pools(Pool);
        Services(world).ForEach(s => world.Tables(s));

        Restart(world, second =>
        {
            second.ApplyAsync(ServiceModel.Empty).AsTask().GetAwaiter().GetResult();
            second.SweepOnce();

            world.Maps.Services.ToArray().Should().BeEmpty();
            world.Maps.Ranges.ToArray().Should().BeEmpty();
            world.Maps.Addresses.ToArray().Should().BeEmpty();
            world.Maps.Control.Span[0].Flags.Should().Be(0);
            second.Tables.Groups.Count.Should().Be(0);
            second.Tables.Sources.Count.Should().Be(0);
        });
    });

    [Fact]
    public void PoolAddresses_StayKnownUntilServicesAreApplied() => World.Run(Hook.Tc, 4, world =>
    {
        world.Pools(Pool);
        Services(world).ForEach(s => world.Tables(s));
        var key = new RawAddressKey { Addr = WireAddress.From(Pool.Addresses[0]) };

        Restart(world, second =>
        {
            world.Maps.Addresses.TryLookup(key, out var address).Should().BeTrue();
            address.Flags.Should().Be(Shared.AddressVip | Shared.AddressSource);
            second.Tables.Tidy();
            world.Maps.Addresses.TryLookup(key, out _).Should().BeFalse();
        });
    });

    [Fact]
    public void RangeThatBecameLonger_DoesNotGoWithTheOldOne() => World.Run(Hook.Tc, 4, world =>
    {
        var service = Range(world, 30000, 30010);
        world.Tables(service);

        Restart(world, second =>
        {
            var longer = Range(world, 30000, 30020);
            second.Tables.Apply(longer, static (_, _) => false);
            foreach (var key in second.Tables.Undesired())
            {
                second.Tables.Remove(key);
            }

            world.Maps.Services.ToArray().Should().ContainSingle();
            world.Maps.Ranges.ToArray().Should().HaveCount(PortRanges.Prefixes(30000, 30020).Count);
        });
    });

    [Fact]
    public void PrefixesThatLeadNowhere_AreRemoved() => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(Range(world, 30000, 30010));
        world.Maps.Services.TryDelete(world.Maps.Services.ToArray().Single().Key);

        Restart(world, second =>
        {
            world.Maps.Ranges.ToArray().Should().BeEmpty();
            world.Maps.Control.Span[0].Flags.Should().Be(0);
            second.Tables.Retired.Should().ContainSingle("its endpoint is nobody's");
        });
    });

    [Fact]
    public void RetiredEndpoint_IsNotTakenForThatOfAServiceThatGotItsNumber() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp);
        world.Tables(service);
        world.Balancer.Tables.Remove(service.Key);
        foreach (var number in Enumerable.Range(1, 63))
        {
            world.Tables(service with { Key = service.Key with { Port = (ushort)number, PortMax = (ushort)number } });
        }

        world.Tables(service);
        world.Balancer.Tables.Slots[service.Key].Id.Should().Be(0, "the number is given again");
        var place = world.Balancer.Tables.Slots[service.Key].Endpoints.Values.Single();

        Restart(world, second =>
        {
            var adopted = second.Tables.Slots[service.Key].Endpoints.Values.Single();
            (adopted.Index, adopted.Serial).Should().Be((place.Index, place.Serial));
            second.Tables.Retired.Should().Equal(0u);
        });
    });

    [Fact]
    public void Serials_AreNotGivenTwice() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp);
        world.Tables(service);
        var serial = world.Balancer.Tables.Slots[service.Key].Endpoints.Values.Single().Serial;
        world.Balancer.Tables.Remove(service.Key);
        world.Balancer.SweepOnce();

        Restart(world, second =>
        {
            second.Tables.Apply(service, static (_, _) => false);
            second.Tables.Slots[service.Key].Endpoints.Values.Single().Serial.Should().BeGreaterThan(serial);
        });
    });

    private static List<Service> Services(World world)
    {
        Service Of(int port, NatMode mode, SelectionPolicy selection = SelectionPolicy.RoundRobin) => world.Service(ServiceProtocol.Tcp, 3, selection) with
        {
            Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Tcp, (ushort)port),
            Mode = mode,
        };
        return
        [
            Of(1, NatMode.OneArm),
            Of(2, NatMode.OneArm, SelectionPolicy.WeightedRoundRobin),
            Of(3, NatMode.FullNat) with { PrivateAddress = IPAddress.Parse("203.0.113.99") },
            Of(4, NatMode.Dsr, SelectionPolicy.Hash) with { Tunnel = TunnelMode.Ipip, VipGroup = "red" },
            Of(5, NatMode.Default, SelectionPolicy.Persist) with { SourcePool = "pool", VipGroup = "blue" },
            Of(6, NatMode.Default, SelectionPolicy.LeastConnections) with { SlowStart = TimeSpan.FromSeconds(20) },
            Of(7, NatMode.HostOneArm) with { Key = new ServiceKey(IPAddress.Any, ServiceProtocol.Tcp, 7) },
            Of(8, NatMode.Default) with { Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Tcp, 8, 8, 12, "") },
            Range(world, 30000, 30010),
        ];
    }

    private static Service Range(World world, ushort first, ushort last) =>
        world.Service(ServiceProtocol.Udp) with { Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Udp, first, last, 0, "") };

    private static void Restart(World world, Action<NatBalancer> then)
    {
        var second = NatBalancer.Open(world.Options);
        try
        {
            then(second);
        }
        finally
        {
            second.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>From now on the kernel refuses every write of user space to the tables that say what services there are.</summary>
    private static void Freeze(World world)
    {
        foreach (var map in (BpfMap[])[world.Maps.Services.Map, world.Maps.Members.Map, world.Maps.Endpoints.Map, world.Maps.Addresses.Map, world.Maps.Maglev.Map, world.Maps.Sources.Map, world.Maps.Ranges.Map])
        {
            map.Freeze();
        }

        var write = () => world.Maps.Ranges.Update(default, default);
        write.Should().Throw<Ebpf.Native.EbpfException>("this is how a write shows");
    }

    private static string Snapshot(World world) => string.Join(
        '\n',
        Bytes(world.Maps.Services.ToArray()),
        Bytes(world.Maps.Ranges.ToArray()),
        Bytes(world.Maps.Endpoints.ToArray()),
        Bytes(world.Maps.Members.ToArray()),
        Bytes(world.Maps.Sources.ToArray()),
        Bytes(world.Maps.Addresses.ToArray()),
        world.Maps.Control.Span[0].Flags);

    private static string Bytes<TKey, TValue>(KeyValuePair<TKey, TValue>[] entries)
        where TKey : unmanaged
        where TValue : unmanaged => Convert.ToHexString(MemoryMarshal.AsBytes(entries.AsSpan()));
}
