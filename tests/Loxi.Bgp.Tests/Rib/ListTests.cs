using System.Net;
using FluentAssertions;
using Loxi.Bgp.Rib;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class ListTests
{
    private static List<RibRoute> All(RibLab lab, RibQuery query)
    {
        var routes = new List<RibRoute>();
        while (true)
        {
            var page = lab.Rib.List(query);
            page.Routes.Count.Should().BeLessThanOrEqualTo(query.Limit);
            routes.AddRange(page.Routes);
            if (page.Next is null)
            {
                return routes;
            }

            query = query with { After = page.Next };
        }
    }

    private static (RibLab Lab, TestPeer A, TestPeer B) Filled()
    {
        var lab = new RibLab();
        var (a, b) = (lab.Transit(64501), lab.Transit(64502));
        string[] prefixes = [.. Enumerable.Range(0, 50).Select(i => $"203.0.{i}.0/24")];
        a.Announce(prefixes, new Route { AsPath = [64501] });
        b.Announce(prefixes[10..], new Route { AsPath = [64502] });
        b.Announce("192.0.2.0/24", new Route { AsPath = [64502, 64500] });
        lab.Rib.Advertise(new(IPNetwork.Parse("198.51.100.1/32")));
        return (lab, a, b);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void EachRouteIsListedOnce_InOrder_HoweverLargeThePage(int limit)
    {
        var (lab, _, _) = Filled();
        var routes = All(lab, new RibQuery(RibRouteKind.Received, BgpFamily.Ipv4Unicast) { Limit = limit });

        routes.Select(r => (r.Prefix.Bits, r.Peer!.Number)).Should().OnlyHaveUniqueItems().And.HaveCount(90).And.BeInAscendingOrder();
        routes.Count(r => r.IsBest).Should().Be(50);
        routes.Count(r => r.IsMultipath).Should().Be(40);
    }

    [Fact]
    public void Rejected_TellsWhy()
    {
        var (lab, _, b) = Filled();
        var route = All(lab, new RibQuery(RibRouteKind.Rejected, BgpFamily.Ipv4Unicast) { Limit = 10 }).Single();

        (RibLab.Text(route.Prefix), route.Peer, route.Rejection).Should().Be(("192.0.2.0/24", b.Peer, RouteRejection.AsLoop));
    }

    [Fact]
    public void Filters_PeerAndNetwork()
    {
        var (lab, _, b) = Filled();

        All(lab, new RibQuery(RibRouteKind.Received, BgpFamily.Ipv4Unicast) { Limit = 10, Peer = b.Peer }).Should().HaveCount(40);
        All(lab, new RibQuery(RibRouteKind.Received, BgpFamily.Ipv4Unicast) { Limit = 10, Within = RibLab.Prefix("203.0.0.0/20") }).Should().HaveCount(22);
        All(lab, new RibQuery(RibRouteKind.Received, BgpFamily.Ipv6Unicast) { Limit = 10 }).Should().BeEmpty();
    }

    [Fact]
    public void Best_HasOwnAnnouncementsToo()
    {
        var (lab, _, _) = Filled();
        var best = All(lab, new RibQuery(RibRouteKind.Best, BgpFamily.Ipv4Unicast) { Limit = 13 });

        best.Should().HaveCount(91);
        best.Single(r => r.Peer is null).IsBest.Should().BeTrue();
    }

    [Fact]
    public void Advertised_IsWhatThePeerHas()
    {
        var (lab, a, b) = Filled();
        var query = new RibQuery(RibRouteKind.Advertised, BgpFamily.Ipv4Unicast) { Limit = 7, Peer = b.Peer };
        All(lab, query).Should().BeEmpty("nothing was sent");

        b.Drain();

        All(lab, query).Select(r => ((RibLab.Text(r.Prefix), r.PathId), Route.Read(r.Block, r.NextHop))).Select(t => t.ToString()).Should().BeEquivalentTo(b.Told.Select(t => (t.Key, t.Value).ToString()));
        All(lab, query with { Peer = a.Peer }).Should().BeEmpty();
    }
}
