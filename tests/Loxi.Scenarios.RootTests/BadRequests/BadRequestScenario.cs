using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.BadRequests;

/// <summary>A node that serves, with source pools, a port range and a service of direct server return for bad requests to collide with.</summary>
public sealed class BadRequestScenario : IAsyncLifetime
{
    public const string Services = "/netlox/v1/config/loadbalancer";

    /// <summary>Pool of the service at <see cref="StandardLab.OwnVipV4"/>, in the default group and of IPv4 alone.</summary>
    public const string UsedPool = "east";

    /// <summary>Pool of the group inst1.</summary>
    public const string OtherGroupPool = "west";

    /// <summary>Pool of IPv6 alone.</summary>
    public const string Ipv6Pool = "six";

    private const int DsrPort = 81;
    private readonly List<HttpServer> _servers = [];
    private IPEndPoint[] _served = [];

    internal Scenario Scenario { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.StartAsync();
        _servers.AddRange(Scenario.Lab.Endpoints.Select(endpoint => HttpServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [Scenario.Port] })));
        await Scenario.Api.PutPoolAsync(UsedPool, new Pool { Addresses = ["198.18.5.1", "198.18.5.2"] });
        await Scenario.Api.PutPoolAsync(OtherGroupPool, new Pool { VipGroup = "inst1", Addresses = ["198.18.6.1", "2001:db8:6::1"] });
        await Scenario.Api.PutPoolAsync(Ipv6Pool, new Pool { Addresses = ["2001:db8:5::1"] });
        _served =
        [
            await Scenario.AddServiceAsync(StandardLab.RoutedVipV4),
            await Scenario.AddServiceAsync(StandardLab.OwnVipV4, change: static arguments => arguments with { Mode = 1, SourcePool = UsedPool }),
        ];
        await Scenario.AddServiceAsync(StandardLab.RoutedVipV4, port: DsrPort, endpoints: 1, change: static arguments => arguments with { Mode = 3, Selection = 1 });
        await Scenario.AddAsync(new LoadbalanceArguments { ExternalIP = StandardLab.OwnVipV4, Port = 8000, PortMax = 8010, Protocol = "tcp" }, 0, StandardLab.EndpointV4(0));
    }

    /// <summary>A request for a service that would be right, with these members instead: <c>endpoints</c> holds what differs of each endpoint, the rest is of the service.</summary>
    internal static string RequestWith(string change)
    {
        var arguments = JsonNode.Parse($$"""{"externalIP":"{{StandardLab.RoutedVipV4}}","port":90,"protocol":"tcp"}""")!.AsObject();
        var members = JsonNode.Parse(change)!.AsObject();
        var endpoints = members.TryGetPropertyValue("endpoints", out var list) ? list!.AsArray() : [new JsonObject()];
        foreach (var (name, value) in members.Where(static member => member.Key != "endpoints"))
        {
            arguments[name] = value?.DeepClone();
        }

        return new JsonObject { ["serviceArguments"] = arguments, ["endpoints"] = new JsonArray([.. endpoints.Select(EndpointWith)]) }.ToJsonString();
    }

    /// <summary>The request gets exactly this answer and changes nothing.</summary>
    internal async Task AnswersAsync(HttpMethod method, string path, string? json, int status, object body)
    {
        var before = await ReadAsync();

        var answer = await Scenario.SendAsync(method, path, json);

        answer.Status.Should().Be(status, answer.Body);
        answer.ContentType.Should().Be("application/json");
        JsonNode.DeepEquals(JsonNode.Parse(answer.Body), JsonSerializer.SerializeToNode(body)).Should().BeTrue($"the answer is {answer.Body}, wanted {JsonSerializer.Serialize(body)}");
        (await ReadAsync()).Should().Equal(before);
        Scenario.Daemon.HasExited.Should().BeFalse();
        await ServesAsync();
    }

    /// <summary>The request is refused for one member, in the body that loxilb's clients know, and changes nothing.</summary>
    internal Task RefusesAsync(HttpMethod method, string path, string? json, int status, string text, string field, string value, string expected) => AnswersAsync(method, path, json, status, new
    {
        code = status,
        fields = (string?)null,
        message = ClassOf(status),
        result = $"{text}: {field}: value '{value}', expected {expected}",
        errors = new[] { new { field, value, expected } },
    });

    internal static string ClassOf(int status) => status switch
    {
        400 => "Malformed arguments for API call",
        404 => "Resource not found",
        _ => "Resource conflict: Resource already exists OR dependency not found",
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (Scenario is not null)
        {
            await Scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private static JsonObject EndpointWith(JsonNode? change)
    {
        var endpoint = JsonNode.Parse($$"""{"endpointIP":"{{StandardLab.EndpointV4(0)}}","targetPort":90,"weight":1}""")!.AsObject();
        foreach (var (name, value) in change!.AsObject())
        {
            endpoint[name] = value?.DeepClone();
        }

        return endpoint;
    }

    /// <summary>What GET shows, without what traffic changes, and what is on disk.</summary>
    private async Task<List<string>> ReadAsync()
    {
        var services = JsonNode.Parse((await Scenario.SendAsync(HttpMethod.Get, Services + "/all")).Body)!;
        foreach (var endpoint in services["lbAttr"]!.AsArray().SelectMany(static service => service!["endpoints"]!.AsArray()))
        {
            endpoint!.AsObject().Remove("counter").Should().BeTrue();
        }

        List<string> seen = [services.ToJsonString(), (await Scenario.SendAsync(HttpMethod.Get, "/loxi/v1/pools")).Body];
        var files = Directory.GetFiles(Scenario.StateDirectory, "services*");
        files.Should().NotBeEmpty();
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            seen.Add($"{file}: {await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)}");
        }

        return seen;
    }

    private async Task ServesAsync()
    {
        foreach (var target in _served)
        {
            await using var load = Load.StartHttp(Scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 3 });
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
        }
    }
}
