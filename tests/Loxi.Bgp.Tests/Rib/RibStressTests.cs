using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Rib;

/// <summary>Thousands of prefixes that change while peers of every kind read at their own pace: what they end with is what a RIB tells that began with the last state.</summary>
public sealed class RibStressTests
{
    private const int Prefixes = 3_000;

    private static readonly BgpPolicies Policies = new()
    {
        Policies = [new("tag", [new("1") { Actions = new() { Med = new(BgpMedMethod.Set, 77) } }]), new("other", [new("1") { Actions = new() { Communities = new(BgpCommunityMethod.Add, ["64500:9"]) } }])],
    };

    private static string Prefix(int i) => i % 3 == 0 ? $"198.{18 + (i >> 12)}.{(i >> 4) & 255}.{(i & 15) << 4}/28" : i % 3 == 1 ? $"198.{18 + (i >> 12)}.{(i >> 4) & 255}.{i & 15}/32" : $"2001:db8:{i:x}::/48";

    private static TestPeer[] Peers(RibLab lab)
    {
        TestPeer Add(uint remoteAs, bool addPath, Func<BgpPeerSettings, BgpPeerSettings> change)
            => new TestPeer(lab.Rib, change(lab.Settings(remoteAs) with { ImportDefaultAccept = true, ExportDefaultAccept = true })) { AddPathReceive = addPath, Identifier = remoteAs };
        return
        [
            Add(64501, false, s => s), Add(64502, true, s => s), Add(64503, false, s => s with { ExportPolicies = ["tag"] }), Add(64504, false, s => s), Add(64500, false, s => s),
            Add(64505, false, s => s with { AddPathSend = 3 }), Add(64506, false, s => s with { ExportPolicies = ["tag"] }),
        ];
    }

    private static RibLab Lab() => new(Policies, new BgpSpeakerSettings(RibLab.LocalAs, IPAddress.Parse("10.0.0.1")) { BestPath = new() { CompareRouterId = true } });

    private static Route RouteOf(TestPeer peer, int variant)
        => new()
        {
            AsPath = peer.IsExternal ? [peer.Settings.RemoteAs, .. Enumerable.Repeat(9u, variant % 3)] : [.. Enumerable.Repeat(9u, variant % 3)],
            LocalPreference = peer.IsExternal ? null : 100,
            Communities = variant % 5 == 0 ? [(uint)variant] : [],
        };

    private static string[] Show(TestPeer peer)
        => [.. peer.Told.Select(t => $"{t.Key.Prefix} {t.Value}").Order(StringComparer.Ordinal)];

    [Fact]
    public void AnyBurst_ReadAtAnyPace_EndsInTheLastState()
        => Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var lab = Lab();
                var peers = Peers(lab);
                var received = new Dictionary<(int Peer, int Prefix, uint PathId), Route>();
                var own = new Dictionary<int, BgpAdvertisement>();
                foreach (var peer in peers)
                {
                    peer.Up();
                }

                for (var burst = 0; burst < 40; burst++)
                {
                    Burst(random, lab, peers, received, own);
                    foreach (var peer in peers)
                    {
                        for (var takes = random.Next(3) * random.Next(4); takes > 0; takes--)
                        {
                            peer.Take(random.Next(4096, 20_000));
                        }
                    }
                }

                foreach (var peer in peers)
                {
                    RibLab.Settle(lab.Rib);
                    peer.Drain();
                }

                var fresh = Lab();
                TestPeer[] again = [.. Peers(fresh).Select((p, i) => { p.Configure(peers[i].Settings); return p.Up(); })];
                fresh.Rib.SetAdvertisements([.. own.Values]);
                foreach (var ((peer, prefix, pathId), route) in received)
                {
                    again[peer].Announce(Prefix(prefix), route, pathId);
                }

                for (var i = 0; i < peers.Length; i++)
                {
                    Show(peers[i]).Should().Equal(Show(again[i].Drain()), "of peer {0}", i);
                    lab.Rib.Numbers(peers[i].Peer, BgpFamily.Ipv6Unicast).Advertised.Should().Be(peers[i].Told.Keys.Count(k => k.Prefix.Contains(':', StringComparison.Ordinal)));
                }
            },
            iter: 5,
            threads: 2);

    private static void Burst(Random random, RibLab lab, TestPeer[] peers, Dictionary<(int Peer, int Prefix, uint PathId), Route> received, Dictionary<int, BgpAdvertisement> own)
    {
        var index = random.Next(5);
        var peer = peers[index];
        var first = random.Next(Prefixes);
        var last = Math.Min(Prefixes, first + random.Next(1, 400));
        switch (random.Next(10))
        {
            case <= 4:
                for (var i = first; i < last; i++)
                {
                    var pathId = index == 1 ? (uint)random.Next(3) : 0;
                    var route = RouteOf(peer, random.Next(12));
                    received[(index, i, pathId)] = route;
                    peer.Announce(Prefix(i), route, pathId);
                }

                break;
            case 5 or 6:
                foreach (var (_, prefix, pathId) in received.Keys.Where(k => k.Peer == index && k.Prefix >= first && k.Prefix < last).ToList())
                {
                    received.Remove((index, prefix, pathId));
                    peer.Withdraw(Prefix(prefix), pathId);
                }

                break;
            case 7:
                for (var i = first; i < last; i++)
                {
                    own[i] = new(IPNetwork.Parse(Prefix(i))) { Med = (uint)random.Next(3) };
                }

                foreach (var gone in own.Keys.Where(k => k > last).ToList())
                {
                    own.Remove(gone);
                }

                lab.Rib.SetAdvertisements([.. own.Values]);
                break;
            case 8:
                lab.Rib.Down(peer.Peer, []);
                foreach (var key in received.Keys.Where(k => k.Peer == index).ToList())
                {
                    received.Remove(key);
                }

                peer.Up();
                break;
            default:
                var changed = peers[random.Next(peers.Length)];
                changed.Configure(changed.Settings with { ExportPolicies = random.Next(3) switch { 0 => [], 1 => ["tag"], _ => ["other"] } });
                if (random.Next(2) == 0)
                {
                    lab.Rib.Refresh(changed.Peer, BgpFamily.Ipv4Unicast, RouteRefreshKind.Request);
                }

                break;
        }

        lab.Rib.Work(random.Next(1, 2000));
    }
}
