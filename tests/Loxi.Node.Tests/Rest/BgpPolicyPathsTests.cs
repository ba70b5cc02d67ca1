using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api;
using Loxi.Node.Tests.Bgp;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class BgpPolicyPathsTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/bgp/policy";
    private const string Success = """{"result":"Success"}""";
    private RestServer _server = null!;

    public static TheoryData<string, string, string, string> WrongDefinitions => new()
    {
        { """{"name":"","statements":[]}""", "name", "", "1 to 128 printable characters" },
        { """{"name":"p","statements":[null]}""", "statements[0]", "", "an object" },
        { """{"name":"p","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"absent"}}}]}""", "statements[0].conditions.matchPrefixSet.prefixSet", "absent", "the name of a defined set of this kind" },
        { """{"name":"p","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"ps1","matchSetOption":"some"}}}]}""", "statements[0].conditions.matchPrefixSet.matchSetOption", "some", "any, all or invert" },
        { """{"name":"p","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"ps1","matchSetOption":"all"}}}]}""", "statements[0].conditions.matchPrefixSet.matchSetOption", "All", "any or invert" },
        { """{"name":"p","statements":[{"conditions":{"bgpConditions":{"asPathLength":{"operator":"gt","value":3}}}}]}""", "statements[0].conditions.bgpConditions.asPathLength.operator", "gt", "eq, ge or le" },
        { """{"name":"p","statements":[{"conditions":{"bgpConditions":{"rpki":"valid"}}}]}""", "statements[0].conditions.bgpConditions.rpki", "valid", "none: this version does not validate origins" },
        { """{"name":"p","statements":[{"conditions":{"bgpConditions":{"routeType":"any"}}}]}""", "statements[0].conditions.bgpConditions.routeType", "any", "internal, external or local" },
        { """{"name":"p","statements":[{"conditions":{"bgpConditions":{"afiSafiIn":["ipv4","evpn"]}}}]}""", "statements[0].conditions.bgpConditions.afiSafiIn[1]", "evpn", "ipv4 or ipv6" },
        { """{"name":"p","statements":[{"conditions":{"bgpConditions":{"nextHopInList":["x"]}}}]}""", "statements[0].conditions.bgpConditions.nextHopInList[0]", "x", "an address, or a prefix such as 192.0.2.0/24 or 2001:db8::/32" },
        { """{"name":"p","statements":[{"conditions":{"bgpConditions":{"largeCommunitySet":{"communitySet":"absent"}}}}]}""", "statements[0].conditions.bgpConditions.matchLargeCommunitySet.communitySet", "absent", "the name of a defined set of this kind" },
        { """{"name":"p","statements":[{"actions":{"routeDisposition":"accept"}}]}""", "statements[0].actions.routeDisposition", "accept", "accept-route, reject-route or none" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setMed":"x"}}}]}""", "statements[0].actions.bgpActions.setMed", "x", "a number from 0 to 4294967295, +number or -number" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setNextHop":"me"}}}]}""", "statements[0].actions.bgpActions.setNextHop", "me", "an address, self or unchanged" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setLocalPerf":-1}}}]}""", "statements[0].actions.bgpActions.setLocalPerf", "-1", "0 to 4294967295, 0 for none" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setCommunity":{"options":"set","setCommunityMethod":["65000:1"]}}}}]}""", "statements[0].actions.bgpActions.setCommunity.options", "set", "add, remove or replace" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setCommunity":{"options":"add","setCommunityMethod":["65000:1","65000:65536"]}}}}]}""", "statements[0].actions.bgpActions.setCommunity.setCommunityMethod[1]", "65000:65536", "a community as 65000:100, a number, or a well-known name as no-export" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"x","repeatN":1}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.as", "x", "last-as, or an AS of 1 to 4294967295 that is not 23456" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"0","repeatN":1}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.as", "0", "last-as, or an AS of 1 to 4294967295 that is not 23456" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"23456","repeatN":1}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.as", "23456", "last-as, or an AS of 1 to 4294967295 that is not 23456" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"4294967296","repeatN":1}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.as", "4294967296", "last-as, or an AS of 1 to 4294967295 that is not 23456" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"last-as","repeatN":11}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.repeatN", "11", "1 to 10" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"last-as","repeatN":1000}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.repeatN", "1000", "1 to 10" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"last-as","repeatN":-5}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.repeatN", "-5", "1 to 10" },
        { """{"name":"p","statements":[{"actions":{"bgpActions":{"setAsPathPrepend":{"as":"last-as"}}}}]}""", "statements[0].actions.bgpActions.setAsPathPrepend.repeatN", "0", "1 to 10" },
    };

    private const string OrRegex = ", or a regular expression over it of at most 256 characters, without look-around or back references";

    public static TheoryData<string, string, string, string, string> WrongSets => new()
    {
        { "community", """{"name":"s","list":["65000:1","65536:1"]}""", "list[1]", "65536:1", "a community as 65000:100, a number, or a well-known name as no-export" + OrRegex },
        { "community", """{"name":"s","list":["[1"]}""", "list[0]", "[1", "a community as 65000:100, a number, or a well-known name as no-export" + OrRegex },
        { "extcommunity", """{"name":"s","list":["rt:(1"]}""", "list[0]", "rt:(1", "an extended community as rt:65000:100, soo:192.0.2.1:5 or 0x and 16 hexadecimal digits" + OrRegex },
        { "largecommunity", """{"name":"s","list":["1:2:("]}""", "list[0]", "1:2:(", "a large community as 65000:1:2" + OrRegex },
        { "prefix", """{"name":"s","prefixList":[{"ipPrefix":"10.0.0.1/8"}]}""", "prefixList[0].ipPrefix", "10.0.0.1/8", "a prefix such as 192.0.2.0/24 or 2001:db8::/32" },
        { "prefix", """{"name":"s","prefixList":[{"ipPrefix":"10.0.0.0/8","masklengthRange":"8-32"}]}""", "prefixList[0].masklengthRange", "8-32", "none, or two lengths such as 24..32" },
        { "prefix", """{"name":"s","prefixList":[{"ipPrefix":"10.0.0.0/8","masklengthRange":"4..32"}]}""", "prefixList[0].masklengthRange", "4..32", "<low>..<high> with 8 <= low <= high <= 32" },
        { "prefix", """{"name":"s","list":["10.0.0.0/8"]}""", "list", "1 members", "none: the members of a set of prefixes are in prefixList" },
        { "neighbor", """{"name":"s","List":["192.0.2.0/24","x"]}""", "list[1]", "x", "an address, or a prefix such as 192.0.2.0/24 or 2001:db8::/32" },
        { "neighbor", """{"name":"s","prefixList":[{"ipPrefix":"10.0.0.0/8"}]}""", "prefixList", "1 members", "none: the members of this kind of set are in list" },
        { "aspath", """{"name":"s","List":["(?=x)"]}""", "list[0]", "(?=x)", "a regular expression over AS numbers of at most 256 characters, without look-around or back references" },
        { "colour", """{"name":"s"}""", "type", "colour", "prefix, neighbor, community, extcommunity, largecommunity or aspath" },
        { "0", """{"name":"s"}""", "type", "0", "prefix, neighbor, community, extcommunity, largecommunity or aspath" },
    };

    public async ValueTask InitializeAsync()
    {
        _server = await RestServer.StartAsync(withBgp: true);
        await _server.SendAsync("POST", "/netlox/v1/config/bgp/global", """{"localAs":64500,"routerId":"192.0.2.1"}""");
        await _server.SendAsync("POST", "/netlox/v1/config/bgp/neigh", """{"ipAddress":"192.0.2.2","remoteAs":64501}""");
        (await PostAsync("/definedsets/prefix", """{"name":"ps1","definedType":"prefix","prefixList":[{"ipPrefix":"20.20.20.0/24","masklengthRange":"24..32"}]}""")).Text.Should().Be(Success);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(WrongDefinitions))]
    public async Task Definition_WrongValue_Is400WithFieldValueAndExpectation(string body, string field, string shown, string expected)
    {
        var answer = await PostAsync("/definitions", body);

        CheckRefused(answer, field, shown, expected);
        (await _server.SendAsync("GET", Root + "/definitions/all")).Text.Should().Be("""{"bgpPolicyAttr":[]}""");
    }

    [Theory]
    [MemberData(nameof(WrongSets))]
    public async Task Set_WrongValue_Is400WithFieldValueAndExpectation(string kind, string body, string field, string shown, string expected)
    {
        var calls = _server.Bgp.Calls.Count;

        CheckRefused(await PostAsync("/definedsets/" + kind, body), field, shown, expected);

        _server.Bgp.Calls.Should().HaveCount(calls);
        foreach (var each in new[] { "neighbor", "community", "extcommunity", "largecommunity", "aspath" })
        {
            (await _server.SendAsync("GET", $"{Root}/definedsets/{each}/all")).Text.Should().Be("""{"definedsetsAttr":[]}""");
        }
    }

    [Theory]
    [InlineData("prefix", """{"name":"a","prefixList":[{"ipPrefix":"10.10.0.0/16","masklengthRange":"24..32"},{"ipPrefix":"2001:db8::/32"}]}""", """{"name":"a","list":null,"prefixList":[{"ipPrefix":"10.10.0.0/16","masklengthRange":"24..32"},{"ipPrefix":"2001:db8::/32"}]}""")]
    [InlineData("Prefix", """{"name":"a","prefixList":null}""", """{"name":"a","list":null,"prefixList":[]}""")]
    [InlineData("neighbor", """{"name":"ns1","List":["10.0.0.1/32","192.0.2.7"]}""", """{"name":"ns1","list":["10.0.0.1/32","192.0.2.7/32"],"prefixList":null}""")]
    [InlineData("community", """{"name":"c","list":["65000:1","^65000:.*$"]}""", """{"name":"c","list":["65000:1","^65000:.*$"],"prefixList":null}""")]
    [InlineData("extcommunity", """{"name":"e","list":["rt:65000:1"]}""", """{"name":"e","list":["rt:65000:1"],"prefixList":null}""")]
    [InlineData("largecommunity", """{"name":"l","list":["65000:1:2"]}""", """{"name":"l","list":["65000:1:2"],"prefixList":null}""")]
    [InlineData("aspath", """{"name":"as","list":["^64500_"]}""", """{"name":"as","list":["^64500_"],"prefixList":null}""")]
    public async Task Set_IsShownReplacedAndDeleted(string kind, string body, string shown)
    {
        var name = (string)JsonNode.Parse(body)!["name"]!;
        (await PostAsync($"/definedsets/{kind}", $$"""{"name":"{{name}}"}""")).Text.Should().Be(Success);
        (await PostAsync($"/definedsets/{kind}", body)).Text.Should().Be(Success);
        (await PostAsync($"/definedsets/{kind}", body)).Text.Should().Be(Success);

        (await _server.SendAsync("GET", $"{Root}/definedsets/{kind}/{name}")).Text.Should().Be($$"""{"definedsetsAttr":[{{shown}}]}""");
        (await _server.SendAsync("GET", $"{Root}/definedsets/{kind}/all")).Text.Should().Contain(shown);
        (await _server.SendAsync("DELETE", $"{Root}/definedsets/{kind}/{name}")).Text.Should().Be(Success);
        (await _server.SendAsync("DELETE", $"{Root}/definedsets/{kind}/{name}")).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no bgp defined set"}""");
        (await _server.SendAsync("GET", $"{Root}/definedsets/{kind}/{name}")).Status.Should().Be(404);
    }

    [Fact]
    public async Task Definition_EveryMember_IsTakenAndShown()
    {
        foreach (var kind in new[] { ("prefix", "prefixes"), ("neighbor", "peers"), ("aspath", "paths"), ("community", "c"), ("extcommunity", "e"), ("largecommunity", "l") })
        {
            await PostAsync("/definedsets/" + kind.Item1, $$"""{"name":"{{kind.Item2}}"}""");
        }

        var body = JsonSerializer.Serialize(BgpSamples.Policy, LoxiJson.BgpPolicyDefinition);
        (await PostAsync("/definitions", body)).Text.Should().Be(Success);

        var shown = (await _server.SendAsync("GET", Root + "/definitions/all")).Json!["bgpPolicyAttr"]![0]!;

        JsonNode.DeepEquals(shown["statements"]![0], JsonNode.Parse(body)!["statements"]![0]).Should().BeTrue("{0} is {1}", shown.ToJsonString(), body);
        (await PostAsync("/definitions", shown.ToJsonString())).Text.Should().Be(Success);
        _server.Bgp.Configuration!.Policies.Policies.Should().ContainSingle().Which.Should().Be(BgpSamples.WithPolicies().Policies.Policies.Single());
    }

    [Fact]
    public async Task WhatIsUsed_IsNotDeleted()
    {
        await PostAsync("/definitions", """{"name":"p1","statements":[{"conditions":{"matchPrefixSet":{"prefixSet":"ps1"}}}]}""");
        await PostAsync("/apply", """{"ipAddress":"192.0.2.2","policyType":"export","policies":["p1"]}""");

        var set = await _server.SendAsync("DELETE", Root + "/definedsets/prefix/ps1");
        var policy = await _server.SendAsync("DELETE", Root + "/definitions/p1");

        set.Status.Should().Be(409);
        ((string)set.Json!["result"]!).Should().Be("bgp in-use error: name: value 'ps1', expected a set that no policy uses; p1 does");
        policy.Status.Should().Be(409);
        ((string)policy.Json!["result"]!).Should().Be("bgp in-use error: name: value 'p1', expected a policy that no peer passes; 192.0.2.2 does");
        (await SendApplyAsync("DELETE", """{"ipAddress":"192.0.2.2","policyType":"export","policies":["p1"]}""")).Text.Should().Be(Success);
        (await _server.SendAsync("DELETE", Root + "/definitions/p1")).Text.Should().Be(Success);
        (await _server.SendAsync("DELETE", Root + "/definitions/p1")).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no bgp policy"}""");
    }

    [Fact]
    public async Task Apply_AddsInOrderAndTakesAway()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await PostAsync("/definitions", $$"""{"name":"{{name}}","statements":[]}""");
        }

        (await SendApplyAsync("POST", """{"ipAddress":"192.0.2.2","policyType":"import","policies":["b","a"],"routeAction":"accept"}""")).Text.Should().Be(Success);
        (await SendApplyAsync("POST", """{"ipAddress":"192.0.2.2","policyType":"import","polices":["a","c"]}""")).Text.Should().Be(Success);
        Peer.ImportPolicies.Should().Equal("b", "a", "c");
        Peer.ImportDefaultAccept.Should().BeTrue();
        Peer.ExportPolicies.Should().BeEmpty();
        (await SendApplyAsync("DELETE", """{"ipAddress":"192.0.2.2","policyType":"import","policies":["a","unknown"]}""")).Text.Should().Be(Success);
        Peer.ImportPolicies.Should().Equal("b", "c");
        (await SendApplyAsync("POST", """{"ipAddress":"192.0.2.2","policyType":"export","policies":["c"],"routeAction":"reject"}""")).Text.Should().Be(Success);
        Peer.ExportPolicies.Should().Equal("c");
        Peer.ExportDefaultAccept.Should().BeFalse();
        (await SendApplyAsync("DELETE", """{"ipAddress":"192.0.2.2","policyType":"import"}""")).Text.Should().Be(Success);
        Peer.ImportPolicies.Should().BeEmpty();
    }

    [Fact]
    public async Task Apply_WrongValues_AreAllNamed()
    {
        var answer = await SendApplyAsync("POST", """{"ipAddress":"x","policyType":"in","policies":["absent"],"routeAction":"drop"}""");

        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => (string)e!["field"]!).Should().Equal("ipAddress", "policyType", "routeAction", "policies[0]");
        (await SendApplyAsync("POST", """{"ipAddress":"192.0.2.9","policyType":"import"}""")).Status.Should().Be(404);
    }

    private Loxi.Bgp.BgpPeerSettings Peer => _server.Bgp.Configuration!.Peers.Single();

    private static void CheckRefused(RestServer.Answer answer, string field, string shown, string expected)
    {
        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}, {e["expected"]}").Should().Equal($"{field}={shown}, {expected}");
    }

    private Task<RestServer.Answer> PostAsync(string path, string body) => _server.SendAsync("POST", Root + path, body);

    private Task<RestServer.Answer> SendApplyAsync(string method, string body) => _server.SendAsync(method, Root + "/apply", body);
}
