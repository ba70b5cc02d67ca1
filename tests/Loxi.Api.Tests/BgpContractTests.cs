using System.Net;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Xunit;

namespace Loxi.Api.Tests;

/// <summary>BGP and roles on the wire, against what was recorded of loxicmd, kube-loxilb and loxilb.</summary>
public sealed class BgpContractTests
{
    private const string Success = """{"result":"Success"}""";

    [Theory]
    [InlineData("""{"ipAddress":"10.10.10.1","remoteAs":64512,"remotePort":0,"setMultiHop":false}""")]
    [InlineData("""{"ipAddress":"10.77.0.1","remoteAs":64512,"remotePort":179,"setMultiHop":true}""")]
    [InlineData("""{"ipAddress":"10.77.0.12","remoteAs":64512,"remotePort":1791}""")]
    public void NeighborOfAClient_IsReadAndWrittenAsItIs(string body) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize(body, LoxiJson.BgpNeighborArguments)!, LoxiJson.BgpNeighborArguments).Should().Be(body);

    [Theory]
    [InlineData("""{"localAs":64511,"routerId":"10.77.0.11","setNextHopSelf":true,"listenPort":1791}""")]
    [InlineData("""{"localAs":64512,"routerId":"10.77.0.11","listenPort":1791}""")]
    public void GlobalOfAClient_IsReadAndWrittenAsItIs(string body) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize(body, LoxiJson.BgpGlobalArguments)!, LoxiJson.BgpGlobalArguments).Should().Be(body);

    [Fact]
    public void NamesMatchInAnyCaseAndUnknownOnesArePassedOver()
    {
        JsonSerializer.Deserialize("""{"LOCALAS":1,"SetNextHopSelf":true,"more":[{}]}""", LoxiJson.BgpGlobalArguments).Should().Be(new BgpGlobalArguments { LocalAs = 1, SetNextHopSelf = true });
        JsonSerializer.Deserialize("""{"name":"ns1","definedType":"neighbor","List":["10.0.0.1/32"]}""", LoxiJson.BgpDefinedSet)!.Values.Should().Equal("10.0.0.1/32");
    }

    [Fact]
    public void AnswerOfLoxilb_IsRead()
    {
        var list = JsonSerializer.Deserialize("""{"bgpNeiAttr":[{"ipAddress":"11.11.11.254","remoteAs":64511,"state":"ESTABLISHED","updowntime":"00:12:34"}]}""", LoxiJson.BgpNeighborList)!;

        list.Neighbors.Should().Equal(new BgpNeighborEntry { IPAddress = "11.11.11.254", RemoteAs = 64_511, State = "ESTABLISHED", UpDownTime = "00:12:34" });
    }

    [Fact]
    public void Entry_HasWhatWasConfigured()
    {
        var arguments = new BgpNeighborArguments { IPAddress = "192.0.2.2", RemoteAs = 1, Description = "x" };

        new BgpNeighborEntry(arguments) { State = "IDLE" }.Should().Be(new BgpNeighborEntry { IPAddress = "192.0.2.2", RemoteAs = 1, Description = "x", State = "IDLE" });
    }

    [Fact]
    public void TextOfAPeer_HidesItsPassword() => new BgpNeighborArguments { IPAddress = "192.0.2.2", Password = "geheim" }.ToString().Should().Contain("192.0.2.2").And.NotContain("geheim");

    [Fact]
    public void PolicyOfKubeLoxilb_IsRead()
    {
        var policy = JsonSerializer.Deserialize(
            """{"name":"pd1","statements":[{"name":"st1","conditions":{"matchPrefixSet":{"matchSetOption":"any","prefixSet":"ps1"},"matchNeighborSet":{},"bgpConditions":{"matchAsPathSet":{},"asPathLength":{},"largeCommunitySet":{"communitySet":"l","matchSetOptions":"all"}}},"actions":{"routeDisposition":"accept-route","bgpActions":{"setCommunity":{},"setAsPathPrepend":{}}}}]}""",
            LoxiJson.BgpPolicyDefinition)!;

        var statement = policy.Statements!.Single()!;
        statement.Conditions!.PrefixSet.Should().Be(new BgpSetCondition { PrefixSet = "ps1", Option = "any" });
        statement.Conditions.Attributes!.LargeCommunitySetOfClients.Should().Be(new BgpSetCondition { CommunitySet = "l", Options = "all" });
        statement.Actions!.Disposition.Should().Be("accept-route");
        statement.Actions.Attributes!.Prepend.Should().Be(new BgpPrependArguments());
    }

    [Fact]
    public void Role_HasSyncAlways() =>
        JsonSerializer.Serialize(new ClusterState { Instance = "llb-inst0", State = "MASTER", Vip = "0.0.0.0" }, LoxiJson.ClusterState).Should().Be("""{"instance":"llb-inst0","state":"MASTER","sync":null,"vip":"0.0.0.0"}""");

    public static TheoryData<Func<LoxiClient, Task>, string> Calls => new()
    {
        { static c => c.GetBgpGlobalAsync(), "GET /netlox/v1/config/bgp/global" },
        { static c => c.PutBgpGlobalAsync(new BgpGlobalArguments { LocalAs = 1 }), """POST /netlox/v1/config/bgp/global {"localAs":1}""" },
        { static c => c.DeleteBgpGlobalAsync(), "DELETE /netlox/v1/config/bgp/global" },
        { static c => c.ListBgpNeighborsAsync(), "GET /netlox/v1/config/bgp/neigh/all" },
        { static c => c.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = "192.0.2.2" }), """POST /netlox/v1/config/bgp/neigh {"ipAddress":"192.0.2.2"}""" },
        { static c => c.DeleteBgpNeighborAsync(IPAddress.Parse("192.0.2.2"), 64_501), "DELETE /netlox/v1/config/bgp/neigh/192.0.2.2?remoteAs=64501" },
        { static c => c.DeleteBgpNeighborAsync(IPAddress.Parse("fe80::2%1"), interfaceName: "eth0"), "DELETE /netlox/v1/config/bgp/neigh/fe80::2?interface=eth0" },
        { static c => c.ListBgpDynamicNeighborsAsync(), "GET /netlox/v1/config/bgp/dynamicneigh/all" },
        { static c => c.PutBgpDynamicNeighborsAsync(new BgpDynamicNeighborArguments(new BgpNeighborArguments { RemoteAs = 1 }) { Prefix = "192.0.2.0/24" }), """POST /netlox/v1/config/bgp/dynamicneigh {"prefix":"192.0.2.0/24","remoteAs":1}""" },
        { static c => c.DeleteBgpDynamicNeighborsAsync(IPNetwork.Parse("fe80::/10"), "eth0"), "DELETE /netlox/v1/config/bgp/dynamicneigh/fe80::/10?interface=eth0" },
        { static c => c.ListBgpRoutesAsync("out", IPAddress.Parse("fe80::2"), interfaceName: "eth0"), "GET /loxi/v1/bgp/routes?kind=out&peer=fe80%3A%3A2&interface=eth0&limit=1000" },
        { static c => c.ListBgpDefinedSetsAsync("prefix"), "GET /netlox/v1/config/bgp/policy/definedsets/prefix/all" },
        { static c => c.PutBgpDefinedSetAsync("aspath", new BgpDefinedSet { Name = "a" }), """POST /netlox/v1/config/bgp/policy/definedsets/aspath {"name":"a","list":null,"prefixList":null}""" },
        { static c => c.DeleteBgpDefinedSetAsync("prefix", "a b"), "DELETE /netlox/v1/config/bgp/policy/definedsets/prefix/a%20b" },
        { static c => c.ListBgpPoliciesAsync(), "GET /netlox/v1/config/bgp/policy/definitions/all" },
        { static c => c.PutBgpPolicyAsync(new BgpPolicyDefinition { Name = "p" }), """POST /netlox/v1/config/bgp/policy/definitions {"name":"p"}""" },
        { static c => c.DeleteBgpPolicyAsync("p"), "DELETE /netlox/v1/config/bgp/policy/definitions/p" },
        { static c => c.ApplyBgpPolicyAsync(new BgpPolicyApplication { PolicyType = "import" }), """POST /netlox/v1/config/bgp/policy/apply {"policyType":"import"}""" },
        { static c => c.ApplyBgpPolicyAsync(new BgpPolicyApplication { PolicyType = "import" }, isRemoval: true), """DELETE /netlox/v1/config/bgp/policy/apply {"policyType":"import"}""" },
        { static c => c.ListBgpPeersAsync(), "GET /loxi/v1/bgp/peers" },
        { static c => c.GetBgpPeerAsync(IPAddress.Parse("192.0.2.2")), "GET /loxi/v1/bgp/peers/192.0.2.2" },
        { static c => c.ResetBgpPeerAsync(IPAddress.Parse("192.0.2.2"), new BgpReset { Kind = "soft" }), """POST /loxi/v1/bgp/peers/192.0.2.2/reset {"kind":"soft"}""" },
        { static c => c.ShutDownBgpPeerAsync(IPAddress.Parse("192.0.2.2"), text: "x"), """POST /loxi/v1/bgp/peers/192.0.2.2/shutdown {"text":"x"}""" },
        { static c => c.ShutDownBgpPeerAsync(IPAddress.Parse("192.0.2.2"), isDown: false), "POST /loxi/v1/bgp/peers/192.0.2.2/start {}" },
        { static c => c.ListBgpRoutesAsync("in", IPAddress.Parse("192.0.2.2"), IPNetwork.Parse("10.0.0.0/8"), 7, "x"), "GET /loxi/v1/bgp/routes?kind=in&peer=192.0.2.2&prefix=10.0.0.0%2F8&limit=7&after=x" },
        { static c => c.ListClusterStatesAsync(), "GET /netlox/v1/config/cistate/all" },
        { static c => c.SetClusterStateAsync(new ClusterState { State = "MASTER" }), """POST /netlox/v1/config/cistate {"state":"MASTER","sync":null}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Client_Sends(Func<LoxiClient, Task> call, string request) => (await CallAsync(HttpStatusCode.OK, Success, call)).Should().Be(request);

    [Theory]
    [InlineData("bgp existing neighbor", HttpStatusCode.Conflict)]
    public async Task PeerAsItIs_IsNoError(string result, HttpStatusCode status)
    {
        var changed = true;
        await CallAsync(status, $$"""{"code":409,"result":"{{result}}"}""", async c => changed = await c.PutBgpNeighborAsync(new BgpNeighborArguments()));

        changed.Should().BeFalse();
    }

    [Fact]
    public async Task WhatIsAbsent_IsNoError()
    {
        var found = new List<object?>();
        await CallAsync(HttpStatusCode.NotFound, """{"code":404,"result":"no bgp neighbor"}""", async c => found.Add(await c.GetBgpPeerAsync(IPAddress.Loopback)));
        await CallAsync(HttpStatusCode.NotFound, """{"code":404,"result":"no bgp neighbor"}""", async c => found.Add(await c.ResetBgpPeerAsync(IPAddress.Loopback, new BgpReset()) ? true : null));
        await CallAsync(HttpStatusCode.NotFound, """{"code":404,"result":"no bgp global config"}""", async c => found.Add(await c.GetBgpGlobalAsync()));
        await CallAsync(HttpStatusCode.NotFound, """{"code":404,"result":"no bgp policy"}""", async c => found.Add(await c.DeleteBgpPolicyAsync("p") ? true : null));

        found.Should().HaveCount(4).And.OnlyContain(static f => f == null);
        await FluentActions.Awaiting(static () => CallAsync(HttpStatusCode.NotFound, """{"code":404,"result":"no bgp policy"}""", static c => c.GetBgpGlobalAsync())).Should().ThrowAsync<LoxiApiException>("another absence is an error");
    }

    private static async Task<string> CallAsync(HttpStatusCode status, string body, Func<LoxiClient, Task> call)
    {
        using var handler = new Handler(status, body);
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://127.0.0.1:11111") };
        await call(new LoxiClient(http));
        return handler.Request;
    }

    private sealed class Handler(HttpStatusCode status, string body) : HttpMessageHandler
    {
        public string Request { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Request = $"{request.Method} {request.RequestUri!.PathAndQuery}";
            if (request.Content is not null)
            {
                Request += " " + await request.Content.ReadAsStringAsync(cancellationToken);
            }

            return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }
    }
}
