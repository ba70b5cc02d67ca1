using System.Net;
using FluentAssertions;
using Loxi.Api;
using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Node.Rest;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class RestApiTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/loadbalancer";
    private const string Good = """{"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","name":"web"},"endpoints":[{"endpointIP":"192.0.2.1","weight":1,"targetPort":8080}]}""";
    private RestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Create_TwiceThenOtherEndpoints_IsSuccessConflictSuccess()
    {
        (await _server.SendAsync("POST", Root, Good)).Text.Should().Be("""{"result":"Success"}""");
        var again = await _server.SendAsync("POST", Root, Good);
        again.Status.Should().Be(409);
        again.Text.Should().Be("""{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"lbrule-exists error"}""");

        (await _server.SendAsync("POST", Root, Good.Replace("192.0.2.1", "192.0.2.2", StringComparison.Ordinal))).Status.Should().Be(200);

        _server.Node.Model.Should().ContainSingle().Which.Endpoints.Should().ContainSingle().Which.Address.Should().Be(IPAddress.Parse("192.0.2.2"));
    }

    [Fact]
    public async Task Create_KubeLoxilbBody_IgnoresUnknownMembersAnyCaseAndNulls()
    {
        const string Body = """
            {"serviceArguments":{"externalIP":"198.18.0.1","privateIP":"","port":80,"protocol":"tcp","sel":0,"mode":0,"BGP":false,"Monitor":true,"security":0,"oper":0,
             "inactiveTimeOut":1800,"block":0,"managed":true,"probetype":"","probeport":0,"probereq":"","proberesp":"","probeRetries":0,"probeTimeout":0,
             "name":"default_web:llb-inst0","host":"","path_prefix":"/x","mtls_frontend":{"a":[1]},"definedType":"x"},
             "SecondaryIPs":null,"allowedSources":null,"ENDPOINTS":[{"endpointIP":"192.0.2.1","targetPort":32410,"weight":1,"state":"active","counter":""}]}
            """;
        (await _server.SendAsync("POST", Root, Body)).Status.Should().Be(200);

        var service = _server.Node.Model.Should().ContainSingle().Subject;
        service.Managed.Should().BeTrue();
        service.Monitor.Should().BeTrue();
        service.Name.Should().Be("default_web:llb-inst0");
        service.InactiveTimeout.Should().Be(TimeSpan.FromSeconds(1800));
        (await _server.SendAsync("DELETE", Root + "/externalipaddress/198.18.0.1/port/80/protocol/tcp?bgp=false&block=0", Body)).Status.Should().Be(200);
        _server.Node.Model.Should().BeEmpty();
    }

    [Fact]
    public async Task List_DefaultsInForce_ReadBack()
    {
        await _server.SendAsync("POST", Root, Good);
        _server.Node.Unhealthy.Add(IPAddress.Parse("192.0.2.1"));

        (await _server.SendAsync("GET", Root + "/all")).Text.Should().Be(
            """{"lbAttr":[{"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","inactiveTimeOut":7440,"name":"web"},"endpoints":[{"endpointIP":"192.0.2.1","targetPort":8080,"weight":1,"state":"inactive","counter":"0:0"}],"secondaryIPs":null,"allowedSources":null}]}""");
    }

    [Theory]
    [InlineData("/externalipaddress/198.18.0.1/port/80/protocol/tcp")]
    [InlineData("/externalipaddress/198.18.0.1/port/80/portmax/80/protocol/tcp")]
    [InlineData("/externalipaddress/198.18.0.1/port/80/portmax/0/protocol/tcp?block=0&bgp=true")]
    [InlineData("/hosturl/any/externalipaddress/198.18.0.1/port/80/protocol/tcp")]
    [InlineData("/hosturl/any/externalipaddress/198.18.0.1/port/80/portmax/0/protocol/tcp")]
    [InlineData("/name/web")]
    [InlineData("/name/w%65b")]
    [InlineData("/all")]
    public async Task Delete_EveryForm_RemovesTheService(string path)
    {
        await _server.SendAsync("POST", Root, Good);

        (await _server.SendAsync("DELETE", Root + path, "not even json")).Status.Should().Be(200);

        _server.Node.Model.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/externalipaddress/198.18.0.2/port/80/protocol/tcp", 404)]
    [InlineData("/externalipaddress/198.18.0.1/port/80/protocol/udp", 404)]
    [InlineData("/externalipaddress/198.18.0.1/port/80/protocol/tcp?block=1", 404)]
    [InlineData("/hosturl/a.example/externalipaddress/198.18.0.1/port/80/protocol/tcp", 404)]
    [InlineData("/externalipaddress/198.18.0.1/port/x/protocol/tcp", 422)]
    [InlineData("/externalipaddress/198.18.0.1/port/80/protocol/tcp?bgp=maybe", 422)]
    [InlineData("/externalipaddress/198.18.0.1/port/65616/protocol/tcp", 400)]
    [InlineData("/externalipaddress/nonsense/port/80/protocol/gre", 400)]
    [InlineData("/name/other", 200)]
    public async Task Delete_OfSomethingElse_LeavesTheService(string path, int status)
    {
        await _server.SendAsync("POST", Root, Good);

        (await _server.SendAsync("DELETE", Root + path)).Status.Should().Be(status);

        _server.Node.Model.Should().ContainSingle();
    }

    [Fact]
    public async Task DeleteByName_NameWithSlash_IsFound()
    {
        await _server.SendAsync("POST", Root, Good.Replace("\"web\"", "\"a/b c%2F\"", StringComparison.Ordinal));

        await _server.Client.DeleteServicesByNameAsync("a/b c%2F", TestContext.Current.CancellationToken);

        _server.Node.Model.Should().BeEmpty();
    }

    [Theory]
    [InlineData("GET", "/netlox/v1", 404, "path /netlox/v1 was not found")]
    [InlineData("GET", "/netlox/v1/config/k8smeta", 404, "path /netlox/v1/config/k8smeta was not found")]
    [InlineData("GET", "/", 404, "path / was not found")]
    [InlineData("PUT", Root, 405, "method PUT is not allowed, but [POST] are")]
    [InlineData("POST", Root + "/all", 405, null)]
    public async Task UnknownPathOrMethod_HasTwoMemberBody(string method, string path, int status, string? message)
    {
        var answer = await _server.SendAsync(method, path);

        answer.Status.Should().Be(status);
        answer.ContentType.Should().Be("application/json");
        answer.Json!.AsObject().Select(static m => m.Key).Should().Equal("code", "message");
        if (message is not null)
        {
            ((string)answer.Json["message"]!).Should().Be(message);
        }
    }

    [Theory]
    [InlineData("", 422, 602)]
    [InlineData("null", 422, 602)]
    [InlineData("{}", 422, 602)]
    [InlineData("""{"endpoints":[{"endpointIP":"192.0.2.1","weight":1}],"serviceArguments":{}}""", 422, 602)]
    [InlineData("""{"endpoints":[],"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"gre"}}""", 422, 606)]
    [InlineData("""{"endpoints":[],"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","sel":7}}""", 422, 606)]
    [InlineData("""{"endpoints":[],"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","probetype":"x"}}""", 422, 606)]
    [InlineData("""{"endpoints":""", 400, 400)]
    [InlineData("""{"endpoints":[],"serviceArguments":{"externalIP":"198.18.0.1","port":"80","protocol":"tcp"}}""", 400, 400)]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 400, 400)]
    public async Task Create_BodyThatBreaksTheSchema_HasGoOpenApisAnswer(string body, int status, int code)
    {
        var answer = await _server.SendAsync("POST", Root, body);

        answer.Status.Should().Be(status);
        answer.Json!.AsObject().Select(static m => m.Key).Should().Equal("code", "message");
        ((int)answer.Json["code"]!).Should().Be(code);
    }

    [Fact]
    public async Task Create_ManyFaults_AreAllNamed()
    {
        var answer = await _server.SendAsync("POST", Root, """
            {"serviceArguments":{"externalIP":"198.18.0.300","port":70000,"protocol":"tcp","mode":4,"inactiveTimeOut":-1,"host":"exist.example"},
             "endpoints":[{"endpointIP":"192.0.2.1","weight":1,"targetPort":8080},{"endpointIP":"192.0.2.2","weight":0,"targetPort":8080},{"endpointIP":"x","weight":1,"targetPort":99999}]}
            """);

        answer.Status.Should().Be(400);
        ((string)answer.Json!["message"]!).Should().Be("Malformed arguments for API call");
        ((string)answer.Json["result"]!).Should().NotContain("exist", "kube-loxilb takes that for success");
        answer.Json["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}").Should().BeEquivalentTo(
            "serviceArguments.externalIP=198.18.0.300", "serviceArguments.port=70000", "serviceArguments.mode=4", "serviceArguments.inactiveTimeOut=-1",
            "serviceArguments.host=exist.example", "endpoints[1].weight=0", "endpoints[2].endpointIP=x", "endpoints[2].targetPort=99999");
        _server.Node.Model.Should().BeEmpty();
    }

    [Fact]
    public async Task Create_BodyOfMoreThanEightMebibytes_IsRefused()
    {
        var body = Good.Replace("\"web\"", $"\"{new string('x', LoxiJson.LargestBody)}\"", StringComparison.Ordinal);

        _server.Http.DefaultRequestHeaders.ExpectContinue = true;

        var answer = await _server.SendAsync("POST", Root, body);

        answer.Status.Should().Be(413);
        _server.Node.Model.Should().BeEmpty();
    }

    [Fact]
    public async Task Create_OtherContentType_IsRefused() =>
        (await _server.SendAsync("POST", Root, Good, "text/plain")).Status.Should().Be(415);

    [Fact]
    public async Task Create_NodeFails_IsAnErrorThatKubeLoxilbDoesNotTakeForSuccess()
    {
        _server.Node.Fault = new InvalidOperationException("bpf: File exists");

        var answer = await _server.SendAsync("POST", Root, Good);

        answer.Status.Should().Be(500);
        answer.Text.Should().NotContain("exist").And.Contain("internal error");
    }

    [Fact]
    public async Task Metrics_AreOff_AsLoxilbSaysIt()
    {
        var answer = await _server.SendAsync("GET", "/netlox/v1/metrics");

        (answer.Status, answer.ContentType, answer.Text).Should().Be((503, "text/plain", "Prometheus option is disabled."));
    }

    [Fact]
    public async Task Parameters_LevelIsChangedOrRefused()
    {
        await _server.Client.SetParametersAsync(new NodeParameters { LogLevel = "debug" }, TestContext.Current.CancellationToken);
        _server.Node.LogLevel.Should().Be(LogLevel.Debug);
        (await _server.Client.GetParametersAsync(TestContext.Current.CancellationToken)).LogLevel.Should().Be("debug");

        var refused = await _server.SendAsync("POST", "/netlox/v1/config/params", """{"logLevel":"loud"}""");

        refused.Status.Should().Be(400);
        ((string)refused.Json!["errors"]![0]!["value"]!).Should().Be("loud");
    }

    [Fact]
    public async Task Connections_ListedCountedDeletedByFilter()
    {
        for (var i = 1; i <= 600; i++)
        {
            _server.Node.Connections.Add(Connection((ushort)i));
        }

        var token = TestContext.Current.CancellationToken;
        var one = new ConnectionFilter { Client = IPNetwork.Parse("203.0.113.0/24"), Vip = IPAddress.Parse("198.18.0.1"), Port = 80, Endpoint = IPAddress.Parse("192.0.2.1"), Protocol = ServiceProtocol.Tcp, Service = "a b&c", State = "est" };

        (await _server.Client.ListConnectionsAsync(one, 599, token)).Should().Match<ConnectionList>(l => l.Connections.Count == 599 && l.Truncated);
        (await _server.Client.ListConnectionsAsync(one, 600, token)).Should().Match<ConnectionList>(l => l.Connections.Count == 600 && !l.Truncated);
        (await _server.Client.CountConnectionsAsync(one with { Port = 81 }, token)).Should().Be(0);
        (await _server.Client.ListConntrackAsync(token)).Should().HaveCount(1200);
        (await _server.SendAsync("DELETE", "/loxi/v1/connections")).Status.Should().Be(422);
        (await _server.SendAsync("GET", "/loxi/v1/connections?client=x")).Status.Should().Be(422);
        (await _server.SendAsync("GET", "/loxi/v1/connections?limit=0")).Status.Should().Be(422);
        (await _server.Client.DeleteConnectionsAsync(one with { State = "fini" }, token)).Should().Be(0);
        (await _server.Client.DeleteConnectionsAsync(ConnectionFilter.All, token)).Should().Be(600);
    }

    [Fact]
    public async Task Client_WholeLifeOfAService_Works()
    {
        var token = TestContext.Current.CancellationToken;
        var entry = new LoadbalanceEntry
        {
            ServiceArguments = new LoadbalanceArguments { ExternalIP = "2001:db8::1", Port = 53, Protocol = "udp", Selection = 1 },
            Endpoints = [new LoadbalanceEndpoint { EndpointIP = "2001:db8::2", TargetPort = 5353, Weight = 3 }],
        };
        (await _server.Client.CreateOrReplaceServiceAsync(entry, token)).Should().BeTrue();
        (await _server.Client.CreateOrReplaceServiceAsync(entry, token)).Should().BeFalse();
        (await _server.Client.ListServicesAsync(token)).Should().ContainSingle().Which.ServiceArguments!.InactiveTimeout.Should().Be(300);
        (await _server.Client.ListEndpointsAsync(token)).Should().ContainSingle().Which.Name.Should().Be("2001:db8::2_udp_5353");
        (await _server.Client.GetVersionAsync(token)).Version.Should().Be("0.1.0");
        (await _server.Client.GetStatusAsync(token)).Interfaces.Should().ContainSingle().Which.Hook.Should().Be("tcx");
        (await _server.Client.GetCountersAsync(token)).Reasons.Should().ContainSingle().Which.Packets.Should().Be(7);
        var key = new ServiceKey(IPAddress.Parse("2001:db8::1"), ServiceProtocol.Udp, 53);
        (await _server.Client.DeleteServiceAsync(key, token)).Should().BeTrue();
        (await _server.Client.DeleteServiceAsync(key, token)).Should().BeFalse();
        var refused = await _server.Client.Awaiting(c => c.CreateOrReplaceServiceAsync(entry with { Endpoints = [] }, token)).Should().ThrowAsync<LoxiApiException>();
        refused.Which.Error!.Errors.Should().ContainSingle().Which.Field.Should().Be("endpoints");
        refused.Which.Message.Should().Contain("endpoints-range error");
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("2001:db8::5", true)]
    [InlineData("192.0.3.7", false)]
    [InlineData("2001:db9::5", false)]
    [InlineData(null, false)]
    public void SourceCheck_KnowsWhoMay(string? source, bool allowed) =>
        SourceCheck.IsAllowed(source is null ? null : IPAddress.Parse(source), [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::/32")]).Should().Be(allowed);

    private static NodeConnection Connection(ushort port) => new()
    {
        Protocol = ServiceProtocol.Tcp,
        Client = IPAddress.Parse("203.0.113.9"),
        ClientPort = port,
        Vip = IPAddress.Parse("198.18.0.1"),
        VipPort = 80,
        Endpoint = IPAddress.Parse("192.0.2.1"),
        EndpointPort = 8080,
        Mode = NatMode.Default,
        Source = IPAddress.Parse("203.0.113.9"),
        RewrittenClientPort = port,
        State = "est",
        Service = "a b&c",
    };
}
