using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

public sealed class DeleteTests
{
    private const string Success = """{"result":"Success"}""";

    [Theory]
    [InlineData("delete lb 192.0.2.1 --tcp=80", "/netlox/v1/config/loadbalancer/hosturl/any/externalipaddress/192.0.2.1/port/80/portmax/0/protocol/tcp?bgp=false&block=0", "lb tcp 192.0.2.1:80 deleted\n")]
    [InlineData("delete lb 2001:db8::1 --icmp", "/netlox/v1/config/loadbalancer/hosturl/any/externalipaddress/2001:db8::1/port/0/portmax/0/protocol/icmp?bgp=false&block=0", "lb icmp [2001:db8::1] deleted\n")]
    [InlineData("delete lb --name web", "/netlox/v1/config/loadbalancer/name/web", "2 services deleted\n")]
    [InlineData("delete lb --all", "/netlox/v1/config/loadbalancer/all", "all services deleted\n")]
    public async Task Service_IsDeleted(string line, string path, string output)
    {
        var node = new FakeNode().Answer("DELETE *", Success)
            .Answer("GET /netlox/v1/config/loadbalancer/all", """{"lbAttr":[{"serviceArguments":{"name":"web"}},{"serviceArguments":{"name":"web"}},{"serviceArguments":{"name":"db"}}]}""");

        var outcome = await Cli.RunAsync(node, line);

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().Be(output);
        node.Requests[^1].Should().Be(new SentRequest("DELETE", path, null, null));
    }

    [Theory]
    [InlineData("delete conntrack --all", "/loxi/v1/connections?all=true")]
    [InlineData("delete ct --vip 192.0.2.1 --port 80 --client 198.51.100.9", "/loxi/v1/connections?client=198.51.100.9%2F32&vip=192.0.2.1&port=80")]
    public async Task Connections_AreDeleted(string line, string path)
    {
        var node = new FakeNode().Answer("DELETE " + path, """{"count":3}""");

        var outcome = await Cli.RunAsync(node, line);

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = "3 connections deleted\n", Error = "" });
    }

    [Theory]
    [InlineData("delete endpoint 192.0.2.1", "/netlox/v1/config/endpoint/epipaddress/192.0.2.1?name=&probe_type=&probe_port=0")]
    [InlineData("delete ep 192.0.2.1 --name=web --probetype=tcp --probeport=80", "/netlox/v1/config/endpoint/epipaddress/192.0.2.1?name=web&probe_type=tcp&probe_port=80")]
    public async Task Endpoint_IsDeleted(string line, string path)
    {
        var node = new FakeNode().Answer("DELETE *", Success);

        var outcome = await Cli.RunAsync(node, line);

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = "endpoint 192.0.2.1 deleted\n", Error = "" });
        node.Requests.Should().ContainSingle().Which.Should().Be(new SentRequest("DELETE", path, null, null));
    }

    [Fact]
    public async Task Endpoint_Created_SendsWhatLoxicmdSends()
    {
        var node = new FakeNode().Answer("POST *", Success);

        var outcome = await Cli.RunAsync(node, "create endpoint 192.0.2.1 --name=web --probetype=tcp --probeport=8080 --period=60 --retries=2");

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = "endpoint 192.0.2.1 port 8080 configured\n", Error = "" });
        var sent = node.Requests.Should().ContainSingle().Subject;
        (sent.Method, sent.Path).Should().Be(("POST", "/netlox/v1/config/endpoint"));
        sent.Body.Should().Be("""{"hostName":"192.0.2.1","name":"web","inactiveReTries":2,"probeType":"tcp","probeDuration":60,"probePort":8080}""");
    }

    [Fact]
    public async Task Endpoint_Unknown_IsNotFound()
    {
        var node = new FakeNode().Answer("DELETE *", """{"code":404,"fields":null,"message":"Resource not found","result":"host-notfound error"}""", HttpStatusCode.NotFound);

        (await Cli.RunAsync(node, "delete endpoint 192.0.2.1")).Should().BeEquivalentTo(new { Code = 4, Output = "", Error = "loxictl: no configured endpoint 192.0.2.1\n" });
    }
}
