using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Node.Bgp;

namespace Loxi.Node.Tests.Bgp;

/// <summary>Configurations.</summary>
internal static class BgpSamples
{
    /// <summary>Every member of a peer, none as usual.</summary>
    public static BgpNeighborArguments Full { get; } = new()
    {
        IPAddress = "2001:db8:1::2",
        RemoteAs = 4_200_000_001,
        RemotePort = 1_790,
        SetMultiHop = true,
        MultihopTtl = 64,
        Description = "spine \"1\" ä",
        LocalAddress = "2001:db8:1::1",
        Interface = "eth0",
        RouterAdvertisements = true,
        LocalAs = 64_999,
        Families = ["ipv6"],
        Passive = true,
        Shutdown = true,
        GtsmHops = 3,
        Password = "geheim \"ä\"",
        HoldTime = 9,
        Keepalive = 2,
        ConnectRetry = 500,
        ConnectRetryLimit = 10_000,
        OpenHoldTime = 60,
        SendHoldTime = 20,
        GracefulRestart = true,
        LongLivedStaleTime = 3_600,
        AddPathReceive = true,
        AddPathSend = 4,
        Role = "route-server-client",
        RoleStrict = true,
        EnforceFirstAs = false,
        AllowOwnAs = 1,
        Ipv4OverIpv6NextHop = true,
        ExtendedMessages = false,
        PrefixLimit = 1_000,
        PrefixWarningPercent = 90,
        PrefixLimitRestart = 600,
        NextHopSelf = false,
        ClusterMember = true,
        ImportPolicies = ["p1"],
        ImportDefault = "accept",
        ExportPolicies = ["p1"],
        ExportDefault = "reject",
        Bfd = "strict-local",
    };

    public static BgpPolicyDefinition Policy { get; } = new()
    {
        Name = "p1",
        Statements =
        [
            new BgpPolicyStatementArguments
            {
                Name = "st1",
                Conditions = new BgpPolicyConditionArguments
                {
                    PrefixSet = new BgpSetCondition { PrefixSet = "prefixes", Option = "invert" },
                    NeighborSet = new BgpSetCondition { NeighborSet = "peers", Option = "any" },
                    Attributes = new BgpConditions
                    {
                        Families = ["ipv4"],
                        AsPathLength = new BgpAsPathLengthCondition { Operator = "le", Value = 3 },
                        AsPathSet = new BgpSetCondition { AsPathSet = "paths", Options = "any" },
                        CommunitySet = new BgpSetCondition { CommunitySet = "c", Options = "all" },
                        ExtendedCommunitySet = new BgpSetCondition { CommunitySet = "e", Options = "any" },
                        LargeCommunitySet = new BgpSetCondition { CommunitySet = "l", Options = "invert" },
                        NextHops = ["192.0.2.0/24", "198.51.100.1/32"],
                        RouteType = "external",
                    },
                },
                Actions = new BgpPolicyActionArguments
                {
                    Disposition = "accept-route",
                    Attributes = new BgpActions
                    {
                        Med = "+10",
                        NextHop = "self",
                        LocalPreference = 200,
                        Communities = new BgpCommunityActionArguments { Option = "add", Communities = ["65000:100", "no-export"] },
                        ExtendedCommunities = new BgpCommunityActionArguments { Option = "replace", Communities = ["rt:65000:1"] },
                        LargeCommunities = new BgpCommunityActionArguments { Option = "remove", Communities = ["65000:1:2"] },
                        Prepend = new BgpPrependArguments { As = "64500", Count = 2 },
                    },
                },
            },
            new BgpPolicyStatementArguments { Name = "st2", Actions = new BgpPolicyActionArguments { Disposition = "reject-route", Attributes = new BgpActions { Prepend = new BgpPrependArguments { As = "last-as", Count = 1 }, NextHop = "192.0.2.9" } } },
        ],
    };

    public static BgpModel WithPolicies()
    {
        var model = BgpModel.Empty;
        void Done(BgpResult result) => result.Should().BeEquivalentTo(new BgpResult(BgpOutcome.Done));
        Done(model.PutSet(BgpSetKind.Prefix, new BgpDefinedSet { Name = "prefixes", Prefixes = [new BgpPrefixRangeArguments { IPPrefix = "10.0.0.0/8", MaskLengthRange = "24..32" }, new BgpPrefixRangeArguments { IPPrefix = "2001:db8::/32" }] }, out model));
        Done(model.PutSet(BgpSetKind.Neighbor, new BgpDefinedSet { Name = "peers", Values = ["192.0.2.2", "198.51.100.0/24"] }, out model));
        Done(model.PutSet(BgpSetKind.AsPath, new BgpDefinedSet { Name = "paths", Values = ["^64500_"] }, out model));
        Done(model.PutSet(BgpSetKind.Community, new BgpDefinedSet { Name = "c", Values = ["65000:1", "no-export"] }, out model));
        Done(model.PutSet(BgpSetKind.ExtCommunity, new BgpDefinedSet { Name = "e", Values = ["rt:65000:1"] }, out model));
        Done(model.PutSet(BgpSetKind.LargeCommunity, new BgpDefinedSet { Name = "l", Values = ["65000:1:2"] }, out model));
        Done(model.PutPolicy(Policy, out model));
        return model;
    }

    public static BgpModel Everything()
    {
        var model = WithPolicies();
        void Done(BgpResult result) => result.Should().BeEquivalentTo(new BgpResult(BgpOutcome.Done));
        Done(model.PutSpeaker(
            new BgpGlobalArguments { LocalAs = 64_500, RouterId = "192.0.2.1", SetNextHopSelf = true, ListenPort = 1_791, ListenAddresses = ["192.0.2.1", "2001:db8::1"], Passive = true, RestartTime = 60, MaximumPaths = 4, BestPath = new BgpBestPathArguments { IgnoreAsPathLength = true, AlwaysCompareMed = true, MissingMedIsWorst = true, CompareRouterId = true, MultipathAcrossAses = false } },
            new BgpDefaults(),
            new StubBgpHost(),
            out model));
        Done(model.PutPeer(new BgpNeighborArguments { IPAddress = "192.0.2.2", RemoteAs = 64_501 }, out model));
        Done(model.PutPeer(Full, out model));
        Done(model.PutPeer(new BgpNeighborArguments { IPAddress = "fe80::2", RemoteAs = 64_502, Interface = "eth1" }, out model));
        Done(model.PutPeer(new BgpNeighborArguments { IPAddress = "fe80::2", RemoteAs = 64_503, Interface = "eth2", HoldTime = 0 }, out model));
        Done(model.PutRange(new BgpDynamicNeighborArguments { Prefix = "198.51.100.0/24", RemoteAs = 64_504, Limit = 10, Password = "geheim", ExportPolicies = ["p1"], NextHopSelf = false }, out model));
        Done(model.PutRange(new BgpDynamicNeighborArguments { Prefix = "fe80::/10", RemoteAs = 64_505, Interface = "eth1", RouterAdvertisements = true, TcpAo = new BgpTcpAoArguments { KeyId = 3, Secret = "geheim", Algorithm = "aes-128-cmac-96" } }, out model));
        return model;
    }
}
