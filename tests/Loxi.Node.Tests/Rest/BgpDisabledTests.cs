using FluentAssertions;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class BgpDisabledTests
{
    [Theory]
    [InlineData("POST", "/netlox/v1/config/bgp/global", """{"localAs":64512}""")]
    [InlineData("GET", "/netlox/v1/config/bgp/neigh/all", null)]
    [InlineData("POST", "/netlox/v1/config/bgp/policy/apply", "{}")]
    [InlineData("GET", "/netlox/v1/config/bgp/policy/definedsets/prefix/all", null)]
    [InlineData("GET", "/loxi/v1/bgp/peers", null)]
    [InlineData("GET", "/loxi/v1/bgp/routes?kind=in", null)]
    public async Task EveryCall_Is403AsInLoxilb(string method, string path, string? body)
    {
        await using var server = await RestServer.StartAsync();

        (await server.SendAsync(method, path, body)).Should().BeEquivalentTo(
            new { Status = 403, Text = """{"code":403,"fields":null,"message":"Capacity insufficient","result":"loxilb BGP mode is disabled"}""" });
    }

    [Fact]
    public async Task ServiceForBgp_IsAcceptedNevertheless()
    {
        await using var server = await RestServer.StartAsync();

        var answer = await server.SendAsync(
            "POST", "/netlox/v1/config/loadbalancer", """{"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","BGP":true},"endpoints":[{"endpointIP":"192.0.2.1","weight":1,"targetPort":80}]}""");

        answer.Text.Should().Be("""{"result":"Success"}""");
        server.Node.Model.Single().Bgp.Should().BeTrue();
        ((bool)(await server.SendAsync("GET", "/netlox/v1/config/loadbalancer/all")).Json!["lbAttr"]![0]!["serviceArguments"]!["bgp"]!).Should().BeTrue();
    }
}
