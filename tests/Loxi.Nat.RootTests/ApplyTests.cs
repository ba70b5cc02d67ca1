using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Ebpf.Native;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>A change of many services at once: all of it or nothing, and no connection that ends because of one that failed.</summary>
public sealed class ApplyTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void ChangeThatTheKernelRefusesInTheMiddle_IsTakenBackAndConnectionsGoOn(int family) => World.Run(
        Hook.Tc,
        family,
        world =>
        {
            Service[] services = [.. Enumerable.Range(0, 8).Select(i => At(world, i, 2)), At(world, 8, 1)];
            var gone = world.Service(ServiceProtocol.Udp);
            world.With([.. services, gone]);
            for (ushort i = 0; i < 8; i++)
            {
                world.Send(world.ToVip().Tcp(40000, (ushort)(World.Port + i)));
                world.Send(world.ToVip().Tcp(40001, (ushort)(World.Port + i)));
            }

            world.Send(world.ToVip().Udp(40000, World.Port));
            var before = Endpoints(world);
            FillAddresses(world);
            var change = () => world.With([.. services[..8].Select(s => s with { Endpoints = s.Endpoints[..1] }), At(world, 8, 2, first: 2), At(world, 9, 1) with { Key = new ServiceKey(IPAddress.Parse(world.OtherVip), ServiceProtocol.Tcp, World.Port) }]);

            change.Should().Throw<EbpfException>().WithMessage("*addresses*");

            world.Balancer.Current.Should().BeEquivalentTo([.. services, gone]);
            world.Balancer.Tables.Slots.Keys.Should().BeEquivalentTo([.. services.Select(s => s.Key), gone.Key]);
            Endpoints(world).Should().Contain(before, "endpoints that are there again are the same");
            world.Balancer.SweepOnce();
            world.Balancer.Connections.Count.Should().Be(17);
            for (ushort i = 0; i < 8; i++)
            {
                world.Send(world.ToVip().Tcp(40000, (ushort)(World.Port + i), TcpBits.Ack, 1001)).Verdict.Should().Be(Verdict.Sent);
                world.Send(world.ToVip().Tcp(40001, (ushort)(World.Port + i), TcpBits.Ack, 1001)).Verdict.Should().Be(Verdict.Sent);
            }

            foreach (var (key, _) in world.Maps.Addresses.ToArray().Where(e => e.Value.Flags == 0))
            {
                world.Maps.Addresses.TryDelete(key);
            }

            world.With();
            world.Maps.Addresses.ToArray().Should().BeEmpty("nobody claims any");
        },
        World.SmallOptions with { MaxSources = 16 });

    [Fact]
    public void ChangeThatCannotBeTakenBack_SaysBoth() => World.RunAlone(Hook.Tc, 4, world =>
    {
        world.With(At(world, 0, 1));
        world.Maps.Services.Map.Dispose();

        var change = () => world.With(At(world, 0, 1), At(world, 1, 1));

        change.Should().Throw<AggregateException>().WithMessage("*in force in part*").Which.InnerExceptions.Should().HaveCount(2);
        world.Balancer.Current.Should().ContainSingle();
    });

    [Fact]
    public void SourcesOfAllServicesTogether_AreAskedForBeforeTheFirstWrite() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            var kept = At(world, 0, 2);
            world.With(kept);
            var before = Endpoints(world);
            Service Full(int i) => At(world, i, 1) with { Mode = NatMode.FullNat, PrivateAddress = IPAddress.Parse($"203.0.113.{100 + i}") };

            var change = () => world.With(kept with { Endpoints = kept.Endpoints[..1] }, Full(1), Full(2), Full(3));

            change.Should().Throw<TableFullException>().WithMessage("*source addresses*at most 2.");
            Endpoints(world).Should().Equal(before);
            world.Balancer.Tables.Retired.Should().BeEmpty("nothing was written");
            world.Balancer.Tables.NodeAddresses.Destinations.Should().BeEmpty();

            // Those that have the same share it.
            world.With(kept, Full(1), Full(2), Full(3) with { PrivateAddress = Full(1).PrivateAddress });
        },
        World.SmallOptions with { MaxSources = 2 });

    [Fact]
    public void MembersOfAllServicesTogether_AreAskedForBeforeTheFirstWrite() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            Service[] services = [Weighted(world, 0, 1), Weighted(world, 1, 1)];
            world.With(services);
            world.Balancer.Tables.MemberRanges.TryTake(9, out _).Should().BeTrue();
            var before = Members(world);

            var change = () => world.With([.. services.Select(s => Weighted(world, s.Key.Port - World.Port, 2))]);

            change.Should().Throw<TableFullException>().WithMessage("*members of services*at most 16.");
            Members(world).Should().Equal(before, "nothing was written");
        },
        World.SmallOptions with { MaxEndpoints = 8 });

    [Fact]
    public void PlacesThatWereGivenUp_AreNotWrittenInTheSameChangeNorSoon() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            Apply(1).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
            Apply(2).Should().Equal(8, 9, 10, 11, 12, 13, 14, 15);
            _time.Advance(Quarantine.LeastAge - TimeSpan.FromTicks(1));
            Apply(3).Should().Equal(16, 17, 18, 19, 20, 21, 22, 23);
            _time.Advance(TimeSpan.FromTicks(1));
            Apply(4).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);

            uint[] Apply(int weight)
            {
                world.With([.. Enumerable.Range(0, 4).Select(i => Weighted(world, i, weight))]);
                return [.. world.Balancer.Tables.Slots.Values.SelectMany(s => s.Members.Select((_, i) => s.MembersBase + (uint)i)).Order()];
            }
        },
        time: _time);

    [Fact]
    public void NoRoomButWhatIsInQuarantine_IsWaitedFor() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            world.With([.. Enumerable.Range(0, 4).Select(i => Weighted(world, i, 1))]);
            world.With([.. Enumerable.Range(0, 4).Select(i => Weighted(world, i, 2))]);
            var third = world.Balancer.ApplyAsync(ServiceModel.Create(Enumerable.Range(0, 4).Select(i => Weighted(world, i, 3)))).AsTask();
            third.IsCompleted.Should().BeFalse();

            _time.Advance(Quarantine.LeastAge);
            third.GetAwaiter().GetResult();

            world.Balancer.Current.Should().OnlyContain(s => s.Endpoints[1].Weight == 3);
        },
        World.SmallOptions with { MaxEndpoints = 8 },
        time: _time);

    [Fact]
    public void PoolsThatTheKernelRefusesInTheMiddle_AreTakenBack() => World.Run(
        Hook.Tc,
        4,
        world =>
        {
            var red = Pool("red", 1);
            world.Pools(red, Pool("kept", 1, 20));
            world.With(At(world, 0, 2) with { SourcePool = "red", VipGroup = "red" });
            var before = Endpoints(world);
            FillAddresses(world);
            var addresses = Addresses(world);
            var change = () => world.Pools(Pool("blue", 1, 40), red with { Addresses = [.. red.Addresses, IPAddress.Parse("203.0.113.160")] });

            change.Should().Throw<EbpfException>().WithMessage("*addresses*");

            world.Balancer.SourcePools.Select(p => p.Name).Should().Equal("kept", "red");
            world.Balancer.SourcePools.IsSameAs(SourcePools.Create([red, Pool("kept", 1, 20)])).Should().BeTrue();
            Endpoints(world).Should().Equal(before);
            Addresses(world).Should().Equal(addresses);
            world.Balancer.Tables.Groups.Count.Should().Be(2, "the group that came has gone again");
            IsGivenBack(world);
        },
        World.SmallOptions with { MaxSources = 16 });

    /// <summary>The addresses are there already, and the endpoints cannot be changed.</summary>
    [Fact]
    public void PoolsWhoseEndpointsCannotBeWritten_AreTakenBack() => World.RunAlone(Hook.Tc, 4, world =>
    {
        var red = Pool("red", 1);
        world.Pools(red);
        world.With(At(world, 0, 2) with { SourcePool = "red", VipGroup = "red" });
        var (before, runs) = (Addresses(world), world.Balancer.Tables.Sources.Count);
        world.Maps.Endpoints.Map.Freeze();

        var change = () => world.Pools(red with { Addresses = [IPAddress.Parse("203.0.113.160")] });

        change.Should().Throw<EbpfException>().WithMessage("*endpoints*");
        world.Balancer.SourcePools.Single().Should().Be(red);
        Addresses(world).Should().Equal(before);
        world.Balancer.Tables.Sources.Count.Should().Be(runs);
        world.Balancer.Tables.Slots.Values.Single().Endpoints.Values.Should().OnlyContain(e => e.State.Sources!.Count == 1 && e.State.Sources.Users == 2);
        change.Should().Throw<EbpfException>("nothing was taken for done");
    });

    [Fact]
    public void AllServicesReplaced_GoFirst() => World.Run(Hook.Tc, 4, world =>
    {
        world.With([.. Enumerable.Range(0, 64).Select(i => At(world, i, 1))]);

        world.With([.. Enumerable.Range(100, 64).Select(i => At(world, i, 1))]);

        world.Maps.Services.ToArray().Should().HaveCount(64).And.OnlyContain(e => BinaryPrimitives.ReverseEndianness(e.Key.Port) >= World.Port + 100);
    });

    [Fact]
    public void RangeInPlaceOfOneThatOverlaps_IsWholeAfterwards() => World.Run(Hook.Tc, 4, world =>
    {
        Service Range(ushort first, ushort last) => world.Service(ServiceProtocol.Tcp) with { Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Tcp, first, last, 0, "") };
        world.With(Range(64, 127), At(world, 1000, 1));

        world.With(Range(64, 191), At(world, 1001, 1));

        world.Maps.Services.ToArray().Should().HaveCount(2);
        world.Maps.Ranges.ToArray().Should().HaveCount(PortRanges.Prefixes(64, 191).Count);
        world.Send(world.ToVip().Tcp(40000, 100)).Verdict.Should().Be(Verdict.Sent);
        world.Send(world.ToVip().Tcp(40000, 180)).Verdict.Should().Be(Verdict.Sent);
    });

    private static Service At(World world, int number, int endpoints, int first = 0)
    {
        var service = world.Service(ServiceProtocol.Tcp, endpoints, first: first);
        return service with { Key = service.Key with { Port = (ushort)(World.Port + number), PortMax = (ushort)(World.Port + number) } };
    }

    /// <summary>Another ratio of the weights is another list.</summary>
    private static Service Weighted(World world, int number, int weight)
    {
        var service = At(world, number, 2);
        return service with
        {
            Selection = SelectionPolicy.WeightedRoundRobin,
            Endpoints = [service.Endpoints[0], service.Endpoints[1] with { Weight = weight }],
        };
    }

    private static SourcePool Pool(string group, int addresses, int first = 0) =>
        new() { Name = group, VipGroup = group, Addresses = [.. Enumerable.Range(0, addresses).Select(i => IPAddress.Parse($"203.0.113.{100 + first + i}"))] };

    private static string[] Addresses(World world) => [.. world.Maps.Addresses.ToArray().Select(e => $"{Convert.ToHexString(MemoryMarshal.AsBytes([e.Key]))}: {Convert.ToHexString(MemoryMarshal.AsBytes([e.Value]))}").Order(StringComparer.Ordinal)];

    /// <summary>When services and pools are gone, nothing is claimed any more.</summary>
    private static void IsGivenBack(World world)
    {
        world.With();
        world.Pools();
        world.Maps.Addresses.ToArray().Should().OnlyContain(e => e.Value.Flags == 0, "what filled the table has no flags");
        world.Balancer.Tables.Groups.Count.Should().Be(0);
        world.Balancer.Tables.Sources.Count.Should().Be(0);
    }

    /// <summary>An address more is one too many for the kernel.</summary>
    private static void FillAddresses(World world)
    {
        for (uint i = 1; ; i++)
        {
            var address = new byte[16];
            BinaryPrimitives.WriteUInt32BigEndian(address, 0xfd000000);
            BinaryPrimitives.WriteUInt32BigEndian(address.AsSpan(12), i);
            try
            {
                world.Maps.Addresses.Update(new RawAddressKey { Addr = WireAddress.From(new IPAddress(address)) }, default);
            }
            catch (EbpfException)
            {
                i.Should().BeGreaterThan(1);
                return;
            }
        }
    }

    /// <summary>Index and content of every endpoint that was ever there.</summary>
    private static string[] Endpoints(World world) =>
        [.. world.Maps.Endpoints.ToArray().Where(e => WireAddress.ToNumber(e.Value.Addr) != 0).Select(e => $"{e.Key}: {Convert.ToHexString(MemoryMarshal.AsBytes([e.Value]))}")];

    private static byte[] Members(World world) => MemoryMarshal.AsBytes<KeyValuePair<uint, RawMember>>(world.Maps.Members.ToArray()).ToArray();
}
