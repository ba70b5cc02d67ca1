using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Tests.Rib;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Policy;

public sealed class PolicyChainTests
{
    private const uint Community = (64500u << 16) | 1;

    private static readonly Route Base = new() { AsPath = [64501, 64502, 9], NextHop = "10.0.0.10", Med = 50 };

    private static (PolicyVerdict Verdict, Route Route) Run(BgpPolicies policies, Route route, string prefix = "203.0.113.0/24", BgpRouteType type = BgpRouteType.External, params string[] names)
    {
        var chain = new CompiledPolicies(policies).Chain(names.Length == 0 ? [policies.Policies[0].Name] : [.. names]);
        var editor = new RouteEditor();
        editor.Load(new(route.Write()), NextHop.From(IPAddress.Parse(route.NextHop)));
        var verdict = chain.Apply(new(RibLab.Prefix(prefix), RibLab.Prefix("10.0.0.10/32"), type, RibLab.LocalAs, CanPrepend: true), editor);
        return (verdict, Route.Read(editor.Block, editor.NextHop));
    }

    private static bool Matches(BgpPolicies sets, BgpPolicyConditions conditions, Route? route = null, string prefix = "203.0.113.0/24", BgpRouteType type = BgpRouteType.External)
        => Run(sets with { Policies = [new("p", [new("s") { Conditions = conditions, Actions = new() { Disposition = BgpRouteDisposition.Accept } }])] }, route ?? Base, prefix, type).Verdict
            == PolicyVerdict.Accept;

    private static Route Changed(BgpPolicyActions actions, Route? route = null) => Run(new() { Policies = [new("p", [new("s") { Actions = actions }])] }, route ?? Base).Route;

    [Theory]
    [InlineData("203.0.113.0/24", true)]
    [InlineData("203.0.113.0/25", true)]
    [InlineData("203.0.113.128/28", true)]
    [InlineData("203.0.113.128/29", false)]
    [InlineData("203.0.112.0/23", false)]
    [InlineData("198.51.100.0/24", true)]
    [InlineData("198.51.100.0/25", false)]
    [InlineData("192.0.2.0/24", false)]
    [InlineData("2001:db8:1::/48", true)]
    [InlineData("2001:db9::/48", false)]
    public void PrefixSet_MatchesNetworkAndLength_AndInverts(string prefix, bool expected)
    {
        var sets = new BgpPolicies
        {
            PrefixSets =
            [
                new("s",
                [
                    new(IPNetwork.Parse("203.0.113.0/24")) { MinimumLength = 24, MaximumLength = 28 }, new(IPNetwork.Parse("198.51.100.0/24")),
                    new(IPNetwork.Parse("2001:db8::/32")) { MinimumLength = 48, MaximumLength = 64 },
                ]),
            ],
        };

        Matches(sets, new() { PrefixSet = new("s") }, prefix: prefix).Should().Be(expected);
        Matches(sets, new() { PrefixSet = new("s", BgpMatchOption.Invert) }, prefix: prefix).Should().Be(!expected);
    }

    [Theory]
    [InlineData("^64501_", true)]
    [InlineData("_64502_", true)]
    [InlineData("_64502$", false)]
    [InlineData("_9$", true)]
    [InlineData("^$", false)]
    [InlineData("^64501 64502", true)]
    [InlineData("_6450[23]_", true)]
    [InlineData("_450_", false)]
    [InlineData("^64501_64502_9$", true)]
    [InlineData("(64501|1) .*9", true)]
    public void AsPathSet_MatchesAsWholeNumbers(string pattern, bool expected)
        => Matches(new() { AsPathSets = [new("s", [pattern])] }, new() { AsPathSet = new("s") }).Should().Be(expected);

    [Theory]
    [InlineData(BgpMatchOption.Any, true)]
    [InlineData(BgpMatchOption.All, false)]
    [InlineData(BgpMatchOption.Invert, false)]
    public void AsPathSet_Options(BgpMatchOption option, bool expected)
        => Matches(new() { AsPathSets = [new("s", ["_64502_", "_1_"])] }, new() { AsPathSet = new("s", option) }).Should().Be(expected);

