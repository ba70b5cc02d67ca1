using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api;
using Loxi.Api.Wire;
using Loxi.Bgp;
using Loxi.Node.Tests.Bgp;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>Dynamic neighbours.</summary>
public sealed class BgpDynamicPathsTests : IAsyncLifetime
{
    private const string Global = "/netlox/v1/config/bgp/global";
    private const string Ranges = "/netlox/v1/config/bgp/dynamicneigh";
    private const string Good = """{"prefix":"192.0.2.0/24","remoteAs":64501}""";
    private const string Success = """{"result":"Success"}""";
    private const string APrefix = "a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32";
    private RestServer _server = null!;

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "prefix", "null", "", APrefix },
        { "prefix", "\"192.0.2.1/24\"", "192.0.2.1/24", APrefix },
        { "prefix", "\"192.0.2.0\"", "192.0.2.0", APrefix },
        { "prefix", "\"224.0.0.0/4\"", "224.0.0.0/4", "unicast addresses" },
        { "interface", "\"a/b\"", "a/b", "1 to 15 bytes without white space, '/' and ':', not '.' or '..'" },
        { "limit", "10001", "10001", "0 or 1 to 10000" },
        { "limit", "-1", "-1", "0 or 1 to 10000" },
        { "remoteAs", "null", "null", "1 to 4294967295, not 23456 for a new peer" },
        { "remoteAs", "23456", "23456", "1 to 4294967295, not 23456" },
        { "remoteAs", "4294967296", "4294967296", "1 to 4294967295, not 23456" },
        { "ipAddress", "\"192.0.2.2\"", "192.0.2.2", "none: the prefix says whose they are" },
        { "shutdown", "true", "true", "false: whoever shall not come is not let in by an entry" },
        { "shutdownText", "\"x\"", "x", "none: an entry has no session" },
        { "routerAdvertisements", "true", "true", "false without an interface" },
        { "localAddress", "\"2001:db8::1\"", "2001:db8::1", "an address of the family of the peer 192.0.2.0" },
        { "password", $"\"{new string('x', 81)}\"", "81 bytes", "1 to 80 bytes of text" },
        { "holdTime", "2", "2", "0, or 3 to 65535 seconds" },
        { "importPolicies[0]", """["p"]""", "p", "the name of a defined policy" },
    };

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync(withBgp: true);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task WrongValue_Is400WithFieldValueAndExpectation_AndNothingChanges(string field, string value, string shown, string expected)
    {
        var body = JsonNode.Parse(Good)!.AsObject();
        body[field.Split('[')[0]] = JsonNode.Parse(value);

        CheckRefused(await PostAsync(body.ToJsonString()), field, shown, expected);

        (await _server.SendAsync("GET", Ranges + "/all")).Text.Should().Be("""{"bgpDynamicNeiAttr":[]}""");
    }

    [Fact]
    public async Task SeveralWrongValues_AreAllNamed()
    {
        var answer = await PostAsync("""{"prefix":"x","holdTime":1,"limit":-1,"ipAddress":"192.0.2.1"}""");

        answer.Json!["errors"]!.AsArray().Select(static e => (string)e!["field"]!).Should().BeEquivalentTo("prefix", "holdTime", "limit", "ipAddress", "remoteAs");
    }

    [Fact]
    public async Task Entry_IsPutInForceShownChangedAndTakenAway()
    {
        await StartSpeakerAsync();
        (await PostAsync(Good)).Text.Should().Be(Success);
        (await PostAsync(Good)).Status.Should().Be(409);
        (await PostAsync("""{"prefix":"192.0.2.0/24","limit":7,"password":"geheim","description":"rack 1"}""")).Text.Should().Be(Success);

        var range = _server.Bgp.Configuration!.PeerRanges.Single();
        range.Should().BeEquivalentTo(new { Network = IPNetwork.Parse("192.0.2.0/24"), Limit = 7 });
        range.Settings.Should().BeEquivalentTo(new { RemoteAs = 64_501u, Md5Password = "geheim", Description = "rack 1" });
        (await _server.SendAsync("GET", Ranges + "/all")).Text.Should().Be(
            """{"bgpDynamicNeiAttr":[{"peers":0,"hasPassword":true,"prefix":"192.0.2.0/24","limit":7,"remoteAs":64501,"description":"rack 1"}]}""");

        (await _server.SendAsync("DELETE", Ranges + "/192.0.2.0/25")).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no bgp dynamic neighbor"}""");
        CheckRefused(await _server.SendAsync("DELETE", Ranges + "/192.0.2.1/24"), "ip", "192.0.2.1/24", APrefix);
        (await _server.SendAsync("DELETE", Ranges + "/192.0.2.0/24")).Text.Should().Be(Success);
        _server.Bgp.Configuration!.PeerRanges.Should().BeEmpty();
    }

    [Fact]
    public async Task EveryMember_IsTakenAndShownButForThePassword()
    {
        await StartSpeakerAsync();
        (await _server.SendAsync("POST", "/netlox/v1/config/bgp/policy/definitions", """{"name":"p1","statements":[]}""")).Text.Should().Be(Success);
        var full = new BgpDynamicNeighborArguments(BgpSamples.Full with { IPAddress = null, Shutdown = null }) { Prefix = "2001:db8:1::/64", Limit = 9 };
        var body = JsonNode.Parse(JsonSerializer.Serialize(full, LoxiJson.BgpDynamicNeighborArguments))!.AsObject();

        (await PostAsync(body.ToJsonString())).Text.Should().Be(Success);

        var shown = (await ListAsync())[0]!.AsObject();
        shown.Remove("peers");
        shown.Remove("hasPassword");
        body.Remove("password");
        JsonNode.DeepEquals(shown, body).Should().BeTrue("{0} is {1}", shown.ToJsonString(), body.ToJsonString());
        (await PostAsync(shown.ToJsonString())).Status.Should().Be(409, "what GET shows changes nothing");
    }

    [Fact]
    public async Task LinkLocalPrefixes_AreToldApartByInterface()
    {
        await StartSpeakerAsync();
        CheckRefused(await PostAsync("""{"prefix":"fe80::/10","remoteAs":1}"""), "interface", "", "the interface of the link-local peer fe80::");
        (await PostAsync("""{"prefix":"fe80::/10","remoteAs":1,"interface":"eth0","routerAdvertisements":true}""")).Text.Should().Be(Success);
        (await PostAsync("""{"prefix":"fe80::/10","remoteAs":3,"interface":"eth1"}""")).Text.Should().Be(Success);

        CheckRefused(await _server.SendAsync("DELETE", Ranges + "/fe80::/10"), "interface", "", "one of eth0, eth1: each has an entry fe80::/10");
        (await _server.SendAsync("DELETE", Ranges + "/fe80::/10?interface=eth1")).Text.Should().Be(Success);
        _server.Bgp.Configuration!.PeerRanges.Single().Settings.Should().BeEquivalentTo(new { Interface = "eth0", RemoteAs = 1u, RouterAdvertisements = true });
    }

    [Fact]
    public async Task PolicyOfAnEntry_IsInUse()
    {
        await _server.SendAsync("POST", "/netlox/v1/config/bgp/policy/definitions", """{"name":"p1","statements":[]}""");
        await PostAsync("""{"prefix":"192.0.2.0/24","remoteAs":64501,"exportPolicies":["p1"]}""");

        var answer = await _server.SendAsync("DELETE", "/netlox/v1/config/bgp/policy/definitions/p1");

        answer.Status.Should().Be(409);
        ((string)answer.Json!["result"]!).Should().Be("bgp in-use error: name: value 'p1', expected a policy that no peer passes; 192.0.2.0/24 does");
    }

    [Fact]
    public async Task AsThatMakesItsPeersInternal_IsRefusedWhileTheyHaveARole()
    {
        await StartSpeakerAsync();
        await PostAsync("""{"prefix":"192.0.2.0/24","remoteAs":64501,"role":"customer"}""");

        CheckRefused(await _server.SendAsync("POST", Global, """{"localAs":64501}"""), "dynamic neighbors 192.0.2.0/24: role", "Customer", "none towards a peer of the own AS");
    }

    [Fact]
    public async Task Entries_AreLimited()
    {
        for (var i = 0; i < 256; i++)
        {
            (await PostAsync($$"""{"prefix":"10.{{i}}.0.0/16","remoteAs":1}""")).Text.Should().Be(Success);
        }

        var answer = await PostAsync(Good);

        answer.Status.Should().Be(403);
        ((string)answer.Json!["result"]!).Should().Be("bgp-hwm error: prefix: value '192.0.2.0/24', expected at most 256 entries of dynamic neighbours");
    }

    [Fact]
    public async Task NextHopSelf_IsTheSpeakersWhereTheEntrySaysNothing()
    {
        await _server.SendAsync("POST", Global, """{"localAs":64500,"routerId":"192.0.2.1","setNextHopSelf":true}""");
        await PostAsync(Good);
        await PostAsync("""{"prefix":"198.51.100.0/24","remoteAs":64501,"nextHopSelf":false}""");

        _server.Bgp.Configuration!.PeerRanges.Select(static r => r.Settings.NextHopSelf).Should().Equal(true, false);
    }

    private static void CheckRefused(RestServer.Answer answer, string field, string shown, string expected)
    {
        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}, {e["expected"]}").Should().Equal($"{field}={shown}, {expected}");
    }

    private Task<RestServer.Answer> PostAsync(string body) => _server.SendAsync("POST", Ranges, body);

    private async Task<JsonArray> ListAsync() => (await _server.SendAsync("GET", Ranges + "/all")).Json!["bgpDynamicNeiAttr"]!.AsArray();

    private async Task StartSpeakerAsync() => (await _server.SendAsync("POST", Global, """{"localAs":64500,"routerId":"192.0.2.1"}""")).Text.Should().Be(Success);
}
