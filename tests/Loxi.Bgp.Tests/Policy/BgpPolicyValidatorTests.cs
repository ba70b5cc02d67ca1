using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Xunit;

namespace Loxi.Bgp.Tests.Policy;

public sealed class BgpPolicyValidatorTests
{
    private static BgpPolicies With(BgpPolicyStatement statement) => new() { Policies = [new("p", [statement])] };

    private static string[] Fields(BgpPolicies policies) => [.. BgpPolicyValidator.Validate(policies).Select(p => p.Field)];

    [Fact]
    public void NothingDefined_IsValid() => BgpPolicyValidator.Validate(new()).Should().BeEmpty();

    [Fact]
    public void EverythingAtOnce_EachNamed()
    {
        var policies = new BgpPolicies
        {
            PrefixSets = [new("a", [new(IPNetwork.Parse("10.0.0.0/16")) { MinimumLength = 8, MaximumLength = 33 }]), new("a", []), new("", [])],
            AsPathSets = [new("as", ["_64500_", "(", "(?<=1)2", "", new string('1', 257)])],
            CommunitySets = [new("c", ["64500:1", "no-export", "4294967295", "65536:1", "[", "6[45]...:.*"])],
            ExtendedCommunitySets = [new("e", ["rt:64500:1", "soo:192.0.2.1:5", "0x0002fbf400000001", "rt:70000:70000", "*"])],
            LargeCommunitySets = [new("l", ["1:2:3", "1:2:3:4(", "1:2"])],
            Policies =
            [
                new("p",
                [
                    new("s")
                    {
                        Conditions = new()
                        {
                            PrefixSet = new("missing", BgpMatchOption.All), PeerSet = new("missing"), AsPathSet = new("missing"), CommunitySet = new("e"), ExtendedCommunitySet = new("e"),
                            LargeCommunitySet = new("l", (BgpMatchOption)9), AsPathLength = new((BgpComparison)7, 1), RouteType = (BgpRouteType)5,
                        },
                        Actions = new()
                        {
                            Disposition = (BgpRouteDisposition)9, Med = new((BgpMedMethod)9, 1), NextHop = new(BgpNextHopMethod.Address), Prepend = new(0, 11),
                            Communities = new(BgpCommunityMethod.Add, ["6.*"]), LargeCommunities = new(BgpCommunityMethod.Remove, ["1:.*", "("]),
                        },
                    },
                    new("s"),
                ]),
            ],
        };

        Fields(policies).Should().BeEquivalentTo(
            "prefixSets[1].name", "prefixSets[2].name", "prefixSets[0].prefixList[0].masklengthRange",
            "asPathSets[0].List[1]", "asPathSets[0].List[2]", "asPathSets[0].List[3]", "asPathSets[0].List[4]",
            "communitySets[0].List[3]", "communitySets[0].List[4]", "extCommunitySets[0].List[3]", "extCommunitySets[0].List[4]", "largeCommunitySets[0].List[1]",
            "policies[0].statements[1].name",
            "policies[0].statements[0].conditions.matchPrefixSet.prefixSet", "policies[0].statements[0].conditions.matchPrefixSet.matchSetOption",
            "policies[0].statements[0].conditions.matchNeighborSet.neighborSet", "policies[0].statements[0].conditions.bgpConditions.matchAsPathSet.asPathSet",
            "policies[0].statements[0].conditions.bgpConditions.matchCommunitySet.communitySet", "policies[0].statements[0].conditions.bgpConditions.matchLargeCommunitySet.matchSetOption",
            "policies[0].statements[0].conditions.bgpConditions.asPathLength.operator", "policies[0].statements[0].conditions.bgpConditions.routeType",
            "policies[0].statements[0].actions.routeDisposition", "policies[0].statements[0].actions.bgpActions.setMed", "policies[0].statements[0].actions.bgpActions.setNextHop",
            "policies[0].statements[0].actions.bgpActions.setAsPathPrepend.as", "policies[0].statements[0].actions.bgpActions.setAsPathPrepend.repeatN",
            "policies[0].statements[0].actions.bgpActions.setCommunity.setCommunityMethod[0]", "policies[0].statements[0].actions.bgpActions.setLargeCommunity.setCommunityMethod[1]");
    }