    [Theory]
    [InlineData(BgpMatchOption.Any, new[] { "64500:1", "no-export" }, true)]
    [InlineData(BgpMatchOption.All, new[] { "64500:1", "no-export" }, false)]
    [InlineData(BgpMatchOption.All, new[] { "64500:1", "^64501:" }, true)]
    [InlineData(BgpMatchOption.Invert, new[] { "64500:1" }, false)]
    [InlineData(BgpMatchOption.Invert, new[] { "64500:2" }, true)]
    [InlineData(BgpMatchOption.Any, new[] { "^6450[01]:2$" }, true)]
    [InlineData(BgpMatchOption.Any, new[] { "^645:2$" }, false)]
    public void CommunitySet_Options(BgpMatchOption option, string[] set, bool expected)
        => Matches(new() { CommunitySets = [new("s", [.. set])] }, new() { CommunitySet = new("s", option) }, Base with { Communities = [Community, (64501u << 16) | 2] }).Should().Be(expected);

    [Theory]
    [InlineData("rt:64500:7", true)]
    [InlineData("soo:64500:7", false)]
    [InlineData("^rt:645", true)]
    [InlineData("0x0002fbf400000007", true)]
    public void ExtendedCommunitySet(string member, bool expected)
        => Matches(new() { ExtendedCommunitySets = [new("s", [member])] }, new() { ExtendedCommunitySet = new("s") }, Base with { ExtendedCommunities = [0x0002FBF400000007] }).Should().Be(expected);

    [Theory]
    [InlineData("64500:1:2", true)]
    [InlineData("64500:1:3", false)]
    [InlineData(":1:", true)]
    public void LargeCommunitySet(string member, bool expected)
        => Matches(new() { LargeCommunitySets = [new("s", [member])] }, new() { LargeCommunitySet = new("s") }, Base with { LargeCommunities = [new(64500, 1, 2)] }).Should().Be(expected);

    [Theory]
    [InlineData(BgpComparison.Equal, 3u, true)]
    [InlineData(BgpComparison.Equal, 2u, false)]
    [InlineData(BgpComparison.AtLeast, 3u, true)]
    [InlineData(BgpComparison.AtLeast, 4u, false)]
    [InlineData(BgpComparison.AtMost, 3u, true)]
    [InlineData(BgpComparison.AtMost, 2u, false)]
    public void AsPathLength(BgpComparison comparison, uint value, bool expected) => Matches(new(), new() { AsPathLength = new(comparison, value) }).Should().Be(expected);

    [Fact]
    public void OtherConditions()
    {
        Matches(new(), new() { NextHops = [IPNetwork.Parse("10.0.0.0/24")] }).Should().BeTrue();
        Matches(new(), new() { NextHops = [IPNetwork.Parse("10.0.0.11/32")] }).Should().BeFalse();
        Matches(new(), new() { RouteType = BgpRouteType.External }).Should().BeTrue();
        Matches(new(), new() { RouteType = BgpRouteType.Local }).Should().BeFalse();
        Matches(new(), new() { Families = [BgpFamily.Ipv6Unicast] }).Should().BeFalse();
        Matches(new(), new() { Families = [BgpFamily.Ipv6Unicast, BgpFamily.Ipv4Unicast] }).Should().BeTrue();
        Matches(new() { PeerSets = [new("s", [IPNetwork.Parse("10.0.0.0/28")])] }, new() { PeerSet = new("s") }).Should().BeTrue();
        Matches(new() { PeerSets = [new("s", [IPNetwork.Parse("10.0.0.0/28")])] }, new() { PeerSet = new("s", BgpMatchOption.Invert) }).Should().BeFalse();
    }

    [Theory]
    [InlineData("7", 7u)]
    [InlineData("+7", 57u)]
    [InlineData("-7", 43u)]
    [InlineData("-60", 0u)]
    [InlineData("+4294967295", 4294967295u)]
    public void Med(string text, uint expected)
    {
        BgpMedAction.TryParse(text, out var action).Should().BeTrue();

        Changed(new() { Med = action }).Med.Should().Be(expected);
    }

