using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api;
using Loxi.Bgp;
using Loxi.Node.Tests.Bgp;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class BgpPathsTests : IAsyncLifetime
{
    private const string Global = "/netlox/v1/config/bgp/global";
    private const string Neighbors = "/netlox/v1/config/bgp/neigh";
    private const string Good = """{"ipAddress":"192.0.2.2","remoteAs":64501}""";
    private const string AnAs = "1 to 4294967295, not 23456";
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";
    private const string Success = """{"result":"Success"}""";
    private const string Exists = """{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"bgp existing neighbor"}""";
    private RestServer _server = null!;

    public static TheoryData<string, string, string, string> WrongNeighbors => new()
    {
        { "ipAddress", "null", "", "an IPv4 or IPv6 address" },
        { "ipAddress", "\"router.example\"", "router.example", "an IPv4 or IPv6 address" },
        { "ipAddress", "\"fe80::2%eth0\"", "fe80::2%eth0", "an IPv4 or IPv6 address" },
        { "ipAddress", "\"224.0.0.1\"", "224.0.0.1", Unicast },
        { "interface", "\"a/b\"", "a/b", "1 to 15 bytes without white space, '/' and ':', not '.' or '..'" },
        { "routerAdvertisements", "true", "true", "false without an interface" },
        { "remoteAs", "null", "null", AnAs + " for a new peer" },
        { "remoteAs", "0", "0", AnAs + " for a new peer" },
        { "remoteAs", "-1", "-1", AnAs },
        { "remoteAs", "23456", "23456", AnAs },
        { "remoteAs", "4294967296", "4294967296", AnAs },
        { "remotePort", "65536", "65536", "0 or 1 to 65535" },
        { "remotePort", "-1", "-1", "0 or 1 to 65535" },
        { "multihopTtl", "256", "256", "0 or 1 to 255" },
        { "description", $"\"{new string('x', 129)}\"", new string('x', 125) + "...", "at most 128 characters" },
        { "localAddress", "\"x\"", "x", "an IPv4 or IPv6 address" },
        { "localAddress", "\"2001:db8::1\"", "2001:db8::1", "an address of the family of the peer 192.0.2.2" },
        { "localAs", "4294967296", "4294967296", "0 or 1 to 4294967295" },
        { "localAs", "23456", "23456", AnAs },
        { "families[1]", """["ipv4","l2vpn"]""", "l2vpn", "ipv4 or ipv6" },
        { "families", """["ipv4","ipv4"]""", "Ipv4Unicast,Ipv4Unicast", "at least one family, each once" },
        { "gtsmHops", "255", "255", "0 or 1 to 254" },
        { "password", $"\"{new string('x', 81)}\"", "81 bytes", "1 to 80 bytes of text" },
        { "tcpAo.keyId", """{"keyId":256,"secret":"x"}""", "256", "0 to 255" },
        { "tcpAo.secret", """{"keyId":1}""", "", "1 to 80 bytes of text for a new key" },
        { "tcpAo.secret", $$"""{"secret":"{{new string('x', 81)}}"}""", "81 bytes", "1 to 80 bytes of text" },
        { "tcpAo.algorithm", """{"secret":"x","algorithm":"md5"}""", "md5", "hmac-sha-1-96 or aes-128-cmac-96" },
        { "holdTime", "1", "1", "0, or 3 to 65535 seconds" },
        { "holdTime", "2", "2", "0, or 3 to 65535 seconds" },
        { "holdTime", "65536", "65536", "0, or 3 to 65535 seconds" },
        { "keepalive", "65536", "65536", "0 or 1 to 65535" },
        { "connectRetry", "99", "99", "0 or 100 to 300000" },
        { "connectRetryLimit", "500", "0.5 s", "1 s, the first ConnectRetry time, to 3600 s" },
        { "openHoldTime", "2", "2", "0 or 3 to 3600" },
        { "sendHoldTime", "2", "2", "0 or 3 to 65535" },
        { "longLivedStaleTime", "60", "60 s", "none without graceful restart" },
        { "addPathSend", "65", "65", "0 or 1 to 64" },
        { "role", "\"Customer\"", "Customer", "provider, route-server, route-server-client, customer, peer or none" },
        { "roleStrict", "true", "true", "false without a role" },
        { "allowOwnAs", "11", "11", "0 or 1 to 10" },
        { "prefixLimit", "10000001", "10000001", "0 or 1 to 10000000" },
        { "prefixWarningPercent", "101", "101", "0 or 1 to 100" },
        { "prefixLimitRestart", "86401", "86401", "0 or 1 to 86400" },
        { "importPolicies[0]", """["p"]""", "p", "the name of a defined policy" },
        { "exportPolicies[0]", "[null]", "", "the name of a policy" },
        { "importDefault", "\"deny\"", "deny", "accept, reject or auto" },
        { "exportDefault", "\"deny\"", "deny", "accept, reject or auto" },
        { "bfd", "\"on\"", "on", "off, follow, strict or strict-local" },
        { "shutdownText", $"\"{new string('x', 256)}\"", "256 bytes", "at most 255 bytes of text" },
    };

    public static TheoryData<string, string, string, string> WrongGlobals => new()
    {
        { "localAs", "0", "0", AnAs },
        { "localAs", "null", "null", AnAs },
        { "localAs", "23456", "23456", AnAs },
        { "localAs", "-1", "-1", AnAs },
        { "localAs", "4294967296", "4294967296", AnAs },
        { "routerId", "\"router\"", "router", "an IPv4 address that is not 0.0.0.0" },
        { "routerId", "\"0.0.0.0\"", "0.0.0.0", "an IPv4 address that is not 0.0.0.0" },
        { "routerId", "\"2001:db8::1\"", "2001:db8::1", "an IPv4 address that is not 0.0.0.0" },
        { "listenPort", "65536", "65536", "0 to 65535" },
        { "listenPort", "-1", "-1", "0 to 65535" },
        { "listenAddresses[0]", """["x"]""", "x", "an IPv4 or IPv6 address" },
        { "listenAddresses[0]", """["0.0.0.0"]""", "0.0.0.0", Unicast },
        { "restartTime", "4096", "4096", "0 or 1 to 4095" },
        { "maximumPaths", "65", "65", "0 or 1 to 64" },
    };

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync(withBgp: true);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(WrongNeighbors))]
    public async Task Neighbor_WrongValue_Is400WithFieldValueAndExpectation(string field, string value, string shown, string expected)
    {
        var answer = await _server.SendAsync("POST", Neighbors, With(Good, field, value));

        CheckRefused(answer, field, shown, expected);
        (await _server.SendAsync("GET", Neighbors + "/all")).Text.Should().Be("""{"bgpNeiAttr":[]}""");
    }

    [Theory]
    [MemberData(nameof(WrongGlobals))]
    public async Task Global_WrongValue_Is400WithFieldValueAndExpectation(string field, string value, string shown, string expected)
    {
        var answer = await _server.SendAsync("POST", Global, With("""{"localAs":64500,"routerId":"192.0.2.1"}""", field, value));

        CheckRefused(answer, field, shown, expected);
        _server.Bgp.Calls.Should().BeEmpty();
    }

    [Fact]
    public async Task Neighbor_SeveralWrongValues_AreAllNamedAndNothingChanges()
    {
        await StartSpeakerAsync();
        await PostAsync(Good);
        var calls = _server.Bgp.Calls.Count;

        var answer = await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64502,"holdTime":1,"gtsmHops":-1,"role":"x","password":"exist"}""");

        answer.Json!["errors"]!.AsArray().Select(static e => (string)e!["field"]!).Should().BeEquivalentTo("holdTime", "gtsmHops", "role");
        _server.Bgp.Calls.Should().HaveCount(calls);
        ((long)(await ListAsync())[0]!["remoteAs"]!).Should().Be(64_501);
    }

    [Fact]
    public async Task Neighbor_RefusedValueWithExist_DoesNotReadAsSuccess() =>
        ((string)(await PostAsync("""{"ipAddress":"existing","remoteAs":1}""")).Json!["result"]!).Should().NotContain("exist");

    [Fact]
    public async Task Neighbor_LivesAsInLoxilb()
    {
        await StartSpeakerAsync();
        (await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64501,"remotePort":179,"setMultiHop":false}""")).Text.Should().Be(Success);
        (await PostAsync("""{"IPADDRESS":"192.0.2.2","RemoteAS":64501,"remotePort":0,"SETMULTIHOP":false,"unknown":{"a":[1]}}""")).Text.Should().Be(Exists);
        (await _server.SendAsync("GET", Neighbors + "/all")).Text.Should().Be("""{"bgpNeiAttr":[{"state":"ACTIVE","updowntime":"never","ipAddress":"192.0.2.2","remoteAs":64501}]}""");
        _server.Bgp.Sessions["192.0.2.2"] = static r => r with { State = BgpState.Established, InState = new TimeSpan(0, 12, 34, 56), Counters = new BgpPeerCounters { Established = 1 } };
        ((string)(await ListAsync())[0]!["state"]!).Should().Be("ESTABLISHED");
        ((string)(await ListAsync())[0]!["updowntime"]!).Should().Be("12:34:56");
        (await _server.SendAsync("DELETE", Neighbors + "/192.0.2.2?remoteAs=64501")).Text.Should().Be(Success);
        (await _server.SendAsync("DELETE", Neighbors + "/192.0.2.2?remoteAs=64501")).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no bgp neighbor"}""");
    }

    [Theory]
    [InlineData(BgpState.Idle, "IDLE")]
    [InlineData(BgpState.OpenSent, "OPENSENT")]
    [InlineData(BgpState.OpenConfirm, "OPENCONFIRM")]
    public async Task State_IsInCapitals(BgpState state, string text)
    {
        await StartSpeakerAsync();
        await PostAsync(Good);
        _server.Bgp.Sessions["192.0.2.2"] = r => r with { State = state, InState = TimeSpan.FromHours(49.5), Counters = new BgpPeerCounters { Established = 3 }, LastEnd = new BgpSessionEnd(default, "hold time expired") };

        (await _server.SendAsync("GET", Neighbors + "/192.0.2.2")).Text.Should()
            .Be($$"""{"bgpNeiAttr":[{"state":"{{text}}","updowntime":"2d 01:30:00","problem":"hold time expired","ipAddress":"192.0.2.2","remoteAs":64501}]}""");
    }

    [Fact]
    public async Task Neighbor_EveryMember_IsTakenAndShownButForThePassword()
    {
        await StartSpeakerAsync();
        foreach (var kind in new[] { ("prefix", """{"name":"prefixes","prefixList":[]}"""), ("neighbor", """{"name":"peers"}"""), ("aspath", """{"name":"paths"}"""), ("community", """{"name":"c"}"""), ("extcommunity", """{"name":"e"}"""), ("largecommunity", """{"name":"l"}""") })
        {
            (await _server.SendAsync("POST", $"/netlox/v1/config/bgp/policy/definedsets/{kind.Item1}", kind.Item2)).Text.Should().Be(Success);
        }

        (await _server.SendAsync("POST", "/netlox/v1/config/bgp/policy/definitions", JsonSerializer.Serialize(BgpSamples.Policy, LoxiJson.BgpPolicyDefinition))).Text.Should().Be(Success);
        var body = JsonNode.Parse(JsonSerializer.Serialize(BgpSamples.Full, LoxiJson.BgpNeighborArguments))!.AsObject();
        body.Count.Should().Be(41, "the sample has every member but the text of a shutdown");

        (await PostAsync(body.ToJsonString())).Text.Should().Be(Success);

        var shown = (await ListAsync())[0]!.AsObject();
        shown.Remove("state");
        shown.Remove("updowntime");
        shown.Remove("hasPassword", out var hasPassword).Should().BeTrue();
        ((bool)hasPassword!).Should().BeTrue();
        body.Remove("password");
        JsonNode.DeepEquals(shown, body).Should().BeTrue("{0} is {1}", shown.ToJsonString(), body.ToJsonString());
        (await PostAsync(shown.ToJsonString())).Text.Should().Be(Exists, "what GET shows changes nothing");
        _server.Bgp.Configuration!.Peers.Single().Md5Password.Should().Be("geheim \"ä\"");
        (await _server.SendAsync("GET", "/loxi/v1/bgp/peers/2001:db8:1::2")).Text.Should().NotContain("geheim");
    }

    [Fact]
    public async Task Neighbor_WhatIsAbsent_StaysAsItIs()
    {
        await StartSpeakerAsync();
        await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64501,"remotePort":1790,"setMultiHop":true,"password":"geheim","holdTime":9,"description":"x","role":"customer","roleStrict":true}""");

        (await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64501,"remotePort":1790,"setMultiHop":true}""")).Text.Should().Be(Exists, "so a controller's post does no harm");
        (await PostAsync("""{"ipAddress":"192.0.2.2","holdTime":30}""")).Text.Should().Be(Success);
        var peer = _server.Bgp.Configuration!.Peers.Single();
        peer.Should().BeEquivalentTo(new { RemotePort = 1_790, MultihopTtl = 8, Md5Password = "geheim", HoldTime = TimeSpan.FromSeconds(30), Description = "x", Role = BgpRole.Customer, RoleStrict = true });
        (await PostAsync("""{"ipAddress":"192.0.2.2","setMultiHop":false,"password":"","holdTime":0,"description":"","role":"none"}""")).Text.Should().Be(Success);

        _server.Bgp.Configuration!.Peers.Single().Should().BeEquivalentTo(new { MultihopTtl = 1, Md5Password = (string?)null, HoldTime = TimeSpan.Zero, Description = "", Role = (BgpRole?)null, RoleStrict = false });
    }

    [Fact]
    public async Task TcpAo_IsKeptMemberByMemberAndItsSecretNeverShown()
    {
        await StartSpeakerAsync();
        (await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64501,"tcpAo":{"keyId":7,"secret":"geheim"}}""")).Text.Should().Be(Success);

        var shown = (await ListAsync())[0]!["tcpAo"]!;
        shown.ToJsonString().Should().Be("""{"keyId":7,"algorithm":"hmac-sha-1-96"}""");
        (await PostAsync($$"""{"ipAddress":"192.0.2.2","tcpAo":{{shown.ToJsonString()}}}""")).Text.Should().Be(Exists);
        (await PostAsync("""{"ipAddress":"192.0.2.2","tcpAo":{"algorithm":"aes-128-cmac-96"}}""")).Text.Should().Be(Success);
        _server.Bgp.Configuration!.Peers.Single().TcpAo.Should().Be(new BgpTcpAoKey(7, "geheim") { Algorithm = BgpTcpAoAlgorithm.AesCmac128 });
        CheckRefused(await PostAsync("""{"ipAddress":"192.0.2.2","password":"x"}"""), "tcpAo", "key 7 AesCmac128", "a key with a known algorithm, and none of TCP MD5 beside it");
        (await PostAsync("""{"ipAddress":"192.0.2.2","tcpAo":{"secret":""}}""")).Text.Should().Be(Success);

        _server.Bgp.Configuration!.Peers.Single().TcpAo.Should().BeNull();
    }

    [Theory]
    [InlineData("""{"setMultiHop":true}""", 8)]
    [InlineData("""{"setMultiHop":true,"multihopTtl":3}""", 3)]
    [InlineData("""{"multihopTtl":3}""", 3)]
    [InlineData("""{"setMultiHop":false,"multihopTtl":1}""", 1)]
    [InlineData("{}", 1)]
    public async Task Multihop_IsATtl(string members, int ttl)
    {
        await StartSpeakerAsync();

        await PostAsync(Good[..^1] + (members.Length == 2 ? "}" : "," + members[1..]));

        _server.Bgp.Configuration!.Peers.Single().MultihopTtl.Should().Be(ttl);
    }

    [Fact]
    public async Task Multihop_Contradiction_IsRefused() =>
        CheckRefused(await PostAsync(Good[..^1] + ",\"setMultiHop\":false,\"multihopTtl\":3}"), "setMultiHop", "false", "true with multihopTtl 3");

    [Fact]
    public async Task LinkLocalPeers_AreToldApartByInterface()
    {
        await StartSpeakerAsync();
        CheckRefused(await PostAsync("""{"ipAddress":"fe80::2","remoteAs":1}"""), "interface", "", "the interface of the link-local peer fe80::2");
        (await PostAsync("""{"ipAddress":"fe80::2","remoteAs":1,"interface":"eth0"}""")).Text.Should().Be(Success);
        (await PostAsync("""{"ipAddress":"fe80::2","remoteAs":2}""")).Text.Should().Be(Success, "there is only one");
        (await PostAsync("""{"ipAddress":"fe80::2","remoteAs":3,"interface":"eth1"}""")).Text.Should().Be(Success);

        CheckRefused(await _server.SendAsync("DELETE", Neighbors + "/fe80::2"), "interface", "", "one of eth0, eth1: each has a peer fe80::2");
        (await _server.SendAsync("DELETE", Neighbors + "/fe80::2?interface=eth0")).Text.Should().Be(Success);
        (await ListAsync()).Select(static p => $"{p!["ipAddress"]} {p["interface"]} {p["remoteAs"]}").Should().Equal("fe80::2 eth1 3");
    }

    [Theory]
    [InlineData("192.0.2.1", "")]
    [InlineData("2001:db8::1", "")]
    [InlineData("fe80::1", ",\"interface\":\"eth0\"")]
    public async Task Peer_ThatIsTheNodeItself_IsRefused(string address, string more)
    {
        _server.BgpHost.Own.UnionWith(["192.0.2.1", "2001:db8::1", "fe80::1%eth0"]);
        var body = $$"""{"ipAddress":"{{address}}","remoteAs":64501{{more}}}""";
        CheckRefused(await PostAsync(body), "ipAddress", address, "an address that the node itself does not have");
        await StartSpeakerAsync();

        CheckRefused(await PostAsync(body), "ipAddress", address, "an address that the node itself does not have");
        (await ListAsync()).Should().BeEmpty();

        (await PostAsync(body[..^1] + ",\"remotePort\":1790}")).Text.Should().Be(Success, "at another port it is another program");
        (await PostAsync("""{"ipAddress":"fe80::1","remoteAs":64501,"interface":"eth1"}""")).Text.Should().Be(Success, "on another link it is another system");
    }

    [Fact]
    public async Task SpeakerAtThePortOfAPeerAtAnOwnAddress_IsRefused_AndNothingChanges()
    {
        _server.BgpHost.Own.Add("192.0.2.1");
        await StartSpeakerAsync();
        (await PostAsync("""{"ipAddress":"192.0.2.1","remoteAs":64501,"remotePort":1790}""")).Text.Should().Be(Success, "at another port it is another program");
        await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64501,"remotePort":1790}""");

        CheckRefused(await _server.SendAsync("POST", Global, """{"localAs":64500,"routerId":"192.0.2.1","listenPort":1790}"""), "neighbor 192.0.2.1: ipAddress", "192.0.2.1", "an address that the node itself does not have");

        _server.Bgp.Configuration!.Speaker.ListenPort.Should().Be(179);
        _server.BgpHost.Own.Add("192.0.2.2");
        await PostAsync("""{"ipAddress":"192.0.2.3","remoteAs":64501}""");
        _server.BgpHost.Own.Add("192.0.2.3");
        await StartSpeakerAsync(",\"maximumPaths\":4");
    }

    [Fact]
    public async Task OnePeer_ChangesNoOther()
    {
        await StartSpeakerAsync();
        await PostAsync(Good);
        var other = _server.Bgp.Configuration!.Peers.Single();

        await PostAsync("""{"ipAddress":"192.0.2.3","remoteAs":64502}""");
        await PostAsync("""{"ipAddress":"192.0.2.3","remoteAs":64502,"holdTime":30}""");

        _server.Bgp.Configuration!.Peers.Should().HaveCount(2);
        _server.Bgp.Configuration.Peers[0].Should().Be(other);
    }

    [Fact]
    public async Task NeighborsBeforeTheSpeaker_WaitForIt()
    {
        (await PostAsync(Good)).Text.Should().Be(Success);
        var waiting = (await ListAsync())[0]!;
        ((string)waiting["state"]!).Should().Be("IDLE");
        ((string)waiting["problem"]!).Should().Be("the speaker has no AS yet: POST /netlox/v1/config/bgp/global");
        _server.Bgp.Configuration.Should().BeNull();

        await StartSpeakerAsync();

        _server.Bgp.Configuration!.Peers.Should().ContainSingle();
        ((string)(await ListAsync())[0]!["state"]!).Should().Be("ACTIVE");
    }

    [Fact]
    public async Task Global_IsReadBackAndTakenAway()
    {
        (await _server.SendAsync("GET", Global)).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no bgp global config"}""");
        (await _server.SendAsync("POST", Global, """{"localAs":64512,"routerId":"10.10.10.1","setNextHopSelf":true,"listenPort":1791}""")).Text.Should().Be(Success);
        (await _server.SendAsync("GET", Global)).Text.Should().Be("""{"localAs":64512,"routerId":"10.10.10.1","setNextHopSelf":true,"listenPort":1791,"restartTime":120,"maximumPaths":8}""");
        (await _server.SendAsync("POST", Global, """{"localAs":64512,"routerId":"10.10.10.1","SetNextHopSelf":true,"listenPort":1791}""")).Text.Should().Be(Success);
        _server.Bgp.Calls.Should().Equal("apply 64512 ");
        await PostAsync(Good);

        (await _server.SendAsync("DELETE", Global)).Text.Should().Be(Success);
        (await _server.SendAsync("DELETE", Global)).Status.Should().Be(404);

        _server.Bgp.Calls[^1].Should().Be("apply nothing");
        (await ListAsync()).Should().ContainSingle();
    }

    [Fact]
    public async Task BestPath_IsTakenMemberByMember()
    {
        await StartSpeakerAsync(",\"bestPath\":{\"alwaysCompareMed\":true,\"multipathAcrossAses\":false}");
        await StartSpeakerAsync(",\"bestPath\":{\"ignoreAsPathLength\":true}");
        await StartSpeakerAsync();

        _server.Bgp.Configuration!.Speaker.BestPath.Should().Be(new BgpBestPathSettings { AlwaysCompareMed = true, IgnoreAsPathLength = true, MultipathAcrossAses = false });
        (await _server.SendAsync("GET", Global)).Text.Should().Contain("""
            "bestPath":{"ignoreAsPathLength":true,"alwaysCompareMed":true,"multipathAcrossAses":false}
            """);
    }

    [Fact]
    public async Task NextHopSelf_OfTheSpeaker_IsForPeersThatSayNothing()
    {
        await StartSpeakerAsync(",\"setNextHopSelf\":true");
        await PostAsync(Good);
        await PostAsync("""{"ipAddress":"192.0.2.3","remoteAs":64502,"nextHopSelf":false}""");
        _server.Bgp.Configuration!.Peers.Select(static p => p.NextHopSelf).Should().Equal(true, false);

        await StartSpeakerAsync();

        _server.Bgp.Configuration!.Peers.Select(static p => p.NextHopSelf).Should().Equal(false, false);
    }

    [Fact]
    public async Task RouterId_IsAnAddressOfTheHostWhereNobodySaysIt()
    {
        _server.BgpHost.Address = null;
        CheckRefused(await _server.SendAsync("POST", Global, """{"localAs":64500}"""), "routerId", "", "an IPv4 address that is not 0.0.0.0: this host has no IPv4 address to take for it");
        _server.BgpHost.Address = "192.0.2.7";
        await _server.SendAsync("POST", Global, """{"localAs":64500}""");
        _server.BgpHost.Address = "192.0.2.8";

        await _server.SendAsync("POST", Global, """{"localAs":64501}""");

        _server.Bgp.Configuration!.Speaker.RouterId.Should().Be(IPAddress.Parse("192.0.2.7"), "it stays as long as the speaker does");
    }

    [Fact]
    public async Task AsThatMakesAPeerInternal_IsRefusedWhileItHasARole()
    {
        await StartSpeakerAsync();
        await PostAsync("""{"ipAddress":"192.0.2.2","remoteAs":64501,"role":"customer"}""");

        CheckRefused(await _server.SendAsync("POST", Global, """{"localAs":64501}"""), "neighbor 192.0.2.2: role", "Customer", "none towards a peer of the own AS");
    }

    [Fact]
    public async Task PortOfAnotherProgram_Is500WithItsName()
    {
        _server.Bgp.IsPortTaken = true;

        var answer = await _server.SendAsync("POST", Global, """{"localAs":64500}""");

        answer.Status.Should().Be(500);
        ((string)answer.Json!["result"]!).Should().Be("bgp failed to start: speaker.listenPort: value '179', expected a port that no other program has");
    }

    [Theory]
    [InlineData("POST", Global)]
    [InlineData("POST", Neighbors)]
    [InlineData("POST", "/netlox/v1/config/bgp/policy/definitions")]
    [InlineData("POST", "/netlox/v1/config/bgp/policy/definedsets/prefix")]
    [InlineData("POST", "/netlox/v1/config/bgp/policy/apply")]
    [InlineData("POST", "/netlox/v1/config/cistate")]
    public async Task WithoutABody_Is422(string method, string path) =>
        (await _server.SendAsync(method, path, "")).Should().BeEquivalentTo(new { Status = 422, Text = """{"code":602,"message":"attr in body is required"}""" });

    [Fact]
    public async Task WrongType_IsNamedWithoutThePassword()
    {
        var answer = await PostAsync("""{"ipAddress":"192.0.2.2","password":{"a":"geheim"}}""");

        answer.Status.Should().Be(400);
        answer.Text.Should().Contain("password").And.NotContain("geheim");
    }

    [Fact]
    public async Task Peers_NamesWithoutAnAddress_AreRefused() =>
        CheckRefused(await _server.SendAsync("DELETE", Neighbors + "/router"), "ip", "router", "an IPv4 or IPv6 address");

    private static string With(string body, string field, string value)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        json[field.Split('[', '.')[0]] = JsonNode.Parse(value);
        return json.ToJsonString();
    }

    private static void CheckRefused(RestServer.Answer answer, string field, string shown, string expected)
    {
        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}, {e["expected"]}").Should().Equal($"{field}={shown}, {expected}");
        ((string)answer.Json["result"]!).Should().Be($"bgp malformed args: {field}: value '{shown}', expected {expected}");
    }

    private Task<RestServer.Answer> PostAsync(string body) => _server.SendAsync("POST", Neighbors, body);

    private async Task<JsonArray> ListAsync() => (await _server.SendAsync("GET", Neighbors + "/all")).Json!["bgpNeiAttr"]!.AsArray();

    private async Task StartSpeakerAsync(string more = "") =>
        (await _server.SendAsync("POST", Global, $$"""{"localAs":64500,"routerId":"192.0.2.1"{{more}}}""")).Text.Should().Be(Success);
}
