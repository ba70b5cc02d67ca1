using System.Net;
using FluentAssertions;
using Loxi.Core;
using Xunit;

namespace Loxi.Bgp.Tests.Settings;

public sealed class BgpConfigurationValidatorTests
{
    private const string AnAs = "1 to 4294967295, not 23456";
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";
    private static readonly BgpSpeakerSettings Speaker = new(64_500, IPAddress.Parse("192.0.2.1"));
    private static readonly BgpPeerSettings Peer = new(IPAddress.Parse("192.0.2.2"), 64_501);

    public static TheoryData<string, Func<BgpPeerSettings, BgpPeerSettings>, string, string> WrongPeers => new()
    {
        { "address", static p => p with { Address = IPAddress.Any }, "0.0.0.0", Unicast },
        { "address", static p => p with { Address = IPAddress.Parse("224.0.0.1") }, "224.0.0.1", Unicast },
        { "address", static p => p with { Address = IPAddress.Parse("ff02::1") }, "ff02::1", Unicast },
        { "address", static p => p with { Address = IPAddress.Parse("::ffff:192.0.2.1") }, "::ffff:192.0.2.1", Unicast },
        { "interface", static p => p with { Address = IPAddress.Parse("fe80::2") }, "", "the interface of the link-local peer fe80::2" },
        { "interface", static p => p with { Interface = "a b" }, "a b", "1 to 15 bytes without white space, '/' and ':', not '.' or '..'" },
        { "routerAdvertisements", static p => p with { RouterAdvertisements = true }, "true", "false without an interface" },
        { "remoteAs", static p => p with { RemoteAs = 0 }, "0", AnAs },
        { "remoteAs", static p => p with { RemoteAs = 23_456 }, "23456", AnAs },
        { "localAs", static p => p with { LocalAs = 0 }, "0", AnAs },
        { "remotePort", static p => p with { RemotePort = 0 }, "0", "1 to 65535" },
        { "remotePort", static p => p with { RemotePort = 65_536 }, "65536", "1 to 65535" },
        { "localAddress", static p => p with { LocalAddress = IPAddress.Parse("2001:db8::1") }, "2001:db8::1", "an address of the family of the peer 192.0.2.2" },
        { "localAddress", static p => p with { LocalAddress = IPAddress.Parse("192.0.2.2") }, "192.0.2.2", "another address than the peer's" },
        { "localAddress", static p => p with { LocalAddress = IPAddress.Broadcast }, "255.255.255.255", Unicast },
        { "families", static p => p with { Families = [] }, "", "at least one family, each once" },
        { "families", static p => p with { Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv4Unicast] }, "Ipv4Unicast,Ipv4Unicast", "at least one family, each once" },
        { "multihopTtl", static p => p with { MultihopTtl = 0 }, "0", "1 to 255" },
        { "gtsmHops", static p => p with { GtsmHops = 255 }, "255", "1 to 254" },
        { "md5Password", static p => p with { Md5Password = "" }, "0 bytes", "1 to 80 bytes of text" },
        { "md5Password", static p => p with { Md5Password = new string('ä', 41) }, "82 bytes", "1 to 80 bytes of text" },
        { "tcpAo.secret", static p => p with { TcpAo = new BgpTcpAoKey(1, "") }, "0 bytes", "1 to 80 bytes of text" },
        { "tcpAo.secret", static p => p with { TcpAo = new BgpTcpAoKey(1, new string('ä', 41)) }, "82 bytes", "1 to 80 bytes of text" },
        { "tcpAo", static p => p with { TcpAo = new BgpTcpAoKey(1, "geheim"), Md5Password = "geheim" }, "key 1 HmacSha1", "a key with a known algorithm, and none of TCP MD5 beside it" },
        { "tcpAo", static p => p with { TcpAo = new BgpTcpAoKey(1, "geheim") { Algorithm = (BgpTcpAoAlgorithm)2 } }, "key 1 2", "a key with a known algorithm, and none of TCP MD5 beside it" },
        { "holdTime", static p => p with { HoldTime = TimeSpan.FromSeconds(1) }, "1 s", "0, or 3 to 65535 whole seconds" },
        { "holdTime", static p => p with { HoldTime = TimeSpan.FromSeconds(2) }, "2 s", "0, or 3 to 65535 whole seconds" },
        { "holdTime", static p => p with { HoldTime = TimeSpan.FromSeconds(3.5) }, "3.5 s", "0, or 3 to 65535 whole seconds" },
        { "keepaliveInterval", static p => p with { KeepaliveInterval = TimeSpan.Zero }, "0 s", "1 to 65535 whole seconds" },
        { "connectRetryTime", static p => p with { ConnectRetryTime = TimeSpan.FromMilliseconds(99) }, "0.099 s", "0.1 to 300 s" },
        { "connectRetryLimit", static p => p with { ConnectRetryLimit = TimeSpan.FromSeconds(0.5) }, "0.5 s", "1 s, the first ConnectRetry time, to 3600 s" },
        { "openHoldTime", static p => p with { OpenHoldTime = TimeSpan.FromSeconds(3_601) }, "3601 s", "3 to 3600 whole seconds" },
        { "sendHoldTime", static p => p with { SendHoldTime = TimeSpan.FromSeconds(2) }, "2 s", "3 to 65535 whole seconds" },
        { "longLivedStaleTime", static p => p with { LongLivedStaleTime = TimeSpan.FromSeconds(60) }, "60 s", "none without graceful restart" },
        { "addPathSend", static p => p with { AddPathSend = 65 }, "65", "1 to 64" },
        { "role", static p => p with { Role = BgpRole.Customer, LocalAs = 64_501 }, "Customer", "none towards a peer of the own AS" },
        { "role", static p => p with { Role = BgpRole.Peer, RemoteAs = 64_500 }, "Peer", "none towards a peer of the own AS" },
        { "roleStrict", static p => p with { RoleStrict = true }, "true", "false without a role" },
        { "allowOwnAs", static p => p with { AllowOwnAs = 11 }, "11", "0 to 10" },
        { "prefixLimit", static p => p with { PrefixLimit = 0 }, "0", "1 to 10000000" },
        { "prefixWarningPercent", static p => p with { PrefixWarningPercent = 101 }, "101", "1 to 100" },
        { "prefixLimitRestart", static p => p with { PrefixLimitRestart = TimeSpan.FromDays(2) }, "172800 s", "1 to 86400 whole seconds" },
        { "importPolicies[1]", static p => p with { ImportPolicies = ["a", "a"] }, "a", "the name of a policy, each once" },
        { "exportPolicies[0]", static p => p with { ExportPolicies = [""] }, "", "the name of a policy, each once" },
        { "bfd", static p => p with { Bfd = (BgpBfdMode)4 }, "4", "0 to 3" },
        { "description", static p => p with { Description = new string('x', 129) }, new string('x', 125) + "...", "at most 128 characters" },
    };

    public static TheoryData<string, Func<BgpSpeakerSettings, BgpSpeakerSettings>, string, string> WrongSpeakers => new()
    {
        { "localAs", static s => s with { LocalAs = 23_456 }, "23456", AnAs },
        { "routerId", static s => s with { RouterId = IPAddress.Any }, "0.0.0.0", "an IPv4 address that is not 0.0.0.0" },
        { "routerId", static s => s with { RouterId = IPAddress.IPv6Loopback }, "::1", "an IPv4 address that is not 0.0.0.0" },
        { "listenPort", static s => s with { ListenPort = 65_536 }, "65536", "0 to 65535" },
        { "listenAddresses[1]", static s => s with { ListenAddresses = [IPAddress.Loopback, IPAddress.Loopback] }, "127.0.0.1", "each address once" },
        { "listenAddresses[0]", static s => s with { ListenAddresses = [IPAddress.IPv6Any] }, "::", Unicast },
        { "restartTime", static s => s with { RestartTime = TimeSpan.FromSeconds(4_096) }, "4096 s", "1 to 4095 whole seconds" },
        { "maximumPaths", static s => s with { MaximumPaths = 0 }, "0", "1 to 64" },
    };

    [Theory]
    [MemberData(nameof(WrongPeers))]
    public void Peer_WrongValue_IsNamedAlone(string field, Func<BgpPeerSettings, BgpPeerSettings> change, string value, string expected) =>
        BgpConfigurationValidator.Validate(new BgpConfiguration(Speaker) { Peers = [Peer with { Address = IPAddress.Parse("192.0.2.9") }, change(Peer)] })
            .Should().Equal(new Problem("peers[1]." + field, value, expected));

    [Theory]
    [MemberData(nameof(WrongSpeakers))]
    public void Speaker_WrongValue_IsNamedAlone(string field, Func<BgpSpeakerSettings, BgpSpeakerSettings> change, string value, string expected) =>
        BgpConfigurationValidator.Validate(new BgpConfiguration(change(Speaker))).Should().Equal(new Problem("speaker." + field, value, expected));

    [Fact]
    public void GoodSettings_HaveNoProblem()
    {
        var everything = Peer with
        {
            Address = IPAddress.Parse("2001:db8::2"),
            LocalAddress = IPAddress.Parse("2001:db8::1"),
            Interface = "eth0",
            LocalAs = 64_502,
            Families = [BgpFamily.Ipv6Unicast],
            MultihopTtl = 255,
            GtsmHops = 254,
            Md5Password = new string('x', 80),
            HoldTime = TimeSpan.Zero,
            KeepaliveInterval = TimeSpan.FromSeconds(1),
            SendHoldTime = TimeSpan.FromSeconds(3),
            GracefulRestart = true,
            LongLivedStaleTime = TimeSpan.FromSeconds(16_777_215),
            AddPathSend = 64,
            Role = BgpRole.Customer,
            RoleStrict = true,
            PrefixLimit = 10_000_000,
            PrefixLimitRestart = TimeSpan.FromDays(1),
            ImportPolicies = ["a", "b"],
            Bfd = BgpBfdMode.StrictLocal,
        };
        var sameOnOtherLinks = Enumerable.Range(0, 2).Select(static i => new BgpPeerSettings(IPAddress.Parse("fe80::2"), 64_501) { Interface = $"eth{i}" });

        BgpConfigurationValidator.Validate(new BgpConfiguration(Speaker with { ListenPort = 0 })
        {
            Peers = [Peer, everything, .. sameOnOtherLinks, new BgpPeerSettings(IPAddress.Parse("fe80::2%3"), 64_501), new BgpPeerSettings(IPAddress.Parse("fe80::2%4"), 64_501)],
            PeerRanges =
            [
                new BgpPeerRange(IPNetwork.Parse("198.51.100.0/24"), Peer with { Address = IPAddress.Any }),
                .. Enumerable.Range(0, 2).Select(static i => new BgpPeerRange(IPNetwork.Parse("fe80::/10"), Peer with { Interface = $"eth{i}" })),
                new BgpPeerRange(IPNetwork.Parse("0.0.0.0/0"), Peer),
            ],
        }).Should().BeEmpty();
    }

    [Fact]
    public void PeersAndRanges_AreComparedWithEachOther()
    {
        var range = new BgpPeerRange(IPNetwork.Parse("198.51.100.0/24"), Peer with { RemoteAs = 0 });

        BgpConfigurationValidator.Validate(new BgpConfiguration(Speaker) { Peers = [Peer, Peer], PeerRanges = [range with { Settings = Peer }, range with { Limit = 0 }] }).Should().Equal(
            new Problem("peers[1].address", "192.0.2.2", "another address, or of a link-local one another interface, than peers[0] has"),
            new Problem("peerRanges[1].remoteAs", "0", AnAs),
            new Problem("peerRanges[1].limit", "0", "1 to 10000"),
            new Problem("peerRanges[1].network", "198.51.100.0/24", "other addresses than the ranges before have"));
    }

    public static TheoryData<string, string, Func<BgpPeerSettings, BgpPeerSettings>, string, string> WrongRanges => new()
    {
        { "network", "224.0.0.0/4", static p => p, "224.0.0.0/4", "unicast addresses" },
        { "network", "ff00::/8", static p => p, "ff00::/8", "unicast addresses" },
        { "interface", "fe80::/10", static p => p, "", "the interface of the link-local peer fe80::" },
        { "localAddress", "2001:db8::/32", static p => p with { LocalAddress = IPAddress.Parse("192.0.2.1") }, "192.0.2.1", "an address of the family of the peer 2001:db8::" },
        { "routerAdvertisements", "2001:db8::/32", static p => p with { RouterAdvertisements = true }, "true", "false without an interface" },
    };

    [Theory]
    [MemberData(nameof(WrongRanges))]
    public void Range_WrongValue_IsNamedAlone(string field, string network, Func<BgpPeerSettings, BgpPeerSettings> change, string value, string expected) =>
        BgpConfigurationValidator.Validate(new BgpConfiguration(Speaker) { PeerRanges = [new BgpPeerRange(IPNetwork.Parse(network), change(Peer))] })
            .Should().Equal(new Problem("peerRanges[0]." + field, value, expected));

    [Theory]
    [InlineData("fe80::2%3", null, "fe80::2%3")]
    [InlineData("fe80::2%3", "eth0", "fe80::2%eth0")]
    [InlineData("2001:db8::2", "eth0", "2001:db8::2")]
    public void Key_OfALinkLocalPeer_HasItsLinkByNameOrNumber(string address, string? link, string key) =>
        BgpPeerKey.Of(new BgpPeerSettings(IPAddress.Parse(address), 1) { Interface = link }).ToString().Should().Be(key);

    [Fact]
    public void TextOfAPeer_HidesItsPassword() =>
        new BgpPeerReport(BgpPeerKey.Of(Peer), Peer with { Md5Password = "geheim" }, BgpState.Idle).ToString().Should().Contain("192.0.2.2 AS 64501").And.NotContain("geheim");

    [Fact]
    public void EveryProblem_IsListedAndNoPasswordIsShown()
    {
        var problems = BgpConfigurationValidator.Validate(Peer with { RemoteAs = 0, RemotePort = 0, Md5Password = new string('g', 81), HoldTime = TimeSpan.FromSeconds(1) });

        problems.Select(static p => p.Field).Should().BeEquivalentTo("remoteAs", "remotePort", "md5Password", "holdTime");
        problems.Should().NotContain(static p => p.Value.Contains('g'));
    }
}