    [Theory]
    [InlineData("224.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("ff02::1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    public void NextHopThatIsNoUnicastAddress_IsRefused(string address)
        => Fields(With(new("s") { Actions = new() { NextHop = new(BgpNextHopMethod.Address, IPAddress.Parse(address)) } })).Should().ContainSingle().Which.Should().EndWith("setNextHop");

    [Theory]
    [InlineData("65536:1")]
    [InlineData("65000:65536")]
    [InlineData("4294967296")]
    [InlineData("1:2:3")]
    public void NumbersThatAreNoCommunity_AreNoExpressionEither(string text)
        => Fields(new() { CommunitySets = [new("c", [text])] }).Should().Equal("communitySets[0].List[0]");

    [Theory]
    [InlineData("rt:65536:4294967296")]
    [InlineData("soo:1:2:3")]
    public void NumbersThatAreNoExtendedCommunity_AreNoExpressionEither(string text)
        => Fields(new() { ExtendedCommunitySets = [new("c", [text])] }).Should().Equal("extCommunitySets[0].List[0]");

    [Theory]
    [InlineData("65000:")]
    [InlineData(":100")]
    [InlineData("^65536:1$")]
    [InlineData("6500[0-9]:1")]
    public void PartsOfACommunity_AreExpressions(string text) => Fields(new() { CommunitySets = [new("c", [text])] }).Should().BeEmpty();

    [Fact]
    public void NumbersThatAreNoLargeCommunity_AreNoExpressionEither()
        => Fields(new() { LargeCommunitySets = [new("c", ["4294967296:1:2", "1:2", "1:2:3:4"])] }).Should().Equal("largeCommunitySets[0].List[0]", "largeCommunitySets[0].List[2]");

    [Fact]
    public void ExpressionThatWouldNeedTooManyStates_IsRefused()
        => Fields(new() { CommunitySets = [new("c", ["((a{999}){999}){999}"])] }).Should().Equal("communitySets[0].List[0]");

    [Fact]
    public void TooMany_IsSaid()
        => Fields(new() { CommunitySets = [new("c", [.. Enumerable.Range(0, 10_001).Select(i => $"{i}")])] }).Should().Equal("communitySets[0].List");

    [Fact]
    public void NamesOfAPeer_MustExist_EachOnce()
        => BgpPolicyValidator.ValidateNames(["p", "q", "p"], With(new("s")), "peers[3].importPolicies").Select(p => p.Field)
            .Should().Equal("peers[3].importPolicies[1]", "peers[3].importPolicies[2]");

    [Theory]
    [InlineData("10.0.0.0/8", "24..32", 24, 32)]
    [InlineData("10.0.0.0/8", "", 8, 8)]
    [InlineData("2001:db8::/32", "48..128", 48, 128)]
    public void PrefixRange_RoundTrips(string network, string range, int low, int high)
    {
        BgpPrefixRange.TryParse(network, range, out var parsed).Should().BeTrue();

        (parsed.MinimumLength ?? 8, parsed.MaximumLength ?? 8).Should().Be((low, high));
        parsed.MaskLengthRange().Should().Be(range);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "24-32")]
    [InlineData("10.0.0.0/8", "..32")]
    [InlineData("10.0.0.0/8", "24..")]
    [InlineData("10.0.0.0/8", "-1..24")]
    [InlineData("10.0.0.0/33", "")]
    [InlineData(null, "")]
    public void PrefixRange_ThatIsNone_IsRefused(string? network, string range) => BgpPrefixRange.TryParse(network, range, out _).Should().BeFalse();

    [Theory]
    [InlineData("100", BgpMedMethod.Set, 100u)]
    [InlineData("+10", BgpMedMethod.Add, 10u)]
    [InlineData("-4294967295", BgpMedMethod.Subtract, 4294967295u)]
    public void Med_RoundTrips(string text, BgpMedMethod method, uint value)
    {
        BgpMedAction.TryParse(text, out var action).Should().BeTrue();

        action.Should().Be(new BgpMedAction(method, value));
        action!.ToString().Should().Be(text);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("+")]
    [InlineData("4294967296")]
    [InlineData("1x")]
    [InlineData("+-1")]
    public void Med_ThatIsNone_IsRefused(string? text) => BgpMedAction.TryParse(text, out _).Should().BeFalse();
}