    [Fact]
    public void Actions()
    {
        Changed(new() { LocalPreference = 7 }).LocalPreference.Should().Be(7);
        Changed(new() { NextHop = new(BgpNextHopMethod.Address, IPAddress.Parse("10.1.1.1")) }).NextHop.Should().Be("10.1.1.1");
        Changed(new() { NextHop = new(BgpNextHopMethod.Address, IPAddress.Parse("2001:db8::1")) }).NextHop.Should().Be("10.0.0.10", "of the other family");
        Changed(new() { Prepend = new(7, 2) }).AsPath.Should().Equal(7u, 7u, 64501u, 64502u, 9u);
        Changed(new() { Prepend = new(null, 1) }).AsPath.Should().Equal(64501u, 64501u, 64502u, 9u);
        Changed(new() { Prepend = new(null, 2) }, Base with { AsPath = [] }).AsPath.Should().Equal(RibLab.LocalAs, RibLab.LocalAs);
    }

    [Fact]
    public void Communities_AddRemoveReplace()
    {
        var route = Base with { Communities = [Community, 7], ExtendedCommunities = [0x0002FBF400000007], LargeCommunities = [new(64500, 2, 2)] };
        Changed(new() { Communities = new(BgpCommunityMethod.Add, ["64500:1", "64500:3"]) }, route).Communities.Should().Equal(Community, 7u, Community + 2);
        Changed(new() { Communities = new(BgpCommunityMethod.Remove, ["64500:1"]) }, route).Communities.Should().Equal(7u);
        Changed(new() { Communities = new(BgpCommunityMethod.Remove, ["^64500:"]) }, route).Communities.Should().Equal(7u);
        Changed(new() { Communities = new(BgpCommunityMethod.Remove, [".*"]) }, route).Communities.Should().BeEmpty();
        Changed(new() { Communities = new(BgpCommunityMethod.Replace, ["blackhole"]) }, route).Communities.Should().Equal(0xFFFF029Au);
        Changed(new() { Communities = new(BgpCommunityMethod.Replace, []) }, route).Communities.Should().BeEmpty();
        Changed(new() { ExtendedCommunities = new(BgpCommunityMethod.Add, ["soo:192.0.2.1:5"]) }, route).ExtendedCommunities.Should().Equal(0x0002FBF400000007, 0x0103C00002010005);
        Changed(new() { LargeCommunities = new(BgpCommunityMethod.Add, ["64500:1:1", "64500:2:2"]) }, route).LargeCommunities.Should().Equal(new BgpLargeCommunity(64500, 1, 1), new BgpLargeCommunity(64500, 2, 2));
    }

    [Fact]
    public void Statements_GoOnUntilOneDecides_AlsoAcrossPolicies()
    {
        var policies = new BgpPolicies
        {
            Policies =
            [
                new("first", [new("1") { Actions = new() { Med = new(BgpMedMethod.Set, 1) } }, new("2") { Actions = new() { LocalPreference = 2 } }]),
                new("second", [new("1") { Conditions = new() { RouteType = BgpRouteType.Local }, Actions = new() { Disposition = BgpRouteDisposition.Reject } },
                    new("2") { Actions = new() { Disposition = BgpRouteDisposition.Accept } }, new("3") { Actions = new() { Disposition = BgpRouteDisposition.Reject } }]),
            ],
        };

        var (verdict, route) = Run(policies, Base, names: ["first", "second"]);

        (verdict, route.Med, route.LocalPreference).Should().Be((PolicyVerdict.Accept, 1u, 2u));
        Run(policies, Base, names: ["first"]).Verdict.Should().Be(PolicyVerdict.Undecided);
        Run(policies, Base, type: BgpRouteType.Local, names: ["second"]).Verdict.Should().Be(PolicyVerdict.Reject);
    }

    [Fact]
    public void HostileExpression_TakesNoTime()
        => Matches(new() { AsPathSets = [new("s", ["^(([0-9]+ )+)+x$"])] }, new() { AsPathSet = new("s") }, Base with { AsPath = [.. Enumerable.Repeat(64501u, 250)] }).Should().BeFalse();
}
