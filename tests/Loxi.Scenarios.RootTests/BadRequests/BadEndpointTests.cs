using Xunit;

namespace Loxi.Scenarios.RootTests.BadRequests;

/// <summary>Endpoints that a service cannot have, at its creation and when they are attached or detached.</summary>
public sealed class BadEndpointTests(BadRequestScenario shared) : IClassFixture<BadRequestScenario>
{
    private const string Usable = "a unicast IPv4 or IPv6 address that is not loopback, unspecified, IPv6 link-local, IPv4-mapped or scoped";
    private const string NotVip = "an address other than externalIP";
    private const string FullNat = "an address of the family of externalIP or privateIP with mode 2 (fullnat), or a sourcePool with addresses of both families";
    private const string EastFamily = "an address of a family that the source pool east has addresses of";

    [Theory]
    [InlineData("""{"endpoints":[{"endpointIP":"203.0.113.10"}]}""", "[0].endpointIP", "203.0.113.10", NotVip)]
    [InlineData("""{"endpoints":[{"endpointIP":"203.0.113.10","targetPort":9090}]}""", "[0].endpointIP", "203.0.113.10", NotVip)]
    [InlineData("""{"endpoints":[{"endpointIP":"203.0.113.10"},{}]}""", "[0].endpointIP", "203.0.113.10", NotVip)]
    [InlineData("""{"externalIP":"2001:db8:113::10","endpoints":[{"endpointIP":"2001:DB8:113:0:0::10"}]}""", "[0].endpointIP", "2001:db8:113::10", NotVip)]
    [InlineData("""{"endpoints":[{"endpointIP":"127.0.0.1"}]}""", "[0].endpointIP", "127.0.0.1", Usable)]
    [InlineData("""{"endpoints":[{"endpointIP":"224.0.0.1"}]}""", "[0].endpointIP", "224.0.0.1", Usable)]
    [InlineData("""{"endpoints":[{"endpointIP":"::ffff:192.0.2.11"}]}""", "[0].endpointIP", "::ffff:192.0.2.11", Usable)]
    [InlineData("""{"endpoints":[{},{"endpointIP":"endpoint-1"}]}""", "[1].endpointIP", "endpoint-1", "an IPv4 or IPv6 address")]
    [InlineData("""{"endpoints":[{},{}]}""", "[1]", "192.0.2.11:90", "each address and port once")]
    [InlineData("""{"endpoints":[]}""", "", "0", "1 to 4096 endpoints")]
    public Task Address_IsRefused(string change, string field, string value, string expected) => RefusesAsync(change, field, value, expected);

    [Theory]
    [InlineData("""{"mode":2,"endpoints":[{"endpointIP":"2001:db8:2::11"}]}""", "[0].endpointIP", "2001:db8:2::11", FullNat)]
    [InlineData("""{"mode":2,"endpoints":[{},{"endpointIP":"2001:db8:2::11"}]}""", "[1].endpointIP", "2001:db8:2::11", FullNat)]
    [InlineData("""{"mode":2,"privateIP":"198.18.5.9","endpoints":[{"endpointIP":"2001:db8:2::11"}]}""", "[0].endpointIP", "2001:db8:2::11", FullNat)]
    [InlineData("""{"mode":2,"externalIP":"2001:db8:113::10"}""", "[0].endpointIP", "192.0.2.11", FullNat)]
    [InlineData("""{"mode":3,"sel":1,"tunnel":"none","endpoints":[{"endpointIP":"2001:db8:2::11"}]}""", "[0].endpointIP", "2001:db8:2::11", "an address of the family of externalIP 203.0.113.10 with tunnel none")]
    [InlineData("""{"protocol":"sctp","endpoints":[{"endpointIP":"2001:db8:2::11"}]}""", "[0].endpointIP", "2001:db8:2::11", "an address of the family of externalIP 203.0.113.10 with protocol sctp")]
    public Task FamilyThatCannotBeTranslated_IsRefused(string change, string field, string value, string expected) => RefusesAsync(change, field, value, expected);

