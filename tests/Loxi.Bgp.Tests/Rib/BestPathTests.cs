using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class BestPathTests
{
    private const string Prefix = "203.0.113.0/24";

    private static RibLab Lab(BgpBestPathSettings? choice = null)
        => new(null, new BgpSpeakerSettings(RibLab.LocalAs, IPAddress.Parse("10.0.0.1")) { BestPath = choice ?? new() });

    private static void Beats(Route better, Route worse, BgpBestPathSettings? choice = null)
    {
        foreach (var betterFirst in new[] { true, false })
        {
            var lab = Lab(choice);
            var (a, b) = (lab.Transit(64501), lab.Transit(64502));
            var (left, right) = (better with { AsPath = [64501, .. better.AsPath] }, worse with { AsPath = [64502, .. worse.AsPath] });
            if (betterFirst)
            {
                a.Announce(Prefix, left);
                b.Announce(Prefix, right);
            }
            else
            {
                b.Announce(Prefix, right);
                a.Announce(Prefix, left);
            }

            lab.Best(Prefix).Should().Be("10.0.0.10", "announced {0}", betterFirst ? "first" : "second");
        }
    }

    [Fact]
    public void Rfc4271_9_1_2_2_a_ShorterPath() => Beats(new() { AsPath = [1] }, new() { AsPath = [1, 2] });

    [Fact]
    public void Rfc4271_9_1_2_2_b_LowerOrigin() => Beats(new() { Origin = BgpOrigin.Egp }, new() { Origin = BgpOrigin.Incomplete });

    [Fact]
    public void AlwaysCompareMed_LowerMed() => Beats(new() { Med = 1 }, new() { Med = 2 }, new() { AlwaysCompareMed = true });

    [Fact]
    public void MissingMed_IsTheBest_OrTheWorst()
    {
        Beats(new(), new() { Med = 1 }, new() { AlwaysCompareMed = true });
        Beats(new() { Med = 1 }, new(), new() { AlwaysCompareMed = true, MissingMedIsWorst = true });
    }

    [Fact]
    public void IgnoreAsPathLength_LeavesTheOrigin()
        => Beats(new() { AsPath = [1, 2, 3] }, new() { AsPath = [1], Origin = BgpOrigin.Egp }, new() { IgnoreAsPathLength = true });

    [Fact]
    public void LocalPreference_ComesBeforeThePath()
    {
        var lab = Lab();
        var (a, b) = (lab.Peer(64500), lab.Peer(64500));
        a.Announce(Prefix, new Route { LocalPreference = 200, AsPath = [1, 2, 3] });
        b.Announce(Prefix, new Route { LocalPreference = 100 });

        lab.Best(Prefix).Should().Be("10.0.0.10");
    }

    [Fact]
    public void Rfc4271_9_1_2_2_c_MedsOfOneNeighbouringAsAlone_AreCompared_WhateverTheOrder()
    {
        // A and C are of one AS; C has the better MED. B, of another, is not compared with either.
        Route a = new() { AsPath = [1, 9], Med = 20 }, b = new() { AsPath = [2, 9], Med = 100 }, c = new() { AsPath = [1, 9], Med = 10 };
        foreach (var order in new[] { new[] { 0, 1, 2 }, [2, 1, 0], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1] })
        {
            var lab = Lab(new() { CompareRouterId = true });
            TestPeer[] peers = [lab.Transit(1), lab.Transit(2), lab.Transit(1)];
            Route[] routes = [a, b, c];
            foreach (var i in order)
            {
                peers[i].Announce(Prefix, routes[i]);
            }

            // A is out by c); of B and C the lower identifier is B's.
            lab.Best(Prefix).Should().Be("10.0.0.11", "order {0}", string.Join(',', order));
        }
    }

    [Fact]
    public void Rfc4271_9_1_2_2_d_EbgpBeforeIbgp()
    {
        var lab = Lab();
        var inner = lab.Peer(64500);
        var outer = lab.Transit(64501);
        inner.Announce(Prefix, new Route { LocalPreference = 100, AsPath = [64501] });
        outer.Announce(Prefix, new Route { AsPath = [64501] });

        lab.Best(Prefix).Should().Be("10.0.0.11");
    }

    [Fact]
    public void Rfc5004_TheFirstStaysAmongEqualEbgpPaths_UnlessIdentifiersDecide()
    {
        foreach (var compare in new[] { false, true })
        {
            var lab = Lab(new() { CompareRouterId = compare });
            var (low, high) = (lab.Transit(64501), lab.Transit(64502));
            high.Announce(Prefix, new Route { AsPath = [64502] });
            low.Announce(Prefix, new Route { AsPath = [64501] });

            lab.Best(Prefix).Should().Be(compare ? "10.0.0.10" : "10.0.0.11");
        }
    }

    [Fact]
    public void Rfc4271_9_1_2_2_f_IbgpPaths_LowerIdentifier()
    {
        var lab = Lab();
        var (low, high) = (lab.Peer(64500), lab.Peer(64500));
        high.Announce(Prefix, new Route { LocalPreference = 100 });
        low.Announce(Prefix, new Route { LocalPreference = 100 });

        lab.Best(Prefix).Should().Be("10.0.0.10");
    }

    [Fact]
    public void Rfc4456_9_OriginatorIdStandsForTheIdentifier_ThenTheShorterClusterList()
    {
        var lab = Lab();
        var (a, b) = (lab.Peer(64500), lab.Peer(64500));
        a.Announce(Prefix, new Route { LocalPreference = 100, OriginatorId = 9 });
        b.Announce(Prefix, new Route { LocalPreference = 100, OriginatorId = 8, ClusterList = [5] });
        lab.Best(Prefix).Should().Be("10.0.0.11");

        a.Announce(Prefix, new Route { LocalPreference = 100, OriginatorId = 8, ClusterList = [5, 6] });
        lab.Best(Prefix).Should().Be("10.0.0.11");
        a.Announce(Prefix, new Route { LocalPreference = 100, OriginatorId = 8 });
        lab.Best(Prefix).Should().Be("10.0.0.10");
    }

    [Fact]
    public void Rfc4271_9_1_2_2_g_EqualIdentifiers_LowerAddress()
    {
        var lab = Lab();
        var a = new TestPeer(lab.Rib, lab.Settings(64500)) { Identifier = 7 }.Up();
        var b = new TestPeer(lab.Rib, lab.Settings(64500)) { Identifier = 7 }.Up();
        b.Announce(Prefix, new Route { LocalPreference = 100 });
        a.Announce(Prefix, new Route { LocalPreference = 100 });

        lab.Best(Prefix).Should().Be("10.0.0.10");
    }

    [Fact]
    public void Rfc9494_4_3_LongLivedStale_IsTheLastChoice()
    {
        var lab = Lab();
        var (a, b) = (lab.Peer(64500), lab.Peer(64500));
        a.Announce(Prefix, new Route { LocalPreference = 500, Communities = [0xFFFF0006] });
        b.Announce(Prefix, new Route { LocalPreference = 1, AsPath = [1, 2, 3] });

        lab.Best(Prefix).Should().Be("10.0.0.11");
    }

    [Fact]
    public void ChangedChoice_IsMadeAnew()
    {
        var lab = Lab();
        var (low, high) = (lab.Transit(64501), lab.Transit(64502));
        high.Announce(Prefix, new Route { AsPath = [64502] });
        low.Announce(Prefix, new Route { AsPath = [64501] });
        lab.Best(Prefix).Should().Be("10.0.0.11");

        lab.Rib.Configure(lab.Rib.Speaker with { BestPath = new() { CompareRouterId = true } }, new BgpPolicies());
        RibLab.Settle(lab.Rib);

        lab.Best(Prefix).Should().Be("10.0.0.10");
    }
}
