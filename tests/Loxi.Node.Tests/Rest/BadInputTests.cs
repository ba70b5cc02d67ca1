using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class BadInputTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/loadbalancer";
    private const string Good = """{"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp"},"endpoints":[{"endpointIP":"192.0.2.1","weight":1,"targetPort":8080}]}""";
    private RestServer _server = null!;

    public static TheoryData<string, string, string, string> Unsupported => new()
    {
        { "mode", "4", "serviceArguments.mode", "4" },
        { "sel", "5", "serviceArguments.sel", "5" },
        { "sel", "6", "serviceArguments.sel", "6" },
        { "host", "\"a.example\"", "serviceArguments.host", "a.example" },
        { "security", "1", "serviceArguments.security", "1" },
        { "security", "2", "serviceArguments.security", "2" },
        { "proxyprotocolv2", "true", "serviceArguments.proxyprotocolv2", "true" },
        { "probetype", "\"udp\"", "serviceArguments.probetype", "udp" },
        { "probetype", "\"sctp\"", "serviceArguments.probetype", "sctp" },
        { "probetype", "\"http\"", "serviceArguments.probetype", "http" },
        { "probetype", "\"https\"", "serviceArguments.probetype", "https" },
        { "probetype", "\"ping\"", "serviceArguments.probetype", "ping" },
        { "probereq", "\"health\"", "serviceArguments.probereq", "health" },
        { "proberesp", "\"OK\"", "serviceArguments.proberesp", "OK" },
    };

    public static TheoryData<string, string, string, string> OutOfRange => new()
    {
        { "port", "0", "serviceArguments.port", "0" },
        { "port", "-1", "serviceArguments.port", "-1" },
        { "port", "65536", "serviceArguments.port", "65536" },
        { "portMax", "79", "serviceArguments.portMax", "79" },
        { "portMax", "65536", "serviceArguments.portMax", "65536" },
        { "block", "-1", "serviceArguments.block", "-1" },
        { "block", "4294967296", "serviceArguments.block", "4294967296" },
        { "mode", "6", "serviceArguments.mode", "6" },
        { "security", "3", "serviceArguments.security", "3" },
        { "oper", "3", "serviceArguments.oper", "3" },
        { "inactiveTimeOut", "2592001", "serviceArguments.inactiveTimeOut", "2592001" },
        { "probeport", "65536", "serviceArguments.probeport", "65536" },
        { "probeTimeout", "86401", "serviceArguments.probeTimeout", "86401" },
        { "probeRetries", "1001", "serviceArguments.probeRetries", "1001" },
        { "externalIP", "\"0.0.0.0\"", "serviceArguments.externalIP", "0.0.0.0" },
        { "externalIP", "\"224.0.0.1\"", "serviceArguments.externalIP", "224.0.0.1" },
        { "externalIP", "\"127.0.0.1\"", "serviceArguments.externalIP", "127.0.0.1" },
        { "externalIP", "\"198.18.0.1/24\"", "serviceArguments.externalIP", "198.18.0.1/24" },
        { "privateIP", "\"x\"", "serviceArguments.privateIP", "x" },
        { "privateIP", "\"192.0.2.9\"", "serviceArguments.privateIP", "192.0.2.9" },
        { "mode", "3", "serviceArguments.sel", "0" },
        { "mode", "3", "endpoints[0].targetPort", "8080" },
        { "mode", "5", "serviceArguments.externalIP", "198.18.0.1" },
        { "tunnel", "\"gre\"", "serviceArguments.tunnel", "gre" },
        { "tunnel", "\"ipip\"", "serviceArguments.tunnel", "ipip" },
        { "slowStart", "3601", "serviceArguments.slowStart", "3601" },
        { "slowStart", "-1", "serviceArguments.slowStart", "-1" },
        { "persistTimeOut", "60", "serviceArguments.persistTimeOut", "60" },
        { "persistTimeOut", "2592001", "serviceArguments.persistTimeOut", "2592001" },
        { "vipGroup", "\"a b\"", "serviceArguments.vipGroup", "a b" },
        { "sourcePool", "\"a b\"", "serviceArguments.sourcePool", "a b" },
        { "sourcePool", "\"nowhere\"", "serviceArguments.sourcePool", "nowhere" },
        { "protocol", "\"icmp\"", "serviceArguments.port", "80" },
    };

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Unsupported))]
    public Task FunctionOfLoxilbThatIsNotThere_Is400WithFieldAndValue(string member, string value, string field, string shown) => RefusedAsync(member, value, field, shown);

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public Task ValueOutOfRange_Is400WithFieldAndValue(string member, string value, string field, string shown) => RefusedAsync(member, value, field, shown);

    [Fact]
    public void Unsupported_CoversEveryFunctionThatTheModelHas()
    {
        var full = new Service
        {
            Key = new ServiceKey(System.Net.IPAddress.Parse("198.18.0.1"), ServiceProtocol.Sctp, 80, 90, 7, "a.example"),
            Selection = SelectionPolicy.N2,
            Mode = NatMode.FullProxy,
            Probe = new ServiceProbe { Type = ProbeType.Http, Request = "a", Response = "b" },
            Security = ServiceSecurity.Https,
            ProxyProtocolV2 = true,
            Egress = true,
        };

        Unsupported.Select(static row => row.Data.Item3).Should().Contain(SupportedFunctions.Check(full).Select(static p => p.Field));
    }

    [Theory]
    [InlineData("secondaryIPs", """[{"secondaryIP":"198.18.0.2"}]""", "secondaryIPs", "198.18.0.2")]
    [InlineData("secondaryIPs", """[{"secondaryIP":"x"}]""", "secondaryIPs[0].secondaryIP", "x")]
    [InlineData("allowedSources", """[{"prefix":"203.0.113.0/24"}]""", "allowedSources", "203.0.113.0/24")]
    [InlineData("allowedSources", """[{"prefix":"203.0.113.1/24"}]""", "allowedSources[0].prefix", "203.0.113.1/24")]
    [InlineData("endpoints", "[]", "endpoints", "0")]
    [InlineData("endpoints", """[{"endpointIP":"192.0.2.1","weight":1,"targetPort":80,"state":"gone"}]""", "endpoints[0].state", "gone")]
    [InlineData("endpoints", """[{"endpointIP":"192.0.2.1","weight":65536,"targetPort":80}]""", "endpoints[0].weight", "65536")]
    [InlineData("endpoints", """[{"endpointIP":"192.0.2.1","weight":1,"targetPort":0}]""", "endpoints[0].targetPort", "0")]
    [InlineData("endpoints", """[{"endpointIP":"198.18.0.1","weight":1,"targetPort":80}]""", "endpoints[0].endpointIP", "198.18.0.1")]
    [InlineData("endpoints", """[{"endpointIP":"192.0.2.1","weight":1,"targetPort":80},{"endpointIP":"192.0.2.1","weight":2,"targetPort":80}]""", "endpoints[1]", "192.0.2.1:80")]
    public async Task ListThatCannotBeUsed_Is400WithFieldAndValue(string member, string value, string field, string shown)
    {
        var body = JsonNode.Parse(Good)!.AsObject();
        body[member] = JsonNode.Parse(value);

        await RefusedAsync(body, field, shown);
    }

    [Theory]
    [InlineData("GET", "/loxi/v1/connections?endpoint=192.0.2.300", "endpoint in query must be of type IP address: \"192.0.2.300\"")]
    [InlineData("GET", "/loxi/v1/connections?client=10.0.0.1/8", "client in query must be of type IP address or a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32: \"10.0.0.1/8\"")]
    [InlineData("GET", "/loxi/v1/connections?port=65536", "port in query must be of type port: \"65536\"")]
    [InlineData("GET", "/loxi/v1/connections?protocol=gre", "protocol in query must be of type tcp, udp, sctp or icmp: \"gre\"")]
    [InlineData("DELETE", "/netlox/v1/config/loadbalancer/externalipaddress/198.18.0.1/port/80/protocol/tcp?block=x", "block in query must be of type int64: \"x\"")]
    public async Task QueryThatCannotBeUsed_Is422WithNameAndValue(string method, string path, string message)
    {
        var answer = await _server.SendAsync(method, path);

        answer.Status.Should().Be(422);
        ((string)answer.Json!["message"]!).Should().Be(message);
    }

    [Theory]
    [InlineData("""{"serviceArguments":{"port":"80"}}""", """serviceArguments.port: value '"80"', expected a whole number""")]
    [InlineData("""{"serviceArguments":{"PORT":8.5}}""", "serviceArguments.port: value '8.5', expected a whole number")]
    [InlineData("""{"serviceArguments":{"port":99999999999999999999}}""", "serviceArguments.port: value '99999999999999999999', expected a whole number")]
    [InlineData("""{"serviceArguments":{"monitor":"yes"}}""", """serviceArguments.monitor: value '"yes"', expected true or false""")]
    [InlineData("""{"serviceArguments":{"externalIP":7}}""", "serviceArguments.externalIP: value '7', expected a string")]
    [InlineData("""{"serviceArguments":[]}""", "serviceArguments: value '[]', expected an object")]
    [InlineData("""{"endpoints":{"a":1}}""", """endpoints: value '{"a":1}', expected a list""")]
    [InlineData("""{"endpoints":[{"weight":1},{"weight":true}]}""", "endpoints[1].weight: value 'true', expected a whole number")]
    [InlineData("""{"serviceArguments":{"port":"it exists"}}""", "serviceArguments.port: value '...', expected a whole number")]
    [InlineData("""{"serviceArguments":{"port":"80"}""", "serviceArguments.port: value '...', expected a whole number")]
    [InlineData("[]", "the document: value '[]', expected an object")]
    public async Task MemberOfTheWrongType_Is400WithPathValueAndWhatWasExpected(string body, string problem)
    {
        var answer = await _server.SendAsync("POST", Root, body);

        answer.Status.Should().Be(400);
        ((string)answer.Json!["message"]!).Should().BeEquivalentTo($"parsing body failed: {problem}");
    }

    [Theory]
    [InlineData("{\"serviceArguments\":")]
    [InlineData("{\"serviceArguments\":x}")]
    [InlineData("{} {}")]
    public async Task TextThatIsNoJson_Is400WithThePlaceAndNoNameOfAType(string body)
    {
        var answer = await _server.SendAsync("POST", Root, body);

        answer.Status.Should().Be(400);
        ((string)answer.Json!["message"]!).Should().Match("parsing body failed: *BytePositionInLine: *").And.NotContain("System.");
    }

    [Fact]
    public async Task ServiceThatNoTableHasRoomFor_Is403WithTheLimit()
    {
        _server.Node.Fault = new TableFullException("endpoints", 7);

        var answer = await _server.SendAsync("POST", Root, Good);

        answer.Status.Should().Be(403);
        ((string)answer.Json!["result"]!).Should().Be("rule-hwm error: No room for more endpoints: expected at most 7.");
        ((string)answer.Json["message"]!).Should().Be("Capacity insufficient");
    }

    [Fact]
    public async Task ServiceThatTheDataPlaneCannotDo_Is400WithTheFieldAlone()
    {
        _server.Node.Fault = new InvalidServicesException([Problem.Of("tcp 198.18.0.1:80: serviceArguments.block", 7, "0 while eth1 is on XDP")]);

        var answer = await _server.SendAsync("POST", Root, Good);

        answer.Status.Should().Be(400);
        ((string)answer.Json!["errors"]![0]!["field"]!).Should().Be("serviceArguments.block");
        ((string)answer.Json["result"]!).Should().Be("malformed-service error: serviceArguments.block: value '7', expected 0 while eth1 is on XDP");
    }

    [Fact]
    public async Task RangeThatOverlapsWithAnother_Is400WithTheOther()
    {
        static string Range(int first, int last) => Good.Replace("\"port\":80", $"\"port\":{first},\"portMax\":{last}", StringComparison.Ordinal);
        (await _server.SendAsync("POST", Root, Range(80, 90))).Status.Should().Be(200);

        var answer = await _server.SendAsync("POST", Root, Range(90, 99));

        answer.Status.Should().Be(400);
        ((string)answer.Json!["errors"]![0]!.ToJsonString()).Should().Be("""{"field":"serviceArguments.portMax","value":"90-99","expected":"no port of the range 80-90 of another service"}""");
        (await _server.SendAsync("POST", Root, Range(91, 99))).Status.Should().Be(200);
        (await _server.SendAsync("POST", Root, Range(85, 85))).Status.Should().Be(200, "a single port wins over a range");
        (await _server.SendAsync("POST", Root, Range(80, 90).Replace("192.0.2.1", "192.0.2.2", StringComparison.Ordinal))).Status.Should().Be(200, "it takes the place of the first");
    }

    [Fact]
    public async Task EndpointOfIcmp_IsNamedByPing()
    {
        (await _server.SendAsync("POST", Root, """{"serviceArguments":{"externalIP":"198.18.0.1","port":0,"protocol":"icmp"},"endpoints":[{"endpointIP":"192.0.2.1","weight":1,"targetPort":0}]}""")).Status.Should().Be(200);

        var list = await _server.SendAsync("GET", "/netlox/v1/config/endpoint/all");

        list.Json!["Attr"]!.AsArray().Should().ContainSingle().Which!["name"]!.ToString().Should().Be("192.0.2.1_ping_0");
    }

    private async Task RefusedAsync(string member, string value, string field, string shown)
    {
        var body = JsonNode.Parse(Good)!.AsObject();
        body["serviceArguments"]![member] = JsonNode.Parse(value);
        await RefusedAsync(body, field, shown);
    }

    private async Task RefusedAsync(JsonObject body, string field, string shown)
    {
        var answer = await _server.SendAsync("POST", Root, body.ToJsonString());

        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}").Should().Contain($"{field}={shown}");
        ((string)answer.Json["result"]!).Should().Contain($"{field}: value '{shown}', expected ");
        _server.Node.Model.Should().BeEmpty();
    }
}
