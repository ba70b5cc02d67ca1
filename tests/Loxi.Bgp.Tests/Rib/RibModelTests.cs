using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

/// <summary>Any history of the RIB leads to what a few dictionaries say, and to what a RIB says that began with the last state.</summary>
public sealed class RibModelTests
{
    private static readonly string[] Prefixes = ["203.0.113.0/24", "203.0.113.0/25", "198.51.100.1/32", "0.0.0.0/0", "198.51.100.2/32"];

    private static readonly BgpPolicies Policies = new()
    {
        PrefixSets = [new("long", [new(IPNetwork.Parse("0.0.0.0/0")) { MinimumLength = 25, MaximumLength = 32 }])],
        CommunitySets = [new("marked", ["64500:1"])],
        Policies =
        [
            new("prefer", [new("1") { Conditions = new() { CommunitySet = new("marked") }, Actions = new() { LocalPreference = 300, Disposition = BgpRouteDisposition.Accept } }]),
            new("long-only", [new("1") { Conditions = new() { PrefixSet = new("long", BgpMatchOption.Invert) }, Actions = new() { Disposition = BgpRouteDisposition.Reject } }]),
            new("tag", [new("1") { Actions = new() { Med = new(BgpMedMethod.Set, 77), Communities = new(BgpCommunityMethod.Add, ["64500:9"]) } }]),
            new("none", [new("1") { Actions = new() { Disposition = BgpRouteDisposition.Reject } }]),
        ],
    };

