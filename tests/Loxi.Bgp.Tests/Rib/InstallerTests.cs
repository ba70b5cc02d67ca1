using System.Net;
using FluentAssertions;
using Loxi.Core.Routes;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

public sealed class InstallerTests
{
    private const string Prefix = "203.0.113.0/24";

    private static List<string> Take(RibLab lab)
    {
        var changes = new List<RouteChange>();
        while (lab.Rib.TakeRouteChanges(changes, 3) > 0)
        {
        }

        lab.Rib.HasRouteChanges.Should().BeFalse();
        return [.. changes.Select(c => $"{c.Prefix} {string.Join('+', c.NextHops.Select(h => h.Address))}")];
    }

    private static RibLab Lab(int paths = 8)
    {
        var lab = new RibLab(speaker: new BgpSpeakerSettings(RibLab.LocalAs, IPAddress.Parse("10.0.0.1")) { MaximumPaths = paths });
        lab.Rib.EnableInstaller(true);
        return lab;
    }

    [Fact]
    public void EqualPaths_ShareThePrefix_TheBestFirst_AndTheRemovalComesLast()
    {
        var lab = Lab();
        TestPeer[] peers = [lab.Transit(64501), lab.Transit(64502), lab.Transit(64503)];
        foreach (var peer in peers)
        {
            peer.Announce(Prefix, new Route { AsPath = [peer.Settings.RemoteAs] });
        }

        Take(lab).Should().Equal($"{Prefix} 10.0.0.10+10.0.0.11+10.0.0.12");
        peers[1].Announce(Prefix, new Route { AsPath = [64502, 9] });
        Take(lab).Should().Equal($"{Prefix} 10.0.0.10+10.0.0.12");
        peers[0].Down();
        peers[2].Down();
        Take(lab).Should().Equal($"{Prefix} 10.0.0.11");
        peers[1].Down();
        Take(lab).Should().Equal($"{Prefix} ");
        lab.Rib.Families[0].Prefixes.Count.Should().Be(0);
    }

    [Fact]
    public void PathsAreBounded_AndWithinOneAsWhereAsked()
    {
        var lab = Lab(2);
        for (uint i = 0; i < 3; i++)
        {
            lab.Transit(64501 + i).Announce(Prefix, new Route { AsPath = [64501 + i] });
        }

        Take(lab).Should().Equal($"{Prefix} 10.0.0.10+10.0.0.11");

        lab.Rib.Configure(lab.Rib.Speaker with { MaximumPaths = 8, BestPath = new() { MultipathAcrossAses = false } }, new());
        RibLab.Settle(lab.Rib);
        Take(lab).Should().Equal($"{Prefix} 10.0.0.10");
    }

    [Fact]
    public void OwnAnnouncements_AreNotInstalled_AndTakeALearnedRouteOut()
    {
        var lab = Lab();
        lab.Transit(64501).Announce(Prefix, new Route { AsPath = [64501] });
        Take(lab).Should().HaveCount(1);

        lab.Rib.Advertise(new(IPNetwork.Parse(Prefix)));
        Take(lab).Should().Equal($"{Prefix} ");
        lab.Rib.Withdraw(IPNetwork.Parse(Prefix));
        Take(lab).Should().Equal($"{Prefix} 10.0.0.10");
    }

    [Fact]
    public void RouteThatCameAndWent_IsNotMentioned()
    {
        var lab = Lab();
        var peer = lab.Transit(64501);
        peer.Announce(Prefix, new Route { AsPath = [64501] });
        peer.Withdraw(Prefix);

        Take(lab).Should().BeEmpty();
        lab.Rib.Families[0].Prefixes.Count.Should().Be(0);
    }

    [Fact]
    public void TurnedOnLater_HandsEverythingOver()
    {
        var lab = new RibLab();
        lab.Transit(64501).Announce([Prefix, "198.51.100.0/24"], new Route { AsPath = [64501] });
        lab.Rib.HasRouteChanges.Should().BeFalse();

        lab.Rib.EnableInstaller(true);

        Take(lab).Should().HaveCount(2);
    }
}
