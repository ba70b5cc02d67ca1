using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class BgpStatePathsTests : IAsyncLifetime
{
    private const string Peers = "/loxi/v1/bgp/peers";
    private const string Routes = "/loxi/v1/bgp/routes";
    private const string Success = """{"result":"Success"}""";
    private const string NoPeer = """{"code":404,"fields":null,"message":"Resource not found","result":"no bgp neighbor"}""";
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private RestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RestServer.StartAsync(withBgp: true);
        await _server.SendAsync("POST", "/netlox/v1/config/bgp/global", """{"localAs":64500,"routerId":"192.0.2.1"}""");
        await _server.SendAsync("POST", "/netlox/v1/config/bgp/neigh", """{"ipAddress":"192.0.2.2","remoteAs":64501,"description":"spine"}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Peer_IsShownWithSessionRoutesAndErrors()
    {
        var end = new BgpSessionEnd(Noon, "Cease: Administrative Reset") { State = BgpState.Established, IsRemote = true, Code = 6, Subcode = 4, Count = 2 };
        _server.Bgp.Sessions["192.0.2.2"] = r => r with
        {
            State = BgpState.Established,
            InState = TimeSpan.FromSeconds(90),
            Session = new BgpSessionReport
            {
                Local = IPEndPoint.Parse("192.0.2.1:179"),
                Remote = IPEndPoint.Parse("192.0.2.2:40000"),
                RouterId = IPAddress.Parse("192.0.2.2"),
                RemoteAs = 64_501,
                HoldTime = TimeSpan.FromSeconds(90),
                KeepaliveInterval = TimeSpan.FromSeconds(30),
                Capabilities = ["four-octet-as", "route-refresh"],
            },
            Families = [new BgpFamilyReport(BgpFamily.Ipv4Unicast) { Received = 5, Accepted = 4, Advertised = 3, Pending = 2, OwnDue = 4, OwnMissing = 3, Stale = 1, IsEndOfRibReceived = true }],
            Counters = new BgpPeerCounters { MessagesReceived = 1, MessagesSent = 2, UpdatesReceived = 3, UpdatesSent = 4, NotificationsReceived = 5, NotificationsSent = 6, RefreshesReceived = 7, RefreshesSent = 8, Established = 9, ConnectAttempts = 10, AttributesDiscarded = 11, TreatedAsWithdrawn = 12 },
            LastEnd = end,
        };
        _server.Bgp.Errors["192.0.2.2"] = new BgpPeerErrors([end], [new BgpMalformedMessage(Noon, BgpErrorReaction.TreatAsWithdraw, "ORIGIN: length 2") { Attribute = 1, Offset = 25, Prefixes = [IPNetwork.Parse("10.0.0.0/8")], Message = [0xff, 0x0a] }]);

        const string Usual = """
            {"address":"192.0.2.2","description":"spine","remoteAs":64501,"localAs":64500,"state":"established","seconds":90,"dynamic":false,
            "session":{"local":"192.0.2.1:179","remote":"192.0.2.2:40000","routerId":"192.0.2.2","holdTime":90,"keepalive":30,"capabilities":["four-octet-as","route-refresh"]},
            "families":[{"family":"ipv4","received":5,"accepted":4,"advertised":3,"pending":2,"missing":3,"stale":1,"endOfRib":true}],
            "counters":{"messagesReceived":1,"messagesSent":2,"updatesReceived":3,"updatesSent":4,"notificationsReceived":5,"notificationsSent":6,"refreshesReceived":7,"refreshesSent":8,"established":9,"connectAttempts":10,"attributesDiscarded":11,"treatedAsWithdrawn":12},
            "lastEnd":{"time":"2030-01-01T12:00:00+00:00","text":"Cease: Administrative Reset","state":"established","remote":true,"code":6,"subcode":4,"count":2}
            """;
        var usual = Usual.ReplaceLineEndings("");
        (await _server.SendAsync("GET", Peers)).Text.Should().Be($$"""{"peers":[{{usual}}}]}""");
        (await _server.SendAsync("GET", Peers + "/192.0.2.2")).Text.Should().Be(
            usual + ""","ends":[{"time":"2030-01-01T12:00:00+00:00","text":"Cease: Administrative Reset","state":"established","remote":true,"code":6,"subcode":4,"count":2}],"""
            + """
            "malformed":[{"time":"2030-01-01T12:00:00+00:00","reaction":"treat-as-withdraw","text":"ORIGIN: length 2","attribute":1,"offset":25,"prefixes":["10.0.0.0/8"],"message":"ff0a"}]}
            """);
        (await _server.SendAsync("GET", Peers + "/192.0.2.9")).Text.Should().Be(NoPeer);
    }

    [Theory]
    [InlineData("{}", "Hard \"\"")]
    [InlineData("""{"kind":"hard","text":"new \"key\""}""", "Hard \"new \"key\"\"")]
    [InlineData("""{"kind":"soft"}""", "Soft \"\"")]
    [InlineData("""{"kind":"soft-in"}""", "SoftIn \"\"")]
    [InlineData("""{"kind":"soft-out"}""", "SoftOut \"\"")]
    public async Task Reset_IsPassedOn(string body, string call)
    {
        (await _server.SendAsync("POST", Peers + "/192.0.2.2/reset", body)).Text.Should().Be(Success);

        _server.Bgp.Calls[^1].Should().Be("reset 192.0.2.2 " + call);
    }

    [Fact]
    public async Task Reset_WrongValues_AreAllNamed()
    {
        var answer = await _server.SendAsync("POST", Peers + "/192.0.2.2/reset", $$"""{"kind":"Hard","text":"{{new string('x', 256)}}"}""");

        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}, {e["expected"]}").Should().Equal("kind=Hard, hard, soft, soft-in or soft-out", "text=256 bytes, at most 255 bytes of text");
        (await _server.SendAsync("POST", Peers + "/192.0.2.9/reset", "{}")).Text.Should().Be(NoPeer);
    }

    [Fact]
    public async Task Shutdown_HoldsUntilStart()
    {
        (await _server.SendAsync("POST", Peers + "/192.0.2.2/shutdown", """{"text":"maintenance"}""")).Text.Should().Be(Success);
        _server.Bgp.Calls[^1].Should().Be("apply 64500 192.0.2.2/64501 \"maintenance\"");
        _server.Bgp.Configuration!.Peers.Single().AdministrativelyDown.Should().BeTrue();
        (await _server.SendAsync("POST", Peers + "/192.0.2.2/shutdown")).Text.Should().Be(Success);
        (await _server.SendAsync("POST", Peers + "/192.0.2.2/start")).Text.Should().Be(Success);

        _server.Bgp.Configuration!.Peers.Single().AdministrativelyDown.Should().BeFalse();
        (await _server.SendAsync("POST", Peers + "/192.0.2.9/shutdown")).Text.Should().Be(NoPeer);
        (await _server.SendAsync("POST", Peers + "/192.0.2.2/shutdown", $$"""{"text":"{{new string('x', 256)}}"}""")).Status.Should().Be(400);
    }

    [Fact]
    public async Task Routes_ComePageByPage()
    {
        _server.Bgp.Routes.AddRange(
        [
            new BgpRoute(IPNetwork.Parse("10.0.0.0/8"))
            {
                Peer = new BgpPeerKey(IPAddress.Parse("192.0.2.2")), PathId = 7, NextHop = IPAddress.Parse("192.0.2.2"), AsPath = "64501 {1,2}", Origin = BgpOrigin.Incomplete, Med = 5, LocalPreference = 100,
                Communities = [0xFFFF0000], ExtendedCommunities = [0x0002_FDE8_0000_0064], LargeCommunities = [new BgpLargeCommunity(1, 2, 3)], IsBest = true, IsMultipath = true, IsStale = true, Rejection = "policy",
            },
            new BgpRoute(IPNetwork.Parse("192.0.2.1/32")),
            new BgpRoute(IPNetwork.Parse("2001:db8::/32")) { Peer = new BgpPeerKey(IPAddress.Parse("fe80::2"), "eth0") },
        ]);

        (await _server.SendAsync("GET", Routes + "?kind=in&limit=1")).Text.Should().Be(
            """{"routes":[{"prefix":"10.0.0.0/8","peer":"192.0.2.2","pathId":7,"nextHop":"192.0.2.2","asPath":"64501 {1,2}","origin":"incomplete","med":5,"localPreference":100,"communities":["65535:0"],"extendedCommunities":["rt:65000:100"],"largeCommunities":["1:2:3"],"best":true,"multipath":true,"stale":true,"rejection":"policy"}],"next":"1"}""");
        (await _server.SendAsync("GET", Routes + "?after=1")).Text.Should().Be(
            """{"routes":[{"prefix":"192.0.2.1/32","asPath":"","origin":"igp","best":false,"multipath":false,"stale":false},{"prefix":"2001:db8::/32","peer":"fe80::2%eth0","asPath":"","origin":"igp","best":false,"multipath":false,"stale":false}]}""");
        await _server.SendAsync("GET", Routes + "?kind=out&peer=192.0.2.2&family=ipv6&prefix=2001:db8::/32&limit=100000");

        _server.Bgp.Queries.Should().Equal(
            new BgpRouteQuery(BgpRouteKind.Received) { Limit = 1 },
            new BgpRouteQuery(BgpRouteKind.Best) { After = "1" },
            new BgpRouteQuery(BgpRouteKind.Advertised) { Peer = new BgpPeerKey(IPAddress.Parse("192.0.2.2")), Family = BgpFamily.Ipv6Unicast, Within = IPNetwork.Parse("2001:db8::/32"), Limit = 100_000 });
    }

    [Theory]
    [InlineData("kind=all", "kind in query must be of type in, rejected, best or out: \"all\"")]
    [InlineData("peer=x", "peer in query must be of type IP address: \"x\"")]
    [InlineData("kind=out", "peer in query must be of type IP address, with kind out: \"\"")]
    [InlineData("family=evpn", "family in query must be of type ipv4 or ipv6: \"evpn\"")]
    [InlineData("prefix=10.0.0.1/8", "prefix in query must be of type a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32: \"10.0.0.1/8\"")]
    [InlineData("limit=0", "limit in query must be of type number from 1 to 100000: \"0\"")]
    [InlineData("after=x", "after in query must be of type next of a page: \"x\"")]
    public async Task Routes_WrongQuery_Is422(string query, string message)
    {
        var answer = await _server.SendAsync("GET", $"{Routes}?{query}");

        answer.Status.Should().Be(422);
        ((string)answer.Json!["message"]!).Should().Be(message);
    }
}