    private static readonly Gen<(int Kind, int Peer, int Prefix, int Route)[]> Histories = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[0, 11]).Array[0, 80];

    private static RibLab Lab() => new(Policies, new BgpSpeakerSettings(RibLab.LocalAs, IPAddress.Parse("10.0.0.1")) { BestPath = new() { CompareRouterId = true } });

    private static TestPeer[] Peers(RibLab lab) => [lab.Transit(64501), lab.Transit(64502), lab.Transit(64501), lab.Transit(64500), lab.Transit(64500)];

    private static Route RouteOf(TestPeer peer, int route)
    {
        uint[] tail = (route % 4) switch { 0 => [], 1 => [9], 2 => [9, 10], _ => [RibLab.LocalAs] };
        return new Route
        {
            AsPath = peer.IsExternal ? [peer.Settings.RemoteAs, .. tail] : tail,
            LocalPreference = peer.IsExternal ? null : 100 + (uint)(route % 3),
            Med = (route % 5) switch { 0 => null, var m => (uint)m },
            Origin = route == 7 ? BgpOrigin.Egp : BgpOrigin.Igp,
            Communities = (route % 6) switch { 0 => [0xFFFFFF01], 1 => [0xFFFFFF02], 2 => [(64500u << 16) | 1], _ => [] },
            NextHop = peer.Settings.Address.ToString(),
        };
    }

    private static BgpAdvertisement OwnOf(string prefix, int route)
        => new(IPNetwork.Parse(prefix)) { Med = (uint)(route % 3), Prepend = route % 2, LocalPreference = 200, Communities = route > 8 ? [5] : [] };

    private static void Play(RibLab lab, TestPeer[] peers, RibModel model, (int Kind, int Peer, int Prefix, int Route) step)
    {
        var (peer, prefix) = (peers[step.Peer], Prefixes[step.Prefix]);
        var isUp = peer.Peer.Session is not null;
        switch (step.Kind)
        {
            case <= 5 when isUp:
                peer.Announce(prefix, RouteOf(peer, step.Route)).Error.IsNone.Should().BeTrue();
                model.Announce(step.Peer, prefix, RouteOf(peer, step.Route));
                break;
            case <= 7 when isUp:
                peer.Withdraw(prefix);
                model.Withdraw(step.Peer, prefix);
                break;
            case 8:
                lab.Rib.Advertise(OwnOf(prefix, step.Route));
                model.Own[prefix] = OwnOf(prefix, step.Route);
                break;
            case 9:
                lab.Rib.Withdraw(IPNetwork.Parse(prefix)).Should().Be(model.Own.Remove(prefix));
                break;
            case 10 when isUp:
                // Sometimes before the background work is done.
                lab.Rib.Down(peer.Peer, step.Route < 4 ? [BgpFamily.Ipv4Unicast] : []);
                model.Down(step.Peer, step.Route < 4);
                break;
            case 11 when !isUp:
                peer.Up();
                break;
            case 12:
                lab.Rib.PurgeStale(peer.Peer, BgpFamily.Ipv4Unicast);
                model.PurgeStale(step.Peer);
                break;
            case 13 when isUp && step.Route < 6:
                lab.Rib.Refresh(peer.Peer, BgpFamily.Ipv4Unicast, RouteRefreshKind.Request);
                break;
            case 13 when isUp:
                lab.Rib.Refresh(peer.Peer, BgpFamily.Ipv4Unicast, RouteRefreshKind.Begin);
                model.BeginRefresh(step.Peer);
                break;
            case 14 when isUp:
                peer.Take(4096);
                break;
            case 15:
                lab.Rib.Work(step.Route + 1);
                break;
            default:
                break;
        }
    }

    private static void Finish(RibLab lab, TestPeer[] peers)
    {
        RibLab.Settle(lab.Rib);
        foreach (var peer in peers.Where(p => p.Peer.Session is not null))
        {
            peer.Drain();
            peer.EndOfRibs.Should().HaveCount(2);
        }
    }

    [Fact]
    public void AnyHistory_LeadsToWhatTheModelSays()
        => Histories.Sample(
            history =>
            {
                var lab = Lab();
                var peers = Peers(lab);
                var model = new RibModel(peers);
                foreach (var step in history)
                {
                    Play(lab, peers, model, step);
                }

                Finish(lab, peers);
                for (var i = 0; i < peers.Length; i++)
                {
                    lab.Rib.Numbers(peers[i].Peer, BgpFamily.Ipv4Unicast).Received.Should().Be(model.Received(i));
                    if (peers[i].Peer.Session is not null)
                    {
                        Show(peers[i].Told).Should().Be(Show(model.Told(i)), "of peer {0} after {1}", i, string.Join(" ", history));
                        var numbers = lab.Rib.Numbers(peers[i].Peer, BgpFamily.Ipv4Unicast);
                        (numbers.Advertised, numbers.Pending, numbers.OwnMissing, numbers.OwnDesired).Should().Be((peers[i].Told.Count, 0, 0, model.Own.Count));
                    }
                }

                foreach (var prefix in Prefixes)
                {
                    lab.Best(prefix).Should().Be(model.Best(prefix) switch { null => null, -1 => "own", { } best => peers[best].Peer.ToString() });
                }
            },
            iter: 1500);

    [Fact]
    public void AnyHistory_LeavesNothingBehind()
        => Histories.Sample(
            history =>
            {
                var lab = Lab();
                var peers = Peers(lab);
                var model = new RibModel(peers);
                foreach (var step in history)
                {
                    Play(lab, peers, model, step);
                }

                lab.Rib.SetAdvertisements([]);
                foreach (var peer in peers)
                {
                    peer.Down();
                }

                lab.Rib.Families[0].Prefixes.Count.Should().Be(0);
                lab.Rib.Families[0].Paths.Count.Should().Be(0);
                lab.Rib.Families[0].BestCount.Should().Be(0);
                lab.Rib.Families[0].Groups.Should().BeEmpty();
                // The set of the last message is remembered.
                lab.Rib.Attributes.Count.Should().BeLessThanOrEqualTo(1);
            },
            iter: 500);

    [Fact]
    public void SoftReconfiguration_AtAnyTime_IsAFreshStart()
        => Gen.Select(Histories, Gen.Int[0, 127].Array[0, 12]).Sample(
            (history, changes) =>
            {
                var lab = Lab();
                var peers = Peers(lab);
                var model = new RibModel(peers);
                for (var i = 0; i < history.Length; i++)
                {
                    Play(lab, peers, model, history[i]);
                    if (changes.Length > 0 && i % Math.Max(1, history.Length / changes.Length) == 0)
                    {
                        var change = changes[i % changes.Length];
                        var peer = peers[change % peers.Length];
                        peer.Configure(Changed(peer.Settings, change));
                    }
                }

                Finish(lab, peers);

                var fresh = new RibLab(Policies, lab.Rib.Speaker);
                TestPeer[] again = [.. peers.Select(p => fresh.Add(p.Settings))];
                fresh.Rib.SetAdvertisements([.. model.Own.Values]);
                for (var i = 0; i < peers.Length; i++)
                {
                    again[i].Up();
                    foreach (var (prefix, route) in model.RoutesOf(i))
                    {
                        again[i].Announce(prefix, route);
                    }
                }

                Finish(fresh, again);
                for (var i = 0; i < peers.Length; i++)
                {
                    if (peers[i].Peer.Session is not null)
                    {
                        Show(peers[i].Told).Should().Be(Show(again[i].Told), "of peer {0} after {1}", i, string.Join(" ", history));
                    }
                }
            },
            iter: 800);

    private static string Show(Dictionary<(string Prefix, uint PathId), Route> told)
        => string.Join('\n', told.OrderBy(t => t.Key.Prefix, StringComparer.Ordinal).Select(t => $"{t.Key.Prefix} {t.Value}"));

    private static BgpPeerSettings Changed(BgpPeerSettings settings, int change)
    {
        string[][] imports = [[], ["prefer"], ["long-only"], ["long-only", "prefer"]];
        string[][] exports = [[], ["tag"], ["long-only", "tag"], ["none"]];
        return settings with
        {
            ImportPolicies = [.. imports[(change >> 2) & 3]],
            ExportPolicies = [.. exports[(change >> 4) & 3]],
            AllowOwnAs = (change >> 6) & 1,
            NextHopSelf = (change & 2) != 0,
        };
    }
}
