using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary><c>get ha</c>, <c>ha pin</c>, <c>ha unpin</c>.</summary>
public sealed class HaTests
{
    private const string Root = "/loxi/v1/ha";
    private const string Success = """{"result":"Success"}""";

    private const string Status = """
        {"source":"peers","node":0,"authentication":"enforce","realTime":true,"wouldLose":"established connections: they are not synchronised","groups":[
         {"name":"llb-inst0","role":"master","since":"2030-01-01T12:00:00.25+00:00","cause":"master-silent","master":0,"term":"7","readiness":"ready","health":255,"pinned":false,"aliveFor":260,"answersFor":260,
          "addresses":[{"address":"192.0.2.10","condition":"placed","interfaces":["eth0"],"conflicts":2,"claimedBy":"024C58000300 on eth0"}],
          "transitions":[{"time":"2030-01-01T12:00:00.25+00:00","from":"backup","to":"master","cause":"master-silent","term":"7","peer":1}]},
         {"name":"inst1","role":"backup","since":"2030-01-01T11:00:00+00:00","cause":"master-heard","master":1,"term":"3","readiness":"ready","health":191,"pinned":true,"aliveFor":260,"answersFor":0,"addresses":[],
          "transitions":[{"time":"2030-01-01T11:00:00+00:00","from":"listening","to":"backup","cause":"master-heard","term":"3","peer":1}]}],
         "peers":[{"node":1,"heard":true,"authenticated":true,"paths":[
          {"address":"192.0.2.2","local":"192.0.2.1","interface":"eth0","heardAgo":80,"roundTrip":250,"received":5,"sent":6,"discarded":0},
          {"address":"198.51.100.2","received":0,"sent":6,"discarded":0,"problem":"Network is unreachable"}]}],
         "alarms":[{"name":"single-path","node":2,"since":"2030-01-01T12:00:01+00:00","count":1,"text":"1 path leads to node 2"},{"name":"address-conflict","group":"llb-inst0","address":"192.0.2.10","since":"2030-01-01T12:00:02+00:00","count":7,"text":"another host has it"}]}
        """;

    private const string Good = """
        {"source":"peers","node":0,"authentication":"enforce","realTime":true,"groups":[{"name":"a","role":"backup","master":1,"term":"1","readiness":"ready","health":255,"pinned":false,"aliveFor":1,"answersFor":0}],
         "peers":[{"node":1,"heard":true,"authenticated":true,"clockOffset":-999,"paths":[{"address":"192.0.2.2","heardAgo":8,"received":1,"sent":1,"discarded":0},{"address":"198.51.100.2","heardAgo":8,"received":1,"sent":1,"discarded":0}]}],"alarms":[]}
        """;

