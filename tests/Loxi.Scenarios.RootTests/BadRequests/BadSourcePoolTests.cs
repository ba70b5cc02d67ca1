using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Xunit;

namespace Loxi.Scenarios.RootTests.BadRequests;

/// <summary>Source pools that are wrong, that stand against each other or that services need as they are, and services with pools that they cannot use.</summary>
public sealed class BadSourcePoolTests(BadRequestScenario shared) : IClassFixture<BadRequestScenario>
{
    private const string Pools = "/loxi/v1/pools/";
    private const string Usable = "a unicast IPv4 or IPv6 address that is not loopback, unspecified, IPv6 link-local, IPv4-mapped or scoped";

    [Theory]
    [InlineData("""{"sourcePool":"north"}""", "serviceArguments.sourcePool", "north", "one of the source pools east, six, west")]
    [InlineData("""{"sourcePool":"north east"}""", "serviceArguments.sourcePool", "north east", NameRules.Expected)]
    [InlineData("""{"sourcePool":"west"}""", "serviceArguments.sourcePool", "west", "a pool of the VIP group llb-inst0; west is of inst1")]
    [InlineData("""{"sourcePool":"east","vipGroup":"inst1"}""", "serviceArguments.sourcePool", "east", "a pool of the VIP group inst1; east is of llb-inst0")]
    [InlineData("""{"sourcePool":"east","name":"web:inst1"}""", "serviceArguments.sourcePool", "east", "a pool of the VIP group inst1; east is of llb-inst0")]
    [InlineData("""{"sourcePool":"east","mode":3,"sel":1}""", "serviceArguments.sourcePool", "east", "none with mode 3 (dsr): it rewrites no source")]
    [InlineData("""{"sourcePool":"east","mode":2,"privateIP":"198.18.5.9"}""", "serviceArguments.privateIP", "198.18.5.9", "none with sourcePool")]
    [InlineData("""{"sourcePool":"six"}""", "endpoints[0].endpointIP", "192.0.2.11", "an address of a family that the source pool six has addresses of")]
    [InlineData("""{"sourcePool":"east","endpoints":[{},{"endpointIP":"2001:db8:2::11"}]}""", "endpoints[1].endpointIP", "2001:db8:2::11", "an address of a family that the source pool east has addresses of")]
    [InlineData("""{"sourcePool":"east","endpoints":[{},{"endpointIP":"198.18.5.2"}]}""", "endpoints[1].endpointIP", "198.18.5.2", "an address that the source pool east does not give")]
    public Task PoolThatAServiceCannotUse_IsRefused(string change, string field, string value, string expected) => shared.RefusesAsync(
        HttpMethod.Post,
        BadRequestScenario.Services,
        BadRequestScenario.RequestWith(change),
        400,
        field.StartsWith("endpoints", StringComparison.Ordinal) ? "malformed-lbep error" : "malformed-service error",
        field,
        value,
        expected);

    [Theory]
    [InlineData("north", """{"addresses":["198.18.7.1","198.18.7"]}""", "addresses[1]", "198.18.7", "an IPv4 or IPv6 address")]
    [InlineData("north", """{"addresses":["127.0.0.1"]}""", "addresses[0]", "127.0.0.1", Usable)]
    [InlineData("north", """{"addresses":["198.18.7.1","0.0.0.0"]}""", "addresses[1]", "0.0.0.0", Usable)]
    [InlineData("north", """{"addresses":["ff02::1"]}""", "addresses[0]", "ff02::1", Usable)]
    [InlineData("north", """{"addresses":["198.18.7.1","198.18.7.2","198.18.7.1"]}""", "addresses[2]", "198.18.7.1", "each address once")]
    [InlineData("north", """{"addresses":["2001:db8:7::1","2001:db8:7:0::1"]}""", "addresses[1]", "2001:db8:7::1", "each address once")]
    [InlineData("north", """{"addresses":[]}""", "addresses", "0", "1 to 1024 addresses")]
    [InlineData("north", "{}", "addresses", "0", "1 to 1024 addresses")]
    [InlineData("east", """{"addresses":[]}""", "addresses", "0", "1 to 1024 addresses")]
    [InlineData("north", """{"addresses":["198.18.7.1"],"vipGroup":"inst/1"}""", "vipGroup", "inst/1", NameRules.Expected)]
    [InlineData("north", """{"addresses":["198.18.7.1"],"name":"south"}""", "name", "south", "north, the name in the path, or none")]
    [InlineData("-north", """{"addresses":["198.18.7.1"]}""", "name", "-north", NameRules.Expected)]
    public Task WrongPool_IsRefused(string name, string pool, string field, string value, string expected) =>
        shared.RefusesAsync(HttpMethod.Put, Pools + name, pool, 400, "malformed-pool error", field, value, expected);

