using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A restart: a process that finds the tables of an earlier one changes only what differs.</summary>
public sealed class AdoptionTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void SameServices_NothingIsWrittenAndCountersStay(int family) => World.RunAlone(Hook.Tc, family, world =>
    {
        var services = Services(world);
        world.With(services);
        world.Send(world.ToVip().Udp(5353, World.Port)).Verdict.Should().Be(Verdict.Sent);
        var before = Snapshot(world);
        Freeze(world);

        Restart(world, services, second =>
        {
            second.Adopted.Should().BeTrue();
            Snapshot(world).Should().Equal(before);
            var udp = second.ReadServices().Single(s => s.Service.Key == services[2].Key);
            udp.Connections.Should().Be(1);
            udp.Endpoints.Sum(e => (long)e.Counters.PacketsIn).Should().Be(1);
            second.Connections.Read().Should().ContainSingle().Which.Service.Should().Be(udp.Service.Key);
        });
    });

    [Fact]
    public void OneServiceChanged_TheOtherTablesStay() => World.Run(Hook.Tc, 4, world =>
    {
        var services = Services(world);
        world.With(services);
        var (before, values) = (Tables(world), world.Maps.Services.ToArray());
        before.Values.Distinct().Should().HaveCount(2, "two sets of members");

        // The first two share a table: one of them goes on with it.
        services[0] = world.Service(ServiceProtocol.Tcp, 4, SelectionPolicy.Hash);
        Restart(world, services, second =>
        {
            var after = Tables(world);
            after.Should().HaveCount(3);
            foreach (var (index, id) in before)
            {
                after[index].Should().Be(id);
            }

            var changed = world.Maps.Services.ToArray().Where(e => !values.Any(v => Bytes(v).SequenceEqual(Bytes(e)))).ToArray();
            changed.Should().ContainSingle().Which.Key.Proto.Should().Be(IpProtocol.Tcp);

            // And when the other one goes as well, so does the table.
            second.ApplyAsync(ServiceModel.Create([services[0], services[2]])).AsTask().GetAwaiter().GetResult();
            Tables(world).Should().HaveCount(2);
        });
    });

    [Fact]
    public void TableThatSaysSomethingElse_IsWrittenAnew() => World.Run(Hook.Tc, 4, world =>
    {
        var services = Services(world);
        world.With(services);
        var before = Tables(world);
        foreach (var index in before.Keys)
        {
            using var inner = world.Maps.Maglev.TryOpen(index)!;
            var slots = new TypedMap<uint, RawMaglevSlots>(inner);
            slots.TryLookup(0, out var first).Should().BeTrue();
            first.Member[0] ^= 1;
            slots.Update(0, first);
        }

        Restart(world, services, _ =>
        {
            Tables(world).Values.Should().HaveCount(2).And.NotIntersectWith(before.Values);
            foreach (ushort port in Enumerable.Range(40000, 20))
            {
                world.Send(world.ToVip().Tcp(port, World.Port)).Verdict.Should().Be(Verdict.Sent);
            }
        });
    });

    [Fact]
    public void ServiceThatNobodyWants_Goes() => World.Run(Hook.Tc, 4, world =>
    {
        var services = Services(world);
        world.With(services);

        Restart(world, [services[3]], _ => world.Maps.Services.ToArray().Should().ContainSingle().Which.Key.Proto.Should().Be(IpProtocol.Udp));
    });

    /// <summary>An endpoint on the node itself is reached through the kernel: that must not stop while the next process starts.</summary>
    [Fact]
    public void AddressesOfTheNode_StayKnownAndThoseThatWentAreForgotten() => World.Run(Hook.Tc, 4, world =>
    {
        Shell.Run("ip", "addr", "add", "192.0.2.77/32", "dev", "v0");
        var service = world.Service(ServiceProtocol.Tcp) with { Endpoints = [new ServiceEndpoint(IPAddress.Parse("192.0.2.1"), World.EndpointPort, 1)] };
        Restart(world, [service], first =>
        {
            first.Start(new InterfacePolicy { Whitelist = new Regex("^none$") });
            Local(world).Should().Contain(["192.0.2.1", "192.0.2.77"]);
        });
        Shell.Run("ip", "addr", "del", "192.0.2.77/32", "dev", "v0");

        Restart(world, [service], second =>
        {
            Local(world).Should().Contain("192.0.2.1");
            world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.PassRewritten);
            second.Start(new InterfacePolicy { Whitelist = new Regex("^none$") });
            Local(world).Should().Contain("192.0.2.1").And.NotContain("192.0.2.77");
        });
    });

    private static Service[] Services(World world) =>
    [
        world.Service(ServiceProtocol.Tcp, 3, SelectionPolicy.Hash),
        world.Service(ServiceProtocol.Tcp, 3, SelectionPolicy.Hash, world.OtherVip),
        world.Service(ServiceProtocol.Udp, 2, SelectionPolicy.Hash),
        world.Service(ServiceProtocol.Udp, 3, vip: world.OtherVip),
    ];

    private static void Restart(World world, Service[] services, Action<NatBalancer> then)
    {
        var second = NatBalancer.Open(world.Options);
        try
        {
            second.ApplyAsync(ServiceModel.Create(services)).AsTask().GetAwaiter().GetResult();
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
        foreach (var map in (BpfMap[])[world.Maps.Services.Map, world.Maps.Members.Map, world.Maps.Endpoints.Map, world.Maps.Addresses.Map, world.Maps.Maglev.Map, world.Maps.Rotation.Map, world.Maps.ServiceStats.Map, world.Maps.EndpointStats.Map])
        {
            map.Freeze();
        }

        var write = () => world.Maps.Members.Update(0, new RawMember { Endpoint = 1 });
        write.Should().Throw<Ebpf.Native.EbpfException>("this is how a write shows");
    }

    /// <summary>Identifiers of the Maglev tables that services point to, by their index.</summary>
    private static Dictionary<uint, uint> Tables(World world)
    {
        var tables = new Dictionary<uint, uint>();
        foreach (var service in world.Maps.Services.ToArray().Select(e => e.Value).Where(s => s.Selection == (byte)RawSelection.Hash))
        {
            using var inner = world.Maps.Maglev.TryOpen(service.Maglev)!;
            tables[service.Maglev] = inner.Id;
        }

        return tables;
    }

    private static List<string> Local(World world) =>
        [.. world.Maps.Addresses.ToArray().Where(e => (e.Value.Flags & Shared.AddressLocal) != 0).Select(e => WireAddress.ToAddress(e.Key.Addr).ToString())];

    private static byte[] Bytes<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static byte[] Snapshot(World world) =>
    [
        .. world.Maps.Services.ToArray().SelectMany(Bytes),
        .. world.Maps.Endpoints.ToArray().SelectMany(Bytes),
        .. world.Maps.Members.ToArray().SelectMany(Bytes),
        .. world.Maps.Addresses.ToArray().SelectMany(Bytes),
        .. Tables(world).SelectMany(Bytes),
        .. world.FlowBytes,
    ];
}
