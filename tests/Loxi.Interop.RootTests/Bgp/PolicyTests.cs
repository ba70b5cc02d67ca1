using System.Collections.Immutable;
using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Loxi.Bgp.Policy;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Policies on both ways of a session, and what happens without one (RFC 8212).</summary>
public sealed class PolicyTests
{
    private static readonly IPNetwork First = IPNetwork.Parse("203.0.113.0/25");
    private static readonly IPNetwork Second = IPNetwork.Parse("203.0.113.128/25");
    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);
    private static readonly IPNetwork Other = IPNetwork.Parse("198.51.100.2/32");

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    public static TheoryData<BgpDaemon, bool> PeersOfBothKinds => new(
        from daemon in Cases.Daemons
        from isInternal in Cases.NoAndYes
        select (daemon, isInternal));

    [Theory]
    [MemberData(nameof(PeersOfBothKinds))]
    public async Task NoPolicy_Rfc8212_RoutesOfAnotherAsAreRejected_AndOwnOnesGoOut(BgpDaemon kind, bool isInternal)
    {
        await using var lab = Lab(kind, isInternal);
        lab.Ours = lab.Ours with { ImportDefaultAccept = null };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our));
        await lab.Peer.WaitForPathAsync(Our);
        await lab.Node.WaitForPeerAsync(lab.TheirAddress, static report => report.Families[0].Received >= 2, "has sent two routes, and FRR ours too");

        var best = lab.Node.ReadRoutes(BgpRouteKind.Best, First);
        var rejected = lab.Node.ReadRoutes(BgpRouteKind.Rejected, First);
        best.Should().HaveCount(isInternal ? 1 : 0);
        rejected.Should().HaveCount(isInternal ? 0 : 1);
        rejected.Should().NotContain(static route => string.IsNullOrEmpty(route.Rejection));
    }

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task ImportPolicy_RejectsAndSets_AndAnotherOneIsInForceWithoutAFlap(BgpDaemon kind)
    {
        await using var lab = Lab(kind);
        lab.Ours = lab.Ours with { ImportDefaultAccept = null, ImportPolicies = ["in"] };
        lab.Node.Configuration = lab.Node.Configuration with
        {
            Policies = Policies(new BgpPolicy("in",
            [
                new BgpPolicyStatement("reject") { Conditions = new() { PrefixSet = new BgpSetMatch("second") }, Actions = new() { Disposition = BgpRouteDisposition.Reject } },
                new BgpPolicyStatement("accept")
                {
                    Actions = new() { Disposition = BgpRouteDisposition.Accept, LocalPreference = 300, Communities = new BgpCommunityAction(BgpCommunityMethod.Add, ["64500:9"]) },
                },
            ])),
        };
        await lab.StartUpAsync();

        var route = (await lab.Node.WaitForRoutesAsync(First, static routes => routes is [{ IsBest: true }], "accepted", BgpRouteKind.Best))[0];
        (route.LocalPreference, route.Communities.Single()).Should().Be((300u, (64500u << 16) | 9));
        await lab.Node.WaitForRoutesAsync(Second, static routes => routes.Length == 1, "rejected", BgpRouteKind.Rejected);

        await lab.Node.ApplyAsync(static configuration => configuration with
        {
            Policies = Policies(new BgpPolicy("in", [new BgpPolicyStatement("accept") { Actions = new() { Disposition = BgpRouteDisposition.Accept, LocalPreference = 400 } }])),
        });
        (await lab.Node.WaitForRoutesAsync(First, static routes => routes is [{ LocalPreference: 400 }], "of the new policy", BgpRouteKind.Best))[0].Communities.Should().BeEmpty();
        await lab.Node.WaitForRoutesAsync(Second, static routes => routes is [{ LocalPreference: 400 }], "accepted", BgpRouteKind.Best);
        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.Established.Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task ExportPolicy_RejectsAndSets_AndAnotherOneIsInForceWithoutAFlap(BgpDaemon kind)
    {
        await using var lab = Lab(kind);
        lab.Ours = lab.Ours with { ExportPolicies = ["out"] };
        lab.Node.Configuration = lab.Node.Configuration with
        {
            Policies = Policies(new BgpPolicy("out",
            [
                new BgpPolicyStatement("reject") { Conditions = new() { PrefixSet = new BgpSetMatch("other") }, Actions = new() { Disposition = BgpRouteDisposition.Reject } },
                new BgpPolicyStatement("set")
                {
                    Actions = new()
                    {
                        Disposition = BgpRouteDisposition.Accept,
                        Med = new BgpMedAction(BgpMedMethod.Set, 77),
                        Prepend = new BgpPrependAction(64500, 2),
                        Communities = new BgpCommunityAction(BgpCommunityMethod.Add, ["64500:9"]),
                        LargeCommunities = new BgpCommunityAction(BgpCommunityMethod.Replace, ["64500:1:2"]),
                    },
                },
            ])),
        };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Other), new BgpAdvertisement(Our));

        var path = await lab.Peer.WaitForPathAsync(Our);
        path.Should().BeEquivalentTo(new { Med = 77u, AsPath = "64500 64500 64500", Communities = new[] { (64500u << 16) | 9 }, LargeCommunities = new[] { new BgpLargeCommunity(64500, 1, 2) } });
        (await lab.Node.Speaker.FlushAsync(TimeSpan.FromSeconds(10))).Should().BeTrue();
        lab.Peer.ReadPaths(Other).Should().BeEmpty();

        await lab.Node.ApplyAsync(static configuration => configuration with { Policies = Policies(new BgpPolicy("out", [new BgpPolicyStatement("nothing")])) });
        await lab.Peer.WaitForPathsAsync(Our, static paths => paths is [{ Med: null or 0, AsPath: "64500" }], "as announced");
        await lab.Peer.WaitForPathAsync(Other);
        lab.Node.ReadPeer(lab.TheirAddress)!.Counters.Established.Should().Be(1);
    }

    private static BgpPolicies Policies(BgpPolicy policy) => new() { PrefixSets = [Set("second", Second), Set("other", Other)], Policies = [policy] };

    private static BgpPrefixSet Set(string name, IPNetwork prefix) => new(name, ImmutableArray.Create(new BgpPrefixRange(prefix)));

    private static PairLab Lab(BgpDaemon kind, bool isInternal = false)
    {
        var lab = new PairLab(kind, isInternal: isInternal);
        lab.TheirRouter = lab.TheirRouter with { Routes = [new PeerRoute(First), new PeerRoute(Second)] };
        return lab;
    }
}