    [Fact]
    public Task TooManyAddresses_AreRefused() => shared.RefusesAsync(
        HttpMethod.Put,
        Pools + "north",
        $$"""{"addresses":[{{string.Join(',', Enumerable.Range(0, 1025).Select(static i => $"\"198.19.{i / 250}.{1 + (i % 250)}\""))}}]}""",
        400,
        "malformed-pool error",
        "addresses",
        "1025",
        "1 to 1024 addresses");

    [Theory]
    [InlineData("north", """{"addresses":["198.18.7.1","198.18.6.1"]}""", "pool-owner error", "addresses[1]", "198.18.6.1", "an address of no other VIP group; the pool west of inst1 has it")]
    [InlineData("north", """{"addresses":["198.18.5.1"],"vipGroup":"inst2"}""", "pool-owner error", "addresses[0]", "198.18.5.1", "an address of no other VIP group; the pool east of llb-inst0 has it")]
    [InlineData("east", """{"addresses":["198.18.5.1"],"vipGroup":"inst1"}""", "pool-in-use error", "tcp 198.51.100.200:80: serviceArguments.sourcePool", "east", "a pool of the VIP group llb-inst0; east is of inst1")]
    [InlineData("east", """{"addresses":["2001:db8:5::2"]}""", "pool-in-use error", "tcp 198.51.100.200:80: endpoints[0].endpointIP", "192.0.2.11", "an address of a family that the source pool east has addresses of")]
    public Task PoolThatSomethingStandsAgainst_IsRefused(string name, string pool, string text, string field, string value, string expected) =>
        shared.RefusesAsync(HttpMethod.Put, Pools + name, pool, 409, text, field, value, expected);

    [Fact]
    public Task PoolInUse_IsNotDeleted() => shared.RefusesAsync(
        HttpMethod.Delete, Pools + "east", null, 409, "pool-in-use error", "tcp 198.51.100.200:80: serviceArguments.sourcePool", "east", "one of the source pools six, west");

    [Fact]
    public Task UnknownPool_IsNotFound() => shared.AnswersAsync(
        HttpMethod.Delete, Pools + "north", null, 404, new { code = 404, fields = (string?)null, message = BadRequestScenario.ClassOf(404), result = "no-pool error" });

    [Fact]
    public Task BodyOfAnotherType_IsRefused() => shared.AnswersAsync(
        HttpMethod.Put, Pools + "north", """{"addresses":"198.18.7.1"}""", 400, new { code = 400, message = "parsing body failed: addresses: value '\"198.18.7.1\"', expected a list" });

    /// <summary>A client of loxilb takes every error with this word for success.</summary>
    [Fact]
    public async Task NameOfAPool_CannotMakeAnErrorLookLikeSuccess()
    {
        await shared.Scenario.Api.PutPoolAsync("existing", new Pool { Addresses = ["198.18.8.1"] }, TestContext.Current.CancellationToken);

        try
        {
            var answer = await shared.Scenario.SendAsync(HttpMethod.Post, BadRequestScenario.Services, BadRequestScenario.RequestWith("""{"sourcePool":"north"}"""));

            answer.Status.Should().Be(400);
            JsonNode.Parse(answer.Body)!["result"]!.GetValue<string>().Should().Be("malformed-service error: serviceArguments.sourcePool: value 'north', expected ...");
        }
        finally
        {
            await shared.Scenario.Api.DeletePoolAsync("existing", TestContext.Current.CancellationToken);
        }
    }
}
