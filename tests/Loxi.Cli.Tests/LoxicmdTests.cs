using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>The command lines that were recorded from loxicmd mean the same here.</summary>
public sealed class LoxicmdTests
{
    private const string Success = """{"result":"Success"}""";

    public static TheoryData<string> CommandLines() => [.. Fixture.LoxicmdInvocations().Select(static i => (string)i!["cmd"]!).Distinct()];

    [Fact]
    public void Fixture_HoldsCreationsAndDeletions() =>
        CommandLines().Should().HaveCountGreaterThan(20).And.Contain(line => line.Data.Contains("delete lb")).And.Contain(line => line.Data.Contains("create lb"))
            .And.Contain(line => line.Data.Contains("create bfd")).And.Contain(line => line.Data.Contains("set bfd")).And.Contain(line => line.Data.Contains("delete bfd"))
            .And.Contain(line => line.Data.Contains("create bgpneighbor")).And.Contain(line => line.Data.Contains("delete bgpneighbor"));

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task LoxicmdLine_SendsTheSame(string line)
    {
        var recorded = Fixture.LoxicmdInvocations().First(i => (string)i!["cmd"]! == line)!["requests"]!.AsArray();
        var node = new FakeNode().Answer("POST *", Success).Answer("DELETE *", Success)
            .Answer("GET /netlox/v1/config/loadbalancer/all", """{"lbAttr":[{"serviceArguments":{"name":"http-service"}}]}""")
            .Answer("GET /netlox/v1/config/bfd/all", """{"Attr":[{"remoteIp":"32.32.32.2"}]}""");

        var outcome = await Cli.RunAsync(node, line["loxicmd ".Length..]);

        var sent = outcome.Requests.Where(static r => r.Method != "GET").ToList();
        if (recorded.Count == 0)
        {
            outcome.Code.Should().Be(ExitCode.Usage);
            sent.Should().BeEmpty();
            return;
        }

        outcome.Error.Should().BeEmpty();
        outcome.Code.Should().Be(ExitCode.Success);
        sent[0].Method.Should().Be((string)recorded[0]!["method"]!);
        sent[0].Path.Should().Be((string)recorded[0]!["path"]!);
        if (recorded[0]!["body"] is { } body)
        {
            if (line.Contains("--remotePort=179", StringComparison.Ordinal))
            {
                // loxicmd leaves its default out, so that a peer with another port would keep that.
                ((int)body["remotePort"]!).Should().Be(0);
                body["remotePort"] = 179;
            }

            Fixture.Meaning(sent[0].Body!).Should().Be(Fixture.Meaning(body.ToJsonString()));
        }
    }

    [Fact]
    public async Task SeveralPorts_MakeSeveralServices()
    {
        var node = new FakeNode().Answer("POST *", Success);

        var outcome = await Cli.RunAsync(node, "create lb 192.0.2.1 --tcp=80:8080,443:8443 --udp 53 --endpoints=198.51.100.1:1");

        outcome.Output.Should().Be("lb tcp 192.0.2.1:80 created\nlb tcp 192.0.2.1:443 created\nlb udp 192.0.2.1:53 created\n");
        outcome.Requests.Select(static r => r.Body).Should().SatisfyRespectively(
            first => first.Should().Contain("\"port\":80").And.Contain("\"targetPort\":8080"),
            second => second.Should().Contain("\"port\":443").And.Contain("\"targetPort\":8443"),
            third => third.Should().Contain("\"protocol\":\"udp\"").And.Contain("\"targetPort\":53"));
    }

    [Fact]
    public async Task ServiceAsItIs_IsUnchangedAndNoError()
    {
        var node = new FakeNode().Answer(
            "POST *",
            """{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"lbrule-exists error"}""",
            HttpStatusCode.Conflict);

        var outcome = await Cli.RunAsync(node, "create lb 192.0.2.1 --tcp=80 --endpoints=198.51.100.1:1");

        outcome.Should().BeEquivalentTo(new { Code = ExitCode.Success, Output = "lb tcp 192.0.2.1:80 unchanged\n", Error = "" });
    }

    [Fact]
    public async Task Create_RangeNumbersAndDrainingEndpoint_AreSent()
    {
        var node = new FakeNode().Answer("POST *", Success);

        await Cli.RunAsync(node, "create lb 192.0.2.1 --tcp=8080-8090:0 --mode=1 --select=2 --mark=7 --endpoints=198.51.100.1:1,198.51.100.2:3:draining");

        Fixture.Meaning(node.Requests.Should().ContainSingle().Subject.Body!).Should().Be(Fixture.Meaning("""
            {"serviceArguments":{"externalIP":"192.0.2.1","port":8080,"portMax":8090,"protocol":"tcp","mode":1,"sel":2,"block":7},
             "endpoints":[{"endpointIP":"198.51.100.1","weight":1},{"endpointIP":"198.51.100.2","weight":3,"state":"draining"}]}
            """));
        node.Requests[0].Body.Should().Contain("\"targetPort\":0");
    }

    [Fact]
    public async Task Create_SendsEveryFurtherOption()
    {
        var node = new FakeNode().Answer("POST *", Success);

        await Cli.RunAsync(
            node,
            "create lb 2001:db8::1 --tcp 80:8080 --endpoints [2001:db8::10]:3 --mode fullnat --select lc --privateip 2001:db8::2 --monitor --probetype http --probeport 81"
            + " --pool east --group inst1 --tunnel ipip --clamp-mss --slow-start 30 --persist-timeout 600"
            + " --probereq /health --proberesp OK --probetimeout 5 --proberetries 2 --managed --egress --security e2ehttps --host a.example --inatimeout 60 --name web");

        Fixture.Meaning(node.Requests.Should().ContainSingle().Subject.Body!).Should().Be(Fixture.Meaning("""
            {"serviceArguments":{"externalIP":"2001:db8::1","port":80,"protocol":"tcp","mode":2,"sel":4,"privateIP":"2001:db8::2","monitor":true,"probetype":"http","probeport":81,
             "probereq":"/health","proberesp":"OK","probeTimeout":5,"probeRetries":2,"managed":true,"egress":true,"security":2,"host":"a.example","inactiveTimeOut":60,"name":"web",
             "sourcePool":"east","vipGroup":"inst1","tunnel":"ipip","clampMss":true,"slowStart":30,"persistTimeOut":600},
             "endpoints":[{"endpointIP":"2001:db8::10","targetPort":8080,"weight":3}]}
            """));
    }
}
