using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Connections;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Rotation and weights are exact, for thousands of endpoints too; who comes back gets its share slowly, who drains gets none.</summary>
public sealed class WeightedSelectionTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void Wrr_EachRoundGivesEachItsWeight(Hook hook, int family) => World.Run(hook, family, world =>
    {
        int[] weights = [3, 5, 7, 11];
        world.Tables(Weighted(world, weights));

        for (var round = 0; round < 3; round++)
        {
            var chosen = Choose(world, weights.Sum(), 10_000 + (1000 * round));
            foreach (var (weight, i) in weights.Select((w, i) => (w, i)))
            {
                chosen.Count(c => c == world.Endpoint(i)).Should().Be(weight, $"round {round}, endpoint {i}");
            }
        }
    });

    /// <summary>Not all of one endpoint's turns after each other.</summary>
    [Theory]
    [InlineData(10, 10, 2)]
    [InlineData(30, 10, 4)]
    [InlineData(1, 99, 99)]
    public void Wrr_TurnsAreSpread(int first, int second, int longest) => World.Run(Hook.Tc, 4, world =>
    {
        world.Tables(Weighted(world, first, second));

        var chosen = Choose(world, first + second);

        chosen.Count(c => c == world.Endpoint(0)).Should().Be(first);
        var run = 1;
        var most = 1;
        for (var i = 1; i < chosen.Count; i++)
        {
            run = chosen[i] == chosen[i - 1] ? run + 1 : 1;
            most = Math.Max(most, run);
        }

        most.Should().BeLessThanOrEqualTo(longest);
    });

    [Theory]
    [InlineData(Hook.Tc, 4, SelectionPolicy.WeightedRoundRobin)]
    [InlineData(Hook.Xdp, 6, SelectionPolicy.WeightedRoundRobin)]
    [InlineData(Hook.Tc, 6, SelectionPolicy.RoundRobin)]
    [InlineData(Hook.Xdp, 4, SelectionPolicy.RoundRobin)]
    [InlineData(Hook.Tc, 4, SelectionPolicy.LeastConnections)]
    public void FourThousandEndpoints_AreExactToo(Hook hook, int family, SelectionPolicy selection) => World.Run(
        hook,
        family,
        world =>
        {
            var service = world.Service(ServiceProtocol.Udp, selection: selection) with
            {
                Endpoints = [.. Enumerable.Range(0, 4096).Select(i => new ServiceEndpoint(IPAddress.Parse(Far(world, i)), 8080, 1 + (i % 3)))],
            };
            world.Tables(service);
            var round = selection == SelectionPolicy.WeightedRoundRobin ? service.Endpoints.Sum(e => e.Weight) : 4096;

            var counts = Choose(world, round).GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count());

            counts.Should().HaveCount(selection == SelectionPolicy.LeastConnections ? counts.Count : 4096);
            foreach (var endpoint in service.Endpoints)
            {
                var count = counts.GetValueOrDefault(endpoint.Address.ToString());
                if (selection == SelectionPolicy.LeastConnections)
                {
                    count.Should().BeLessThanOrEqualTo(endpoint.Weight, "the lightest of 128 has a free place");
                }
                else
                {
                    count.Should().Be(selection == SelectionPolicy.RoundRobin ? 1 : endpoint.Weight, endpoint.ToString());
                }
            }
        },
        World.SmallOptions with { MaxEndpoints = 8192, MaxConnections = 65_536 });

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin)]
    [InlineData(SelectionPolicy.WeightedRoundRobin)]
    public void SlowStart_ShareGrows(SelectionPolicy selection) => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Udp, 2, selection) with { SlowStart = TimeSpan.FromSeconds(100) };
        world.Tables(service);
        Share(world, 1000).Should().Be(200, "it was always there");
        world.Balancer.Tables.SetActive(service.Key, service.Endpoints[1], false).Should().BeTrue();
        Share(world, 2000).Should().Be(0);
        world.Balancer.Tables.SetActive(service.Key, service.Endpoints[1], true).Should().BeTrue();

        Share(world, 3000).Should().BeLessThan(20);
        Since(world, 1, TimeSpan.FromSeconds(50));
        Share(world, 4000).Should().BeInRange(60, 140, "half the time, half of its turns");
        Since(world, 1, TimeSpan.FromSeconds(101));
        Share(world, 5000).Should().Be(200);
    });

    [Fact]
    public void SlowStart_OfLeastConnections_CountsAPartOfTheWeight() => World.Run(Hook.Tc, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Udp, 2, SelectionPolicy.LeastConnections) with { SlowStart = TimeSpan.FromSeconds(100) };
        world.Tables(service);
        Since(world, 1, TimeSpan.FromSeconds(25));

        Share(world, 1000, 400).Should().BeInRange(70, 95, "a quarter of the weight: a fifth of the connections");
        Since(world, 1, TimeSpan.FromSeconds(101));
        Share(world, 3000, 400).Should().BeGreaterThan(300, "it makes up for what it got less");
    });

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin)]
    [InlineData(SelectionPolicy.WeightedRoundRobin)]
    [InlineData(SelectionPolicy.LeastConnections)]
    [InlineData(SelectionPolicy.Hash)]
    [InlineData(SelectionPolicy.Persist)]
    public void DrainingEndpoint_KeepsWhatItHasAndGetsNothing(SelectionPolicy selection) => World.Run(Hook.Tc, 6, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 3, selection);
        world.Tables(service);
        var sent = Enumerable.Range(0, 60).Select(i => (Client: Client(world, i), There: world.OpenTcp(40_000, Client(world, i)))).ToList();
        var kept = sent.Where(s => s.There.Packet.Destination!.ToString() == world.Endpoint(1)).ToList();
        kept.Should().NotBeEmpty();

        world.Tables(service with { Endpoints = [service.Endpoints[0], service.Endpoints[1] with { Draining = true }, service.Endpoints[2]] });
        world.LookAgain();

        for (var i = 0; i < 60; i++)
        {
            world.Syn(50_000, Client(world, i)).Packet.Destination!.ToString().Should().NotBe(world.Endpoint(1));
        }

        foreach (var (client, there) in sent)
        {
            var next = world.Send(world.ToVip(client).Tcp(40_000, World.Port, TcpBits.Ack, 1001, 5001));
            (next.Packet.Destination, next.Packet.SourcePort).Should().Be((there.Packet.Destination, there.Packet.SourcePort));
        }

        world.Tables(service);
        Enumerable.Range(100, 60).Select(i => world.Syn(51_000, Client(world, i)).Packet.Destination!.ToString()).Should().Contain(world.Endpoint(1), "clients that are new may have it");
    });

    [Theory]
    [InlineData(SelectionPolicy.RoundRobin)]
    [InlineData(SelectionPolicy.WeightedRoundRobin)]
    [InlineData(SelectionPolicy.LeastConnections)]
    [InlineData(SelectionPolicy.Hash)]
    [InlineData(SelectionPolicy.Persist)]
    public void EndpointsComeGoAndWeighMore_ConnectionsOfTheOthersGoOn(SelectionPolicy selection) => World.Run(Hook.Xdp, 4, world =>
    {
        var service = world.Service(ServiceProtocol.Tcp, 3, selection);
        world.Tables(service);
        var sent = Enumerable.Range(0, 60).Select(i => (Client: Client(world, i), There: world.OpenTcp(40_000, Client(world, i)))).ToList();
        var fourth = new ServiceEndpoint(IPAddress.Parse(world.Endpoint(3)), World.EndpointPort, 1);
        Service[] changes =
        [
            service with { Endpoints = [.. service.Endpoints, fourth] },
            service with { Endpoints = [service.Endpoints[0], service.Endpoints[1] with { Weight = 9 }, service.Endpoints[2], fourth] },
            service with { Endpoints = [service.Endpoints[0], service.Endpoints[1] with { Weight = 9 }, fourth with { Weight = 5 }] },
            service with { Endpoints = [service.Endpoints[0] with { Weight = 2 }, service.Endpoints[1]] },
        ];
        foreach (var (change, step) in changes.Select((c, i) => (c, i)))
        {
            world.Tables(change);
            world.LookAgain();
            world.Balancer.SweepOnce();
            world.Syn(41_000 + step).Verdict.Should().Be(Verdict.Sent);
            foreach (var (client, there) in sent.Where(s => change.Endpoints.Any(e => e.Address.Equals(s.There.Packet.Destination))))
            {
                var next = world.Send(world.ToVip(client).Tcp(40_000, World.Port, TcpBits.Ack, 1001, 5001));
                next.Verdict.Should().Be(Verdict.Sent, $"change {step}: {next}");
                (next.Packet.Destination, next.Packet.SourcePort).Should().Be((there.Packet.Destination, there.Packet.SourcePort));
            }
        }

        var gone = sent.Where(s => s.There.Packet.Destination!.ToString() == world.Endpoint(2)).ToList();
        gone.Should().NotBeEmpty();
        gone.Should().OnlyContain(s => world.Send(world.ToVip(s.Client).Tcp(40_000, World.Port, TcpBits.Psh, 1001, 5001, 64240, null, null)).Verdict == Verdict.Drop);
    });

    /// <summary>Neither the order in which endpoints and services came nor the node decides.</summary>
    [Fact]
    public void Hash_IsTheSameOnTwoNodes()
    {
        var choices = new List<List<string>>();
        for (var node = 0; node < 2; node++)
        {
            World.Run(Hook.Tc, 6, world =>
            {
                var service = world.Service(ServiceProtocol.Udp, 4, SelectionPolicy.Hash);
                if (choices.Count == 1)
                {
                    world.Tables(world.Service(ServiceProtocol.Udp, 2, vip: world.OtherVip));
                    world.Tables(service with { Endpoints = [service.Endpoints[3], service.Endpoints[1]] });
                    service = service with { Endpoints = [.. service.Endpoints.Reverse()] };
                }

                world.Tables(service);
                choices.Add(Choose(world, 200));
            });
        }

        choices[1].Should().Equal(choices[0]);
        choices[0].Distinct().Should().HaveCount(4);
    }

    private static Service Weighted(World world, params int[] weights) => world.Service(ServiceProtocol.Udp, selection: SelectionPolicy.WeightedRoundRobin) with
    {
        Endpoints = [.. weights.Select((w, i) => new ServiceEndpoint(IPAddress.Parse(world.Endpoint(i)), World.EndpointPort, w))],
    };

    private static List<string> Choose(World world, int count, int firstPort = 10_000) =>
        [.. Enumerable.Range(firstPort, count).Select(port => world.Datagram(port).Packet.Destination!.ToString())];

    /// <summary>How many of so many new connections the second of two endpoints gets.</summary>
    private static int Share(World world, int firstPort, int count = 400) => Choose(world, count, firstPort).Count(c => c == world.Endpoint(1));

    private static void Since(World world, int endpoint, TimeSpan ago)
    {
        var (index, raw) = world.Maps.Endpoints.ToArray().Single(e => WireAddress.ToAddress(e.Value.Addr).ToString() == world.Endpoint(endpoint));
        raw.Since = FlowClock.Now - (uint)FlowClock.ToTicks(ago);
        world.Maps.Endpoints.Update(index, raw);
    }

    private static string Client(World world, int index) => world.Family == 4 ? $"198.51.100.{20 + index}" : $"2001:db8:100::{20 + index}";

    private static string Far(World world, int index) =>
        FormattableString.Invariant(world.Family == 4 ? (FormattableString)$"10.1.{index >> 8}.{index & 255}" : $"2001:db8:a::{0x1000 + index:x}");
}
