using FluentAssertions;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>What the real kube-loxilb sends about roles and BGP, body by body: each is answered 200 with Success, the first time and when it comes again or as a conflict, which it takes for success.</summary>
public sealed class RecordedKubeTests
{
    private const string Success = """{"result":"Success"}""";

    private static readonly (string Method, string Path, string? Body)[] Recorded =
    [
        ("POST", "cistate", """{"instance":"llb-inst0","state":"MASTER","vip":"0.0.0.0"}"""),
        ("POST", "bgp/global", """{"localAs":64511,"routerId":"10.77.0.11","setNextHopSelf":true,"listenPort":1791}"""),
        ("POST", "bgp/neigh", """{"ipAddress":"10.77.0.1","remoteAs":64512,"remotePort":179,"setMultiHop":true}"""),
        ("POST", "bgp/neigh", """{"ipAddress":"10.77.0.2","remoteAs":64513,"remotePort":179}"""),
        ("POST", "bgp/neigh", """{"ipAddress":"10.77.0.12","remoteAs":64511,"remotePort":1791}"""),
        ("POST", "bgp/policy/definedsets/prefix", """{"name":"ps1","definedType":"prefix","prefixList":[{"ipPrefix":"20.20.20.0/24","masklengthRange":"24..32"}]}"""),
        ("POST", "bgp/policy/definitions", """{"name":"pd1","statements":[{"name":"st1","conditions":{"matchPrefixSet":{"matchSetOption":"any","prefixSet":"ps1"},"matchNeighborSet":{},"bgpConditions":{"matchAsPathSet":{},"asPathLength":{},"matchCommunitySet":{},"matchExtCommunitySet":{},"largeCommunitySet":{}}},"actions":{"routeDisposition":"accept-route","bgpActions":{"setCommunity":{},"setExtCommunity":{},"setLargeCommunity":{},"setAsPathPrepend":{}}}}]}"""),
        ("POST", "bgp/policy/apply", """{"ipAddress":"10.77.0.2","policyType":"export","policies":["pd1"],"routeAction":"accept"}"""),
    ];

    [Fact]
    public async Task EveryRecordedBody_IsTakenTwice()
    {
        await using var server = await RestServer.StartAsync(withBgp: true);
        foreach (var (method, path, body) in Recorded)
        {
            (await server.SendAsync(method, "/netlox/v1/config/" + path, body)).Should().BeEquivalentTo(new { Status = 200, ContentType = "application/json", Text = Success }, path);
        }

        var calls = server.Bgp.Calls.Count;
        foreach (var (method, path, body) in Recorded)
        {
            var answer = await server.SendAsync(method, "/netlox/v1/config/" + path, body);
            (answer.Text == Success || ((string)answer.Json!["result"]!).Contains("exist", StringComparison.Ordinal)).Should().BeTrue("{0}: {1}", path, answer.Text);
        }

        server.Bgp.Calls.Should().HaveCount(calls, "a repeated post does nothing");
        var configuration = server.Bgp.Configuration!;
        configuration.Speaker.Should().BeEquivalentTo(new { LocalAs = 64_511u, ListenPort = 1_791 });
        configuration.Peers.Select(static p => $"{p.Address} {p.RemoteAs} {p.RemotePort} {p.MultihopTtl} {p.NextHopSelf} {string.Join(',', p.ExportPolicies)} {p.ExportDefaultAccept}").Should().Equal(
            "10.77.0.1 64512 179 8 True  ", "10.77.0.2 64513 179 1 True pd1 True", "10.77.0.12 64511 1791 1 True  ");
        var statement = configuration.Policies.Policies.Single().Statements.Single();
        statement.Conditions.Should().Be(new Loxi.Bgp.Policy.BgpPolicyConditions { PrefixSet = new Loxi.Bgp.Policy.BgpSetMatch("ps1") }, "conditions without a value are none");
        statement.Actions.Should().Be(new Loxi.Bgp.Policy.BgpPolicyActions { Disposition = Loxi.Bgp.Policy.BgpRouteDisposition.Accept });
        (await server.SendAsync("DELETE", "/netlox/v1/config/bgp/neigh/10.77.0.12?remoteAs=64511")).Text.Should().Be(Success);
        (await server.SendAsync("POST", "/netlox/v1/config/bgp/global", """{"localAs":64511,"routerId":"10.77.0.11","listenPort":1791}""")).Text.Should().Be(Success);
        server.Bgp.Configuration!.Peers.Should().OnlyContain(static p => !p.NextHopSelf, "clients leave false out");
    }

    /// <summary>In the order of the scenario without roles, where the peers come before the speaker.</summary>
    [Fact]
    public async Task PeersBeforeTheSpeaker_ComeUpWithIt()
    {
        await using var server = await RestServer.StartAsync(withBgp: true);

        (await server.SendAsync("POST", "/netlox/v1/config/bgp/neigh", """{"ipAddress":"10.77.0.1","remoteAs":64512,"remotePort":179}""")).Text.Should().Be(Success);
        (await server.SendAsync("POST", "/netlox/v1/config/bgp/global", """{"localAs":64511,"routerId":"10.77.0.12","setNextHopSelf":true,"listenPort":179}""")).Text.Should().Be(Success);

        server.Bgp.Calls.Should().Equal("apply nothing", "apply 64511 10.77.0.1/64512");
    }
}
