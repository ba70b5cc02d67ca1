using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>What the other tests rely on: they share what is loaded, and nothing that one of them does reaches another.</summary>
public sealed class KeptObjectsTests
{
    [Fact]
    public void EveryMap_IsAfterATestWhatItWasAfterLoading()
    {
        using var objects = new KeptObjects(World.SmallOptions);
        var fresh = Load(objects);

        Use(objects, () =>
        {
            foreach (var (map, entries) in Read(objects))
            {
                entries.Should().NotEqual(fresh[map], $"the test must leave something in {map}");
            }
        });
        Use(objects, () =>
        {
            objects.Reset();
            foreach (var (map, entries) in Read(objects))
            {
                entries.Should().Equal(fresh[map], $"nothing may be left in {map}");
            }
        });
    }

    [Fact]
    public void EveryObjectAndEveryMapOfIt_IsAmongThem()
    {
        using var objects = new KeptObjects(World.SmallOptions);
        Load(objects);

        objects.Loaded.Keys.Select(name => name + ".bpf.o").Should().BeEquivalentTo(typeof(NatBalancer).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".bpf.o")));
        objects.Maps.Select(map => map.Name).Should().Contain(objects.Loaded.Values.SelectMany(loaded => loaded.MapNames));
    }

    [Fact]
    public void TestAfterAnother_GetsTheSameProgramsAndEmptyTables()
    {
        uint first = 0;
        World.Run(Hook.Xdp, 4, world =>
        {
            first = world.Xdp.Id;
            world.WithTcp().Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Sent);
        });
        World.Run(Hook.Xdp, 4, world =>
        {
            world.Xdp.Id.Should().Be(first);
            world.Balancer.Adopted.Should().BeFalse();
            world.EntryCount.Should().Be(0);
            world.Maps.Services.ToArray().Should().BeEmpty();
            world.Balancer.ReadReasons().Should().OnlyContain(reason => reason.Packets == 0);
            Expect.Untouched(world.Send(world.ToVip().Tcp(40000, World.Port)));
        });
    }

    [Fact]
    public void TestThatFails_LeavesNothingToTheNext()
    {
        uint first = 0;
        var fails = () => World.Run(Hook.Tc, 4, world =>
        {
            first = world.Tc.Id;
            throw new InvalidOperationException("as it should");
        });
        fails.Should().Throw<InvalidOperationException>();
        World.Run(Hook.Tc, 4, world => world.Tc.Id.Should().NotBe(first));
    }

    [Fact]
    public void TestThatLeavesProgramsOnAnInterface_LeavesThemToNobody()
    {
        uint first = 0;
        World.Run(Hook.Tc, 4, world =>
        {
            first = world.Tc.Id;
            ClsactFilter.Attach(world.Tc, Sandbox.IndexOf("v0"), TrafficDirection.Ingress).Keep();
        });
        World.Run(Hook.Tc, 4, world => world.Tc.Id.Should().NotBe(first));
    }

    private static Dictionary<string, List<string>> Load(KeptObjects objects)
    {
        Dictionary<string, List<string>> fresh = [];
        Sandbox.Run(() =>
        {
            using var dataPlane = NatDataPlane.Open(World.SmallOptions, objects, NullLogger.Instance);
            dataPlane.LoadXdp(World.SmallOptions);
            dataPlane.LoadEgress(World.SmallOptions);
            fresh = Read(objects);
        });
        return fresh;
    }

    private static void Use(KeptObjects objects, Action then) => Sandbox.Run(() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            // The rings, which programs alone write to: an event that somebody wants, and a packet for user space.
            world.Balancer.Connections.Changed += (in ConnectionChange _) => { };
            world.With(world.Service(ServiceProtocol.Udp)).OpenUdp(40000);
            world.Send(world.ToVip().WithTtl(1).Udp(40001, World.Port)).Verdict.Should().Be(Verdict.Drop);

            using var inner = BpfMap.Create(BpfMapType.Array, sizeof(uint), Marshal.SizeOf<RawMaglevSlots>(), 8, BpfMapFlags.InnerMap, RawMap.InnerName);
            foreach (var map in objects.Maps)
            {
                map.Fill(inner, Sandbox.IndexOf("v0"));
            }

            then();
        },
        World.SmallOptions,
        objects));

    private static Dictionary<string, List<string>> Read(KeptObjects objects) =>
        objects.Maps.Where(map => !map.IsConstant).ToDictionary(map => $"{map.Name} ({map.Id})", map => map.Read());
}
