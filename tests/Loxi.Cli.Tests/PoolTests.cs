using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>The commands of source pools, and the states of endpoints.</summary>
public sealed class PoolTests
{
    private const string Pools = """{"pools":[{"name":"east","vipGroup":"llb-inst0","addresses":["192.0.2.101","2001:db8::101"]},{"name":"far","vipGroup":"inst1","addresses":["192.0.2.201"]}]}""";
    private const string NoPool = """{"code":404,"fields":null,"message":"Resource not found","result":"no-pool error"}""";

    [Theory]
    [InlineData("create pool east --addresses=192.0.2.101,2001:db8::101", """{"addresses":["192.0.2.101","2001:db8::101"]}""")]
    [InlineData("create pool east --addresses 192.0.2.101 --group=inst1", """{"vipGroup":"inst1","addresses":["192.0.2.101"]}""")]
    public async Task Create_PutsThePool(string line, string body)
    {
        var node = new FakeNode().Answer("PUT *", """{"name":"east","vipGroup":"llb-inst0","addresses":["192.0.2.101"]}""");

        var outcome = await Cli.RunAsync(node, line);

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = "pool east created\n", Error = "" });
        node.Requests.Should().ContainSingle().Which.Should().Be(new SentRequest("PUT", "/loxi/v1/pools/east", body, null));
    }

    [Fact]
    public async Task Create_Refused_SaysWhy()
    {
        var node = new FakeNode().Answer(
            "PUT *",
            """{"code":409,"fields":null,"message":"Resource conflict","result":"pool-owner error: x","errors":[{"field":"addresses[0]","value":"192.0.2.201","expected":"an address of no other VIP group"}]}""",
            HttpStatusCode.Conflict);

        var outcome = await Cli.RunAsync(node, "create pool east --addresses=192.0.2.201");

        outcome.Code.Should().Be(ExitCode.Refused);
        outcome.Error.Should().Contain("addresses[0]").And.Contain("192.0.2.201");
    }

    [Theory]
    [InlineData("get pool", """
        NAME  GROUP      ADDRESSES
        east  llb-inst0  192.0.2.101,2001:db8::101
        far   inst1      192.0.2.201
        """)]
    [InlineData("get pool far", """
        NAME  GROUP  ADDRESSES
        far   inst1  192.0.2.201
        """)]
    [InlineData("get pool far -o yaml", """
        pools:
          - name: far
            vipGroup: inst1
            addresses:
              - "192.0.2.201"
        """)]
    public async Task Get_ShowsPools(string line, string output) =>
        (await Cli.RunAsync(new FakeNode().Answer("GET /loxi/v1/pools", Pools), line)).Should().BeEquivalentTo(new { Code = 0, Output = output.ReplaceLineEndings("\n") + "\n", Error = "" });

    [Fact]
    public async Task Get_UnknownPool_IsNotFound() =>
        (await Cli.RunAsync(new FakeNode().Answer("GET /loxi/v1/pools", Pools), "get pool eats")).Should().BeEquivalentTo(new { Code = 4, Output = "", Error = "loxictl: no pool 'eats'; did you mean 'east'?\n" });

    [Fact]
    public async Task Delete_KnownAndUnknown()
    {
        (await Cli.RunAsync(new FakeNode().Answer("DELETE /loxi/v1/pools/east", """{"result":"Success"}"""), "delete pool east")).Should().BeEquivalentTo(new { Code = 0, Output = "pool east deleted\n", Error = "" });
        (await Cli.RunAsync(new FakeNode().Answer("DELETE *", NoPool, HttpStatusCode.NotFound), "delete pool east")).Should().BeEquivalentTo(new { Code = 4, Output = "", Error = "loxictl: no pool 'east'\n" });
    }

    [Theory]
    [InlineData("set endpoint 192.0.2.1 --port=80 --state=draining", """{"hostName":"192.0.2.1","epPort":80,"epProto":"tcp","state":"draining"}""", "endpoint tcp 192.0.2.1:80 draining\n")]
    [InlineData("set ep 2001:db8::1 --protocol=icmp --state green", """{"hostName":"2001:db8::1","epPort":0,"epProto":"icmp","state":"green"}""", "endpoint icmp [2001:db8::1] green\n")]
    public async Task SetEndpoint_SendsTheState(string line, string body, string output)
    {
        var node = new FakeNode().Answer("POST *", """{"result":"Success"}""");

        var outcome = await Cli.RunAsync(node, line);

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = output, Error = "" });
        node.Requests.Should().ContainSingle().Which.Should().Be(new SentRequest("POST", "/netlox/v1/config/endpointhoststate", body, null));
    }
}