    [Fact]
    public async Task OneScreen_SaysWhoServesSinceWhenWhy_AndWhatWouldBeLost()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("GET " + Root, Status), "get ha");

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().StartWith("""
            The nodes decide roles.
            A failover now would lose established connections: they are not synchronised.
            """);
        outcome.Output.Should().MatchRegex("(?m)^single-path +- +2 +- +2030-01-01T12:00:01.000Z +1 +1 path leads to node 2");
        outcome.Output.Should().MatchRegex("(?m)^address-conflict +llb-inst0 +- +192.0.2.10 +2030-01-01T12:00:02.000Z +7 +another host has it");
        outcome.Output.Should().MatchRegex("(?m)^llb-inst0 +master +2030-01-01T12:00:00.250Z +master-silent +this node +ready");
        outcome.Output.Should().MatchRegex("(?m)^inst1 +backup +2030-01-01T11:00:00.000Z +master-heard +node 1 +ready");
        outcome.Output.Should().MatchRegex("(?m)^ *1 +yes +192.0.2.2 +80ms").And.MatchRegex("(?m)^ *1 +yes +198.51.100.2 .*Network is unreachable");
        outcome.Output.Should().NotContain("placed");
    }

    private const string Synced = """
        {"source":"peers","node":0,"authentication":"enforce","realTime":true,"sync":{"ready":SYNCREADY,"pin":"ab12","entries":1234,"parked":PARKED,"refusals":3,"lastRefusal":{"time":"2030-01-01T12:00:00.25+00:00","reason":"not-pinned","remote":"192.0.2.9:4711","text":"nobody has its pin"}},
         "groups":[{"name":"a","role":"backup","master":1,"term":"1","readiness":"ready","health":255,"pinned":false,"aliveFor":1,"answersFor":0,"addresses":[]}],
         "peers":[{"node":1,"heard":true,"authenticated":true,"paths":[{"address":"192.0.2.2","heardAgo":8,"received":1,"sent":1,"discarded":0},{"address":"198.51.100.2","heardAgo":8,"received":1,"sent":1,"discarded":0}],
          "sync":{"state":"joining",PROBLEM"live":true,"bulk":false,"remote":"192.0.2.2:22112","lag":1250,"lastLag":400,"backlog":7,"missing":99,"partsAwaited":5,"partsOwed":6,"lacks":false,"sent":10,"received":11,"resent":12,"lastRefusal":{"time":"2030-01-01T12:00:01+00:00","reason":"unreachable","remote":"192.0.2.2:22112","text":"refused"}}}],"alarms":[]}
        """;

    private static string SyncedNode(bool isReady = true, int parked = 0, string? problem = null) => Synced
        .Replace("SYNCREADY", isReady ? "true" : "false,\"problem\":\"4 parts are not here\"").Replace("PARKED", $"{parked}").Replace("PROBLEM", problem is null ? "" : $"\"problem\":\"{problem}\",");

    [Fact]
    public async Task ConnectionsThatAreKeptAlike_WhatIsMissing_AndWhoWasRefused()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("GET " + Root, SyncedNode(problem: "6 parts are not there")), "get ha");

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().StartWith("""
            The nodes decide roles.
            A failover now would lose no established connection that this node knows of.
            This node knows 1234 connections; it is ready to take over.
            The last connection of a stranger was refused at 2030-01-01T12:00:00.250Z: nobody has its pin (192.0.2.9:4711, not-pinned).
            """);
        outcome.Output.Should().MatchRegex("(?m)^NODE +SYNC +LAG +BACKLOG +MISSING +PROBLEM").And.MatchRegex("(?m)^ *1 +joining +1.25ms +7 +99 +6 parts are not there");
    }

    [Fact]
    public async Task WhyTheNodeIsNotReady_IsSaid()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("GET " + Root, SyncedNode(isReady: false, parked: 5)), "get ha");

        outcome.Output.Should().Contain("This node knows 1234 connections, 5 of them not in its table: it lacks their service, or is full; it is not ready to take over: 4 parts are not here.");
    }

    [Fact]
    public async Task Wide_HasStreamsAndCountersOfSync()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("GET " + Root, SyncedNode()), "get ha -o wide");

        outcome.Output.Should().Contain("Its pin is ab12; 3 connections were refused or not made.");
        outcome.Output.Should().MatchRegex("(?m)^ *1 +joining +yes +no +192.0.2.2:22112 +1.25ms +0.4ms +7 +99 +6 +5 +10 +11 +12 +2030-01-01T12:00:01.000Z unreachable +-");
    }

    [Fact]
    public async Task Check_NamesWhatStandsAgainstConnections()
    {
        (await CheckAsync(SyncedNode())).Output.Should().Be("nothing stands against a failover" + Environment.NewLine);

        (await CheckAsync(SyncedNode(parked: 5, problem: "no stream"))).Output.Split(Environment.NewLine).Should().Equal(
            "connections, node 1: no stream; expected connections that both nodes have. let TCP port 22112 pass, see that each has the pin of the other one (--ha-sync), and the same services",
            "connections: 5 are not in the table of this node; expected none. make the services of the other nodes here too, or raise --max-connections",
            "");
    }

    [Fact]
    public async Task Wide_HasAddressesGatesAndPaths()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("GET " + Root, Status), "get ha -o wide");

        outcome.Output.Should().MatchRegex("(?m)^inst1 .* 191 +yes +260ms +0ms");
        outcome.Output.Should().MatchRegex("(?m)^192.0.2.10 +llb-inst0 +placed +eth0 +2 +024C58000300 on eth0");
        outcome.Output.Should().MatchRegex("(?m)^ *1 +yes +yes +192.0.2.2 +192.0.2.1 +eth0 +80ms +0.25ms +5 +6 +0");
    }

    [Fact]
    public async Task History_IsInTheOrderOfTime()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("GET " + Root, Status), "get ha --history");

        outcome.Output.Should().MatchRegex("(?s)T11:00:00.000Z +inst1 +listening +backup +master-heard +3 +1.*T12:00:00.250Z +llb-inst0 +backup +master +master-silent +7 +1");
    }

    [Fact]
    public async Task NodeWithoutRoles_SaysSo() =>
        (await Cli.RunAsync(new FakeNode().Answer("GET " + Root, """{"source":"none","node":0,"realTime":false,"groups":[],"peers":[],"alarms":[]}"""), "get ha")).Output
            .Should().Be("Nobody decides roles: the node is alone, or every node announces." + Environment.NewLine);

    [Theory]
    [InlineData("ha pin", "PUT", "llb-inst0", "ha llb-inst0 pinned\n")]
    [InlineData("ha unpin --instance inst1", "DELETE", "inst1", "ha inst1 unpinned\n")]
    public async Task Pin_IsSent(string line, string method, string group, string output)
    {
        var node = new FakeNode().Answer($"{method} *", Success);

        (await Cli.RunAsync(node, line)).Output.Should().Be(output);

        node.Requests.Should().Equal(new SentRequest(method, $"{Root}/groups/{group}/pin", null, null));
    }

    [Fact]
    public async Task Pin_OfNoGroup_IsNotFound()
    {
        var node = new FakeNode().Answer("PUT *", """{"code":404,"fields":null,"message":"no-group error","result":"no-group error"}""", HttpStatusCode.NotFound);

        (await Cli.RunAsync(node, "ha pin --instance inst7")).Should().BeEquivalentTo(new { Code = 4, Error = "loxictl: no VIP group 'inst7' that nodes decide about\n" });
    }

    [Fact]
    public async Task Check_NamesAllThatStandsAgainstAFailover_WithWhatIsExpectedAndHowToMendIt()
    {
        var outcome = await CheckAsync(Status, """{"findings":[{"subject":"clock","found":"not kept","expected":"kept","remedy":"start chronyd"}]}""");

        outcome.Code.Should().Be(1);
        outcome.Output.Split(Environment.NewLine).Should().Equal(
            "node 1, path 198.51.100.2: Network is unreachable; expected HELLOs that are sent. see the link and ip route get 198.51.100.2",
            "VIP group inst1: this node is pinned as a backup; expected no pin. loxictl ha unpin --instance inst1",
            "alarm single-path: 1 path leads to node 2; expected no alarm. see docs/ha.md, Alarms",
            "alarm address-conflict, VIP group llb-inst0, 192.0.2.10: another host has it; expected no alarm. see docs/ha.md, Alarms",
            "clock: not kept; expected kept. start chronyd",
            "");
        outcome.Error.Should().Be("loxictl: 5 of the checks failed\n");
    }

    [Theory]
    [InlineData("\"authentication\":\"enforce\"", "\"authentication\":\"bootstrap\"", "keys: HELLO authentication is bootstrap; expected enforce.")]
    [InlineData("\"realTime\":true", "\"realTime\":false", "scheduling: roles are decided in the ordinary class; expected the real-time class.")]
    [InlineData("\"heardAgo\":80", "\"heardAgo\":1001", "node 1, path 192.0.2.2: not heard for 1001 ms; expected a HELLO each interval.")]
    [InlineData("\"heardAgo\":80,", "", "node 1, path 192.0.2.2: never heard; expected a HELLO. let UDP port 22112 pass")]
    [InlineData("\"authenticated\":true", "\"authenticated\":true,\"clockOffset\":-1001", "node 1: its clock is 1001 ms behind the one of this node; expected less than a second.")]
    [InlineData("\"authenticated\":true", "\"authenticated\":true,\"clockOffset\":60000", "node 1: its clock is 60000 ms before the one of this node; expected less than a second.")]
    [InlineData("\"master\":1,", "", "VIP group inst1: no node is known to serve; expected one.")]
    [InlineData("\"readiness\":\"ready\",\"health\":255", "\"readiness\":\"cold\",\"health\":255", "VIP group llb-inst0: this node is cold; expected ready.")]
    [InlineData("\"health\":255", "\"health\":255,\"differsFrom\":[1]", "VIP group llb-inst0: node 1 has other services or pools; expected the same on all nodes.")]
    [InlineData("\"condition\":\"placed\"", "\"condition\":\"withheld\"", "address 192.0.2.10: withheld, 024C58000300 on eth0 has it; expected an address that nobody else has.")]
    [InlineData("\"source\":\"peers\"", "\"source\":\"none\"", "roles: nobody decides; expected other nodes.")]
    [InlineData("\"source\":\"peers\"", "\"source\":\"external\"", "roles: a controller decides; expected nodes that decide.")]
    public async Task Check_SaysWhatIsWrong(string right, string wrong, string finding)
    {
        Status.Should().Contain(right);

        var outcome = await CheckAsync(Status.Replace(right, wrong));

        outcome.Code.Should().Be(1);
        outcome.Output.Split(Environment.NewLine).Should().Contain(line => line.StartsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_OfTwoNodesThatAreAsTheyShouldBe_IsSilent()
    {
        (await CheckAsync(Good)).Should().BeEquivalentTo(new { Code = 0, Output = "nothing stands against a failover" + Environment.NewLine, Error = "" });
    }

    [Fact]
    public async Task Check_Compare_NamesServicesAndPoolsThatDiffer_AndNotWhatDiffersByNature()
    {
        static string Service(string vip, string endpoint, string state = "active") =>
            $$"""{"serviceArguments":{"externalIP":"{{vip}}","port":80,"protocol":"tcp"},"endpoints":[{"endpointIP":"{{endpoint}}","targetPort":80,"weight":1,"state":"{{state}}","counter":"{{endpoint.Length}}:0"}]}""";
        var here = new FakeNode().Answer("GET " + Root, Good).Answer("GET " + Root + "/check", """{"findings":[]}""")
            .Answer("GET /netlox/v1/config/loadbalancer/all", $$"""{"lbAttr":[{{Service("192.0.2.10", "198.51.100.1")}},{{Service("192.0.2.11", "198.51.100.1")}},{{Service("192.0.2.12", "198.51.100.1")}}]}""")
            .Answer("GET /loxi/v1/pools", """{"pools":[{"name":"a","addresses":["192.0.2.20"]}]}""");
        var there = new FakeNode()
            .Answer("GET /netlox/v1/config/loadbalancer/all", $$"""{"lbAttr":[{{Service("192.0.2.10", "198.51.100.1", "inactive")}},{{Service("192.0.2.11", "198.51.100.2")}},{{Service("192.0.2.13", "198.51.100.1")}}]}""")
            .Answer("GET /loxi/v1/pools", """{"pools":[]}""");
        var environment = new CliEnvironment
        {
            Output = new StringWriter(),
            Error = new StringWriter(),
            Variable = static _ => null,
            Time = TimeProvider.System,
            Transport = api => api.Host == "192.0.2.2" ? there : here,
        };

        var outcome = await Cli.RunAsync("ha check --compare http://192.0.2.2:11111", environment, here, TestContext.Current.CancellationToken);

        outcome.Code.Should().Be(1);
        outcome.Output.Split(Environment.NewLine).Select(static line => line.Split(';')[0]).Should().Equal(
            "service tcp 192.0.2.11:80: is another on 192.0.2.2:11111",
            "service tcp 192.0.2.12:80: is not on 192.0.2.2:11111",
            "service tcp 192.0.2.13:80: is on 192.0.2.2:11111 alone",
            "pool a: is not on 192.0.2.2:11111",
            "");
    }

    private static Task<Outcome> CheckAsync(string status, string check = """{"findings":[]}""") =>
        Cli.RunAsync(new FakeNode().Answer("GET " + Root, status).Answer("GET " + Root + "/check", check), "ha check");
}
