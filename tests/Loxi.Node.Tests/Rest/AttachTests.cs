using FluentAssertions;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary><c>oper</c> 1 and 2: endpoints are attached to a service and detached from it.</summary>
public sealed class AttachTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/loadbalancer";
    private RestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RestServer.StartAsync();
        (await PostAsync(0, "192.0.2.1:1", "192.0.2.2:2")).Status.Should().Be(200);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Attach_NewEndpoint_IsAddedAndNothingElseChanges()
    {
        var before = _server.Node.Model.Single();

        // loxicmd sends every setting with its zero value.
        (await PostAsync(1, "192.0.2.3:5")).Text.Should().Be("""{"result":"Success"}""");

        _server.Node.Model.Single().Should().Be(before with { Endpoints = [.. before.Endpoints, new ServiceEndpoint(System.Net.IPAddress.Parse("192.0.2.3"), 8080, 5)] });
        before.Mode.Should().Be(NatMode.OneArm);
    }

    [Fact]
    public async Task Attach_EndpointThatIsThere_GetsTheWeightAndTheState()
    {
        (await PostAsync(1, "192.0.2.2:7:draining")).Status.Should().Be(200);
        Endpoints().Should().Equal("192.0.2.1:8080 1", "192.0.2.2:8080 7 draining");

        (await PostAsync(1, "192.0.2.2:7")).Status.Should().Be(200);
        Endpoints().Should().Equal("192.0.2.1:8080 1", "192.0.2.2:8080 7");
    }

    [Fact]
    public async Task Attach_NothingNew_IsAConflictLikeLoxilbs()
    {
        var answer = await PostAsync(1, "192.0.2.2:2");

        answer.Text.Should().Be("""{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"lbrule-exists error"}""");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ServiceThatIsNotThere_IsNotFound(int operation)
    {
        var answer = await _server.SendAsync("POST", Root, Body(operation, "192.0.2.3:1").Replace("198.18.0.1", "198.18.0.2", StringComparison.Ordinal));

        answer.Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no-rule error"}""");
    }

    [Fact]
    public async Task Attach_EndpointThatTheServiceCannotHave_IsNamedByItsPosition()
    {
        var answer = await PostAsync(1, "192.0.2.9:1", "198.18.0.1:1", "192.0.2.3:0");

        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}").Should().BeEquivalentTo("endpoints[2].weight=0");
        answer = await PostAsync(1, "192.0.2.9:1", "198.18.0.1:1");
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}").Should().BeEquivalentTo("endpoints[1].endpointIP=198.18.0.1");
        Endpoints().Should().HaveCount(2);
    }

    [Fact]
    public async Task Attach_BeyondTheLimit_IsRefused()
    {
        var answer = await PostAsync(1, [.. Enumerable.Range(0, 4095).Select(static i => $"10.0.{i >> 8}.{i & 255}:1")]);

        answer.Status.Should().Be(400);
        ((string)answer.Json!["result"]!).Should().Be("endpoints-range error: endpoints: value '4097', expected 1 to 4096 endpoints");
    }

    [Fact]
    public async Task Detach_OneOfTwo_StaysWithTheOther()
    {
        (await PostAsync(2, "192.0.2.1:99")).Status.Should().Be(200, "the weight does not count");

        Endpoints().Should().Equal("192.0.2.2:8080 2");
    }

    [Fact]
    public async Task Detach_TheLast_DeletesTheService()
    {
        (await PostAsync(2, "192.0.2.1:1", "192.0.2.2:1")).Text.Should().Be("""{"result":"Success"}""");

        _server.Node.Model.Should().BeEmpty();
    }

    [Fact]
    public async Task Detach_EndpointThatTheServiceHasNot_IsNotFoundAndTheOthersStay()
    {
        var answer = await PostAsync(2, "192.0.2.1:1", "192.0.2.9:1");

        answer.Status.Should().Be(404);
        ((string)answer.Json!["result"]!).Should().Be("no such endpoint: endpoints[1]: value '192.0.2.9:8080', expected an endpoint of tcp 198.18.0.1:80");
        ((string)answer.Json["errors"]![0]!["field"]!).Should().Be("endpoints[1]");
        Endpoints().Should().HaveCount(2);
    }

    [Fact]
    public async Task Replace_WithDraining_ReadsBack()
    {
        (await PostAsync(0, "192.0.2.1:1:draining", "192.0.2.2:2")).Status.Should().Be(200);

        var list = await _server.SendAsync("GET", Root + "/all");

        list.Json!["lbAttr"]![0]!["endpoints"]!.AsArray().Select(static e => (string)e!["state"]!).Should().Equal("draining", "active");
        (await _server.SendAsync("POST", Root, list.Json["lbAttr"]![0]!.ToJsonString())).Status.Should().Be(409, "what is read can be sent back");
    }

    private IEnumerable<string> Endpoints() =>
        _server.Node.Model.Single().Endpoints.Select(static e => $"{e} {e.Weight}{(e.Draining ? " draining" : "")}");

    private Task<RestServer.Answer> PostAsync(int operation, params string[] endpoints) => _server.SendAsync("POST", Root, Body(operation, endpoints));

    private static string Body(int operation, params string[] endpoints)
    {
        var list = endpoints.Select(static text =>
        {
            var parts = text.Split(':');
            return $$"""{"endpointIP":"{{parts[0]}}","weight":{{parts[1]}},"targetPort":8080,"state":"{{parts.ElementAtOrDefault(2)}}"}""";
        });
        return $$"""
            {"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","oper":{{operation}},"mode":{{(operation == 0 ? 1 : 0)}},"sel":0,"BGP":false,"Monitor":false,
             "inactiveTimeOut":0,"block":0},"endpoints":[{{string.Join(',', list)}}]}
            """;
    }
}
