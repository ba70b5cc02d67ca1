using FluentAssertions;
using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Nat.Tables;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class PoolPathsTests : IAsyncLifetime
{
    private const string Root = "/loxi/v1/pools";
    private const string Service = """{"serviceArguments":{"externalIP":"198.18.0.1","port":80,"protocol":"tcp","mode":2,"sourcePool":"east"},"endpoints":[{"endpointIP":"192.0.2.1","weight":1,"targetPort":8080}]}""";
    private RestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Client_WholeLifeOfAPool_Works()
    {
        (await _server.Client.GetPoolAsync("east", Token)).Should().BeNull();
        (await _server.Client.DeletePoolAsync("east", Token)).Should().BeFalse();

        var put = await _server.Client.PutPoolAsync("east", new Pool { Addresses = ["192.0.2.101", "2001:db8::101"] }, Token);

        put.Should().BeEquivalentTo(new Pool { Name = "east", VipGroup = "llb-inst0", Addresses = ["192.0.2.101", "2001:db8::101"] });
        (await _server.Client.PutPoolAsync("a.far", new Pool { Name = "a.far", VipGroup = "inst1", Addresses = ["192.0.2.201"] }, Token)).VipGroup.Should().Be("inst1");
        (await _server.Client.GetPoolAsync("east", Token)).Should().BeEquivalentTo(put);
        (await _server.Client.ListPoolsAsync(Token)).Select(static p => p.Name).Should().Equal("a.far", "east");
        (await _server.Client.DeletePoolAsync("east", Token)).Should().BeTrue();
        (await _server.Client.ListPoolsAsync(Token)).Should().ContainSingle();
    }

    [Fact]
    public async Task Answers_AreTheDocumentedJson()
    {
        (await PutAsync("east", """{"addresses":["192.0.2.101"]}""")).Text.Should().Be("""{"name":"east","vipGroup":"llb-inst0","addresses":["192.0.2.101"]}""");
        (await _server.SendAsync("GET", Root)).Text.Should().Be("""{"pools":[{"name":"east","vipGroup":"llb-inst0","addresses":["192.0.2.101"]}]}""");
        (await _server.SendAsync("DELETE", Root + "/east")).Text.Should().Be("""{"result":"Success"}""");
        (await _server.SendAsync("GET", Root)).Text.Should().Be("""{"pools":[]}""");
        (await _server.SendAsync("GET", Root + "/east")).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no-pool error"}""");
        (await _server.SendAsync("DELETE", Root + "/east")).Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no-pool error"}""");
        (await _server.SendAsync("POST", Root)).Status.Should().Be(405);
    }

    [Theory]
    [InlineData("east", """{"addresses":[]}""", "addresses=0")]
    [InlineData("east", "{}", "addresses=0")]
    [InlineData("east", """{"addresses":["192.0.2.1","x",null,"192.0.2.1"]}""", "addresses[1]=x", "addresses[2]=", "addresses[3]=192.0.2.1")]
    [InlineData("east", """{"addresses":["127.0.0.1"],"vipGroup":"a b"}""", "addresses[0]=127.0.0.1", "vipGroup=a b")]
    [InlineData("east", """{"name":"west","addresses":["192.0.2.1"]}""", "name=west")]
    [InlineData("a%20b", """{"addresses":["192.0.2.1"]}""", "name=a b")]
    public async Task Put_PoolThatIsNone_Is400WithEveryMember(string name, string body, params string[] problems)
    {
        var answer = await PutAsync(name, body);

        answer.Status.Should().Be(400);
        answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}").Should().BeEquivalentTo(problems);
        ((string)answer.Json["result"]!).Should().StartWith("malformed-pool error: ");
        _server.Node.Pools.Should().BeEmpty();
    }

    [Fact]
    public async Task Put_MoreThan1024Addresses_Is400WithTheirNumber()
    {
        var answer = await PutAsync("east", $$"""{"addresses":[{{string.Join(',', Enumerable.Range(0, 1025).Select(static i => $"\"10.0.{i >> 8}.{i & 255}\""))}}]}""");

        ((string)answer.Json!["result"]!).Should().Be("malformed-pool error: addresses: value '1025', expected 1 to 1024 addresses");
    }

    [Theory]
    [InlineData("", 422)]
    [InlineData("null", 422)]
    [InlineData("[]", 400)]
    [InlineData("""{"addresses":"192.0.2.1"}""", 400)]
    public async Task Put_BodyThatIsNoPool_IsRefused(string body, int status) => (await PutAsync("east", body)).Status.Should().Be(status);

    [Fact]
    public async Task Put_AddressOfAnotherGroup_Is409WithTheOwner()
    {
        await PutAsync("far", """{"vipGroup":"inst1","addresses":["192.0.2.101"]}""");

        var answer = await PutAsync("east", """{"addresses":["192.0.2.100","192.0.2.101"]}""");

        answer.Status.Should().Be(409);
        ((string)answer.Json!["result"]!).Should().Be("pool-owner error: addresses[1]: value '192.0.2.101', expected an address of no other VIP group; the pool far of inst1 has it");
        _server.Node.Pools.Should().ContainSingle();
    }

    [Fact]
    public async Task PoolInUse_CanBeChangedButNotTakenAway()
    {
        await PutAsync("east", """{"addresses":["192.0.2.101"]}""");
        (await _server.SendAsync("POST", "/netlox/v1/config/loadbalancer", Service)).Status.Should().Be(200);
        (await PutAsync("east", """{"addresses":["192.0.2.102","2001:db8::1"]}""")).Status.Should().Be(200);

        var deleted = await _server.SendAsync("DELETE", Root + "/east");
        var moved = await PutAsync("east", """{"vipGroup":"inst1","addresses":["192.0.2.102"]}""");
        var other = await PutAsync("east", """{"addresses":["2001:db8::1"]}""");

        (deleted.Status, moved.Status, other.Status).Should().Be((409, 409, 409));
        ((string)deleted.Json!["result"]!).Should().Be("pool-in-use error: tcp 198.18.0.1:80: serviceArguments.sourcePool: value 'east', expected a source pool of this node, which has none");
        ((string)moved.Json!["result"]!).Should().StartWith("pool-in-use error: tcp 198.18.0.1:80: serviceArguments.sourcePool: value 'east'");
        ((string)other.Json!["result"]!).Should().StartWith("pool-in-use error: tcp 198.18.0.1:80: endpoints[0].endpointIP: value '192.0.2.1'");
        (await _server.SendAsync("DELETE", "/netlox/v1/config/loadbalancer/all")).Status.Should().Be(200);
        (await _server.SendAsync("DELETE", Root + "/east")).Status.Should().Be(200);
    }

    [Fact]
    public async Task Service_OfAnotherGroupOrWithoutTheFamily_Is400()
    {
        await PutAsync("east", """{"vipGroup":"inst1","addresses":["2001:db8::1"]}""");

        var group = await _server.SendAsync("POST", "/netlox/v1/config/loadbalancer", Service);
        var family = await _server.SendAsync("POST", "/netlox/v1/config/loadbalancer", Service.Replace("\"mode\":2", "\"mode\":2,\"name\":\"web:inst1\"", StringComparison.Ordinal));

        (group.Status, family.Status).Should().Be((400, 400));
        ((string)group.Json!["errors"]![0]!["expected"]!).Should().Be("a pool of the VIP group llb-inst0; east is of inst1");
        ((string)family.Json!["errors"]![0]!["field"]!).Should().Be("endpoints[0].endpointIP");
    }

    [Fact]
    public async Task Put_NoRoomInATable_Is403()
    {
        _server.Node.Fault = new TableFullException("source addresses", 7);

        var answer = await PutAsync("east", """{"addresses":["192.0.2.101"]}""");

        answer.Status.Should().Be(403);
        ((string)answer.Json!["result"]!).Should().StartWith("pool-hwm error: No room for more source addresses");
    }

    [Fact]
    public async Task Put_BeyondTheLimit_Is403()
    {
        for (var i = 0; i < 1024; i++)
        {
            (await PutAsync($"p{i}", """{"addresses":["192.0.2.101"]}""")).Status.Should().Be(200);
        }

        var answer = await PutAsync("east", """{"addresses":["192.0.2.101"]}""");

        answer.Status.Should().Be(403);
        ((string)answer.Json!["result"]!).Should().Be("pool-hwm error: at most 1024 pools");
    }

    [Fact]
    public async Task Client_Conflict_IsAnErrorWithItsReasons()
    {
        await PutAsync("far", """{"vipGroup":"inst1","addresses":["192.0.2.101"]}""");

        var refused = await _server.Client.Awaiting(c => c.PutPoolAsync("east", new Pool { Addresses = ["192.0.2.101"] }, Token)).Should().ThrowAsync<LoxiApiException>();

        refused.Which.Error!.Errors.Should().ContainSingle().Which.Field.Should().Be("addresses[0]");
    }

    private Task<RestServer.Answer> PutAsync(string name, string body) => _server.SendAsync("PUT", $"{Root}/{name}", body);
}
