using System.Text.Json.Nodes;
using FluentAssertions;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class OpenApiTests : IAsyncLifetime
{
    private RestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync(withBgp: true);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Document_HasEveryPathOfLoxiAndOfLoxilbOnlyBfdBgpAndRoles()
    {
        var document = await ReadAsync();

        document["paths"]!.AsObject().Select(static path => path.Key).Should().BeEquivalentTo(
            "/loxi/v1/connections", "/loxi/v1/connections/count", "/loxi/v1/pools", "/loxi/v1/pools/{name}", "/loxi/v1/status", "/loxi/v1/counters", "/loxi/v1/ha", "/loxi/v1/ha/check", "/loxi/v1/ha/groups/{group}/pin", "/loxi/v1/ha/groups/{group}/switchover", "/loxi/v1/ha/drain",
            "/loxi/v1/ha/peers", "/loxi/v1/ha/peers/{node}", "/loxi/v1/ha/keys", "/loxi/v1/ha/connections", "/loxi/v1/ha/connections/sums",
            "/netlox/v1/config/bfd", "/netlox/v1/config/bfd/all", "/netlox/v1/config/bfd/remoteIP/{ip}",
            "/netlox/v1/config/cistate", "/netlox/v1/config/cistate/all",
            "/netlox/v1/config/bgp/global", "/netlox/v1/config/bgp/neigh", "/netlox/v1/config/bgp/neigh/all", "/netlox/v1/config/bgp/neigh/{ip}",
            "/netlox/v1/config/bgp/dynamicneigh", "/netlox/v1/config/bgp/dynamicneigh/all", "/netlox/v1/config/bgp/dynamicneigh/{ip}/{length}",
            "/netlox/v1/config/bgp/policy/definedsets/{type}", "/netlox/v1/config/bgp/policy/definedsets/{type}/{name}",
            "/netlox/v1/config/bgp/policy/definitions", "/netlox/v1/config/bgp/policy/definitions/all", "/netlox/v1/config/bgp/policy/definitions/{name}", "/netlox/v1/config/bgp/policy/apply",
            "/loxi/v1/bgp/peers", "/loxi/v1/bgp/peers/{ip}", "/loxi/v1/bgp/peers/{ip}/reset", "/loxi/v1/bgp/peers/{ip}/shutdown", "/loxi/v1/bgp/peers/{ip}/start", "/loxi/v1/bgp/routes");
        document["paths"]!["/loxi/v1/connections"]!.AsObject().Select(static operation => operation.Key).Should().BeEquivalentTo("get", "delete");
        ((string)document["openapi"]!).Should().StartWith("3.");
    }

    [Fact]
    public async Task Document_DescribesParametersAndAnswers()
    {
        var document = await ReadAsync();
        var list = document["paths"]!["/loxi/v1/connections"]!["get"]!;

        list["parameters"]!.AsArray().Select(static p => $"{p!["in"]} {p["name"]}").Should().BeEquivalentTo(
            "query client", "query vip", "query port", "query endpoint", "query protocol", "query service", "query state", "query limit");
        list["responses"]!.AsObject().Select(static r => r.Key).Should().BeEquivalentTo("200", "422");
        MembersOf(document, list["responses"]!["200"]!).Should().BeEquivalentTo("connections", "truncated");
        var counters = document["paths"]!["/loxi/v1/counters"]!["get"]!["responses"]!["200"]!;
        MembersOf(document, counters).Should().BeEquivalentTo("reasons", "services");
        document["components"]!["schemas"]!["ServiceCounters"]!["properties"]!.AsObject().Select(static p => p.Key).Should().Contain(["externalIP", "port", "portMax", "block", "host", "endpoints"]);
    }

    [Fact]
    public async Task Document_DescribesPools()
    {
        var document = await ReadAsync();
        var pool = document["paths"]!["/loxi/v1/pools/{name}"]!;

        pool.AsObject().Select(static operation => operation.Key).Should().BeEquivalentTo("get", "put", "delete");
        pool["put"]!["parameters"]!.AsArray().Select(static p => $"{p!["in"]} {p["name"]} {p["required"]}").Should().BeEquivalentTo("path name true");
        MembersOf(document, pool["put"]!["requestBody"]!).Should().BeEquivalentTo("name", "vipGroup", "addresses");
        MembersOf(document, pool["put"]!["responses"]!["200"]!).Should().BeEquivalentTo("name", "vipGroup", "addresses");
        pool["put"]!["responses"]!.AsObject().Select(static r => r.Key).Should().BeEquivalentTo("200", "400", "403", "409", "422");
        MembersOf(document, pool["delete"]!["responses"]!["409"]!).Should().Contain("errors");
    }

    [Fact]
    public async Task Document_RefersOnlyToWhatItHas()
    {
        var document = await ReadAsync();
        var schemas = document["components"]!["schemas"]!.AsObject().Select(static s => "#/components/schemas/" + s.Key).ToHashSet();

        var references = ReferencesIn(document).Distinct().ToList();

        references.Should().HaveCountGreaterThan(20).And.Contain("#/components/schemas/BfdAuthenticationArguments").And.BeSubsetOf(schemas);
    }

    [Fact]
    public async Task Document_DescribesBfd()
    {
        var document = await ReadAsync();
        var paths = document["paths"]!;
        var post = paths["/netlox/v1/config/bfd"]!["post"]!;
        var list = paths["/netlox/v1/config/bfd/all"]!["get"]!;
        var delete = paths["/netlox/v1/config/bfd/remoteIP/{ip}"]!["delete"]!;
        var schemas = document["components"]!["schemas"]!;

        MembersOf(document, post["requestBody"]!).Should().BeEquivalentTo(
            "instance", "remoteIp", "sourceIp", "port", "interval", "retryCount", "state", "minRx", "multihop", "minTtl", "passive", "interface", "auth", "echo");
        MembersOf(document, post["responses"]!["409"]!).Should().Contain("errors");
        post["responses"]!.AsObject().Select(static r => r.Key).Should().BeEquivalentTo("200", "400", "403", "404", "409", "422", "500");
        MembersOf(document, list["responses"]!["200"]!).Should().BeEquivalentTo("Attr");
        schemas["BfdEntry"]!["properties"]!.AsObject().Select(static p => p.Key).Should().Contain(["remoteIp", "state", "remote", "counters", "discards", "transitions"]);
        schemas["BfdKeyArguments"]!["properties"]!.AsObject().Select(static p => p.Key).Should().BeEquivalentTo("id", "secret");
        delete["parameters"]!.AsArray().Select(static p => $"{p!["in"]} {p["name"]} {p["required"]}").Should().BeEquivalentTo("path ip true", "query instance ", "query interface ");
        ((string)post["summary"]!).Should().StartWith("Makes a BFD session");
    }

    [Fact]
    public async Task Document_DescribesBgp()
    {
        var document = await ReadAsync();
        var paths = document["paths"]!;
        var post = paths["/netlox/v1/config/bgp/neigh"]!["post"]!;

        MembersOf(document, post["requestBody"]!).Should().Contain(["ipAddress", "remoteAs", "setMultiHop", "password", "shutdownText", "bfd"]).And.HaveCount(43);
        post["responses"]!.AsObject().Select(static r => r.Key).Should().BeEquivalentTo("200", "400", "403", "409", "422", "500");
        document["components"]!["schemas"]!["BgpNeighborEntry"]!.ToJsonString().Should().Contain("updowntime").And.Contain("hasPassword");
        paths["/netlox/v1/config/bgp/neigh/{ip}"]!.AsObject().Select(static operation => operation.Key).Should().BeEquivalentTo("get", "delete");
        paths["/loxi/v1/bgp/routes"]!["get"]!["parameters"]!.AsArray().Select(static p => (string)p!["name"]!).Should().BeEquivalentTo("kind", "peer", "interface", "family", "prefix", "limit", "after");
        MembersOf(document, paths["/loxi/v1/bgp/routes"]!["get"]!["responses"]!["200"]!).Should().BeEquivalentTo("routes", "next");
        MembersOf(document, paths["/netlox/v1/config/cistate"]!["post"]!["requestBody"]!).Should().BeEquivalentTo("instance", "state", "sync", "vip");
    }

    private static IEnumerable<string> MembersOf(JsonNode document, JsonNode response)
    {
        var reference = (string)response["content"]!["application/json"]!["schema"]!["$ref"]!;
        return document["components"]!["schemas"]![reference.Split('/')[^1]]!["properties"]!.AsObject().Select(static p => p.Key);
    }

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(static m => m.Key == "$ref" ? [(string)m.Value!] : ReferencesIn(m.Value)),
        JsonArray items => items.SelectMany(ReferencesIn),
        _ => [],
    };

    private async Task<JsonNode> ReadAsync()
    {
        using var response = await _server.Http.GetAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).Should().Be(200, text);
        return JsonNode.Parse(text)!;
    }
}
