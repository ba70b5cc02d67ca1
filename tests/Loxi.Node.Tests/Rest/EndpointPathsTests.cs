using System.Net;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.Endpoints;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class EndpointPathsTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/endpoint";
    private const string Good = """{"hostName":"192.0.2.1","probeType":"tcp","probeDuration":5,"inactiveReTries":4,"probePort":8080}""";
    private const string GoodState = """{"hostName":"192.0.2.1","epPort":8080,"epProto":"tcp","state":"red"}""";
    private const string NotFound = """{"code":404,"fields":null,"message":"Resource not found","result":"host-notfound error"}""";
    private const string InUse = """{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"LB Rule-referred"}""";
    private RestServer _server = null!;

    public static TheoryData<string, string, string> WrongEndpoint => new()
    {
        { "hostName", "\"web.example\"", "web.example" },
        { "hostName", "null", "" },
        { "hostName", "\"0.0.0.0\"", "0.0.0.0" },
        { "hostName", "\"127.0.0.1\"", "127.0.0.1" },
        { "hostName", "\"192.0.2.1/32\"", "192.0.2.1/32" },
        { "name", $"\"{new string('n', 256)}\"", new string('n', 125) + "..." },
        { "name", "\"a\\u0007b\"", "a?b" },
        { "probeType", "\"ping\"", "ping" },
        { "probeType", "\"udp\"", "udp" },
        { "probeType", "\"sctp\"", "sctp" },
        { "probeType", "\"http\"", "http" },
        { "probeType", "\"https\"", "https" },
        { "probeType", "\"\"", "" },
        { "probeType", "\"smtp\"", "smtp" },
        { "probeReq", "\"health\"", "health" },
        { "probeResp", "\"OK\"", "OK" },
        { "probeDuration", "-1", "-1" },
        { "probeDuration", "86401", "86401" },
        { "inactiveReTries", "-1", "-1" },
        { "inactiveReTries", "256", "256" },
        { "probePort", "0", "0" },
        { "probePort", "null", "" },
        { "probePort", "65536", "65536" },
    };

    public static TheoryData<string, string, string> WrongState => new()
    {
        { "hostName", "\"web.example\"", "web.example" },
        { "epPort", "0", "0" },
        { "epPort", "65536", "65536" },
        { "epProto", "\"gre\"", "gre" },
        { "state", "\"blue\"", "blue" },
        { "state", "\"Red\"", "Red" },
        { "state", "null", "" },
    };

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(WrongEndpoint))]
    public Task Endpoint_WrongValue_Is400WithFieldAndValue(string member, string value, string shown) =>
        RefusedAsync(Root, Good, member, value, shown, "host-args error: ");

    [Theory]
    [MemberData(nameof(WrongState))]
    public Task State_WrongValue_Is400WithFieldAndValue(string member, string value, string shown) =>
        RefusedAsync(Root + "hoststate", GoodState, member, value, shown, member == "state" ? "unknown ep-host-state: " : "host-args error: ");

    [Fact]
    public async Task Endpoint_ManyWrongValues_AreAllReported()
    {
        var answer = await _server.SendAsync("POST", Root, """{"hostName":"x","probeType":"ping","probeReq":"a","probeDuration":-1,"inactiveReTries":-1}""");

        answer.Status.Should().Be(400);
        FieldsOf(answer).Should().Equal("hostName", "probeType", "probeReq", "probeDuration", "inactiveReTries", "probePort");
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Body_Absent_Is422(string body)
    {
        (await _server.SendAsync("POST", Root, body)).Status.Should().Be(422);
        (await _server.SendAsync("POST", Root + "hoststate", body)).Status.Should().Be(422);
    }

    [Fact]
    public async Task Endpoint_PostedAgainWithOtherValues_IsReplaced()
    {
        (await _server.SendAsync("POST", Root, Good)).Text.Should().Be("""{"result":"Success"}""");
        (await _server.SendAsync("POST", Root, """{"hostName":"192.0.2.1","name":"db","probeType":"none","probePort":8080}""")).Status.Should().Be(200);

        (await _server.Client.ListEndpointsAsync(TestContext.Current.CancellationToken)).Should().Equal(
            new EndpointEntry { HostName = "192.0.2.1", Name = "db", ProbeType = "none", ProbePort = 8080, State = "ok" });
    }

    [Theory]
    [InlineData("192.0.2.1", "", 200)]
    [InlineData("192.0.2.1", "?name=192.0.2.1_tcp_8080&probe_type=tcp&probe_port=8080", 200)]
    [InlineData("192.0.2.1", "?name=&probe_type=&probe_port=0", 200)]
    [InlineData("192.0.2.1", "?name=other", 404)]
    [InlineData("192.0.2.1", "?probe_type=none", 404)]
    [InlineData("192.0.2.1", "?probe_port=8081", 404)]
    [InlineData("192.0.2.2", "", 404)]
    [InlineData("web.example", "", 400)]
    [InlineData("192.0.2.1", "?probe_type=smtp", 400)]
    [InlineData("192.0.2.1", "?probe_port=65536", 400)]
    [InlineData("192.0.2.1", "?probe_port=x", 422)]
    public async Task Deletion_OfWhatIsConfigured_SelectsByEveryParameter(string address, string query, int status)
    {
        await _server.SendAsync("POST", Root, Good);

        var answer = await _server.SendAsync("DELETE", $"{Root}/epipaddress/{address}{query}");

        answer.Status.Should().Be(status);
        _server.Node.Endpoints.Configured.Should().HaveCount(status == 200 ? 0 : 1);
        if (status == 404)
        {
            answer.Text.Should().Be(NotFound);
        }
    }

    [Fact]
    public async Task Deletion_OfAnEndpointThatAServiceUses_TakesBackTheProbeOnly()
    {
        await AddServiceAsync();
        await _server.SendAsync("POST", Root, Good);

        (await _server.SendAsync("DELETE", Root + "/epipaddress/192.0.2.1")).Status.Should().Be(200);
        var again = await _server.SendAsync("DELETE", Root + "/epipaddress/192.0.2.1?name=192.0.2.1_tcp_8080");

        again.Status.Should().Be(409);
        again.Text.Should().Be(InUse);
        (await _server.Client.ListEndpointsAsync(TestContext.Current.CancellationToken)).Should().ContainSingle().Which.ProbeType.Should().Be("none");
    }

    [Fact]
    public async Task State_OfAnUnknownEndpoint_Is404()
    {
        await AddServiceAsync();

        (await _server.SendAsync("POST", Root + "hoststate", GoodState.Replace("8080", "8081", StringComparison.Ordinal))).Text.Should().Be(NotFound);
        (await _server.SendAsync("POST", Root + "hoststate", GoodState.Replace("tcp", "udp", StringComparison.Ordinal))).Text.Should().Be(NotFound);
        _server.Node.Endpoints.States.Should().BeEmpty();
    }

    [Fact]
    public async Task State_RedThenYellowThenGreen_IsShownAndStaysWithoutTheService()
    {
        await AddServiceAsync();

        (await StateAfterAsync("red")).Should().Be("red");
        _server.Node.Endpoints.ToRules().Held.Should().Equal(new HeldEndpoint(IPAddress.Parse("192.0.2.1"), ServiceProtocol.Tcp, 8080));
        await _server.Client.DeleteAllServicesAsync(TestContext.Current.CancellationToken);
        (await StateAfterAsync("yellow")).Should().Be("yellow");
        (await StateAfterAsync("draining")).Should().Be("draining");
        _server.Node.Endpoints.ToDrained().Should().Equal(new HeldEndpoint(IPAddress.Parse("192.0.2.1"), ServiceProtocol.Tcp, 8080));
        _server.Node.Endpoints.ToRules().Held.Should().BeEmpty();
        _server.Node.Endpoints.ToRules().Held.Should().BeEmpty();
        (await StateAfterAsync("green")).Should().BeNull("nothing is known of it any more");
        _server.Node.Endpoints.Should().BeEquivalentTo(EndpointModel.Empty);
    }

    private async Task<string?> StateAfterAsync(string state)
    {
        await _server.Client.SetEndpointStateAsync(
            new EndpointHostState { HostName = "192.0.2.1", EndpointPort = 8080, EndpointProtocol = "tcp", State = state }, TestContext.Current.CancellationToken);
        return (await _server.Client.ListEndpointsAsync(TestContext.Current.CancellationToken)).SingleOrDefault()?.State;
    }

    private Task<bool> AddServiceAsync() => _server.Client.CreateOrReplaceServiceAsync(
        new LoadbalanceEntry
        {
            ServiceArguments = new LoadbalanceArguments { ExternalIP = "198.18.0.1", Port = 80, Protocol = "tcp" },
            Endpoints = [new LoadbalanceEndpoint { EndpointIP = "192.0.2.1", TargetPort = 8080, Weight = 1 }],
        },
        TestContext.Current.CancellationToken);

    private async Task RefusedAsync(string path, string good, string member, string value, string shown, string text)
    {
        await AddServiceAsync();
        var body = JsonNode.Parse(good)!.AsObject();
        body[member] = JsonNode.Parse(value);

        var answer = await _server.SendAsync("POST", path, body.ToJsonString());

        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}").Should().Equal($"{member}={shown}");
        ((string)answer.Json["result"]!).Should().StartWith($"{text}{member}: value '{shown}', expected ");
        _server.Node.Endpoints.Should().BeSameAs(EndpointModel.Empty);
    }

    private static IEnumerable<string> FieldsOf(RestServer.Answer answer) => answer.Json!["errors"]!.AsArray().Select(static e => (string)e!["field"]!);
}
