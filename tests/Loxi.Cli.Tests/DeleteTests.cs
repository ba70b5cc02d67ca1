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
}