    [Theory]
    [InlineData("""{"endpoints":[{"weight":0}]}""", "[0].weight", "0", "1 to 65535")]
    [InlineData("""{"endpoints":[{"weight":-1}]}""", "[0].weight", "-1", "1 to 65535")]
    [InlineData("""{"endpoints":[{},{"endpointIP":"192.0.2.12","weight":65536}]}""", "[1].weight", "65536", "1 to 65535")]
    [InlineData("""{"endpoints":[{"targetPort":0}]}""", "[0].targetPort", "0", "1 to 65535; 0 keeps the client's, with a port range only")]
    [InlineData("""{"endpoints":[{"targetPort":-1}]}""", "[0].targetPort", "-1", "0 to 65535")]
    [InlineData("""{"endpoints":[{"targetPort":65536}]}""", "[0].targetPort", "65536", "0 to 65535")]
    [InlineData("""{"mode":3,"sel":1,"endpoints":[{"targetPort":80}]}""", "[0].targetPort", "80", "90, the service's port, with mode 3 (dsr)")]
    [InlineData("""{"mode":3,"sel":1,"endpoints":[{"targetPort":0}]}""", "[0].targetPort", "0", "90, the service's port, with mode 3 (dsr)")]
    [InlineData("""{"mode":3,"sel":1,"portMax":95,"endpoints":[{"targetPort":91}]}""", "[0].targetPort", "91", "90, the service's port, or 0, with mode 3 (dsr)")]
    [InlineData("""{"endpoints":[{"state":"gone"}]}""", "[0].state", "gone", "draining, active or inactive")]
    public Task PortWeightOrState_IsRefused(string change, string field, string value, string expected) => RefusesAsync(change, field, value, expected);

    [Theory]
    [InlineData("""{"oper":1,"port":80,"endpoints":[{"endpointIP":"203.0.113.10"}]}""", "[0].endpointIP", "203.0.113.10", NotVip)]
    [InlineData("""{"oper":1,"port":80,"endpoints":[{"weight":0}]}""", "[0].weight", "0", "1 to 65535")]
    [InlineData("""{"oper":1,"port":81,"endpoints":[{"endpointIP":"192.0.2.12","targetPort":80}]}""", "[0].targetPort", "80", "81, the service's port, with mode 3 (dsr)")]
    [InlineData("""{"oper":1,"port":80,"externalIP":"198.51.100.200","endpoints":[{"targetPort":80},{"endpointIP":"2001:db8:2::11","targetPort":80}]}""", "[1].endpointIP", "2001:db8:2::11", EastFamily)]
    public Task AttachedEndpoint_IsRefused(string change, string field, string value, string expected) => RefusesAsync(change, field, value, expected);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task ServiceThatIsNotThere_GetsNoEndpointsAttachedOrDetached(int oper) => shared.AnswersAsync(
        HttpMethod.Post,
        BadRequestScenario.Services,
        BadRequestScenario.RequestWith($$"""{"oper":{{oper}}}"""),
        404,
        new { code = 404, fields = (string?)null, message = BadRequestScenario.ClassOf(404), result = "no-rule error" });

    /// <summary>The first one is there: it stays too.</summary>
    [Fact]
    public Task DetachedEndpointThatIsNotThere_IsRefused() => shared.RefusesAsync(
        HttpMethod.Post,
        BadRequestScenario.Services,
        BadRequestScenario.RequestWith("""{"oper":2,"port":80,"endpoints":[{"targetPort":80},{"endpointIP":"192.0.2.99","targetPort":80}]}"""),
        404,
        "no such endpoint",
        "endpoints[1]",
        "192.0.2.99:80",
        "an endpoint of tcp 203.0.113.10:80");

    private Task RefusesAsync(string change, string field, string value, string expected) => shared.RefusesAsync(
        HttpMethod.Post,
        BadRequestScenario.Services,
        BadRequestScenario.RequestWith(change),
        400,
        field.Length == 0 ? "endpoints-range error" : "malformed-lbep error",
        "endpoints" + field,
        value,
        expected);
}
