using System.Net;
using System.Text;
using FluentAssertions;
using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Node.Rest;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary><c>/loxi/v1/ha/peers</c> and <c>/loxi/v1/ha/keys</c>, above the node's own <see cref="Composition.NodeHa"/>.</summary>
public sealed class HaSettingsPathsTests : IAsyncLifetime
{
    private const string Peers = "/loxi/v1/ha/peers";
    private const string Keys = "/loxi/v1/ha/keys";
    private RestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RestServer.StartAsync();
        await _server.Harness.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Peers_LiveByTheClient()
    {
        (await _server.SendAsync("GET", Peers)).Text.Should().Be("""{"origin":"flags","self":0,"peers":[{"node":1,"paths":[{"address":"192.0.2.2"},{"address":"198.51.100.2"}]}]}""");
        var path = new HaPathSettings { Address = "fe80::2", Local = "fe80::1", Interface = "eth0" };

        var put = await _server.Client.PutHaPeerAsync(2, new HaPeerSettings { Paths = [path] }, Token);

        put.Should().BeEquivalentTo(new HaPeerSettings { Node = 2, Paths = [path] });
        var list = await _server.Client.ListHaPeersAsync(Token);
        list.Origin.Should().Be("stored");
        list.Peers.Select(static p => p.Node).Should().Equal(1, 2);
        (await _server.SendAsync("GET", Peers + "/2")).Text.Should().Be("""{"node":2,"paths":[{"address":"fe80::2","local":"fe80::1","interface":"eth0"}]}""");
        (await _server.Client.DeleteHaPeerAsync(2, Token)).Should().BeTrue();
        (await _server.Client.DeleteHaPeerAsync(2, Token)).Should().BeFalse();
        await _server.Client.ResetHaPeersAsync(Token);
        (await _server.Client.ListHaPeersAsync(Token)).Origin.Should().Be("flags");
    }

    [Theory]
    [InlineData("GET", "/7", null, 404, "no-peer error")]
    [InlineData("DELETE", "/7", null, 404, "no-peer error")]
    [InlineData("DELETE", "/99999999999", null, 404, "no-peer error")]
    [InlineData("DELETE", "/1", null, 409, "peer-fixed error: node: value '1', expected one that is not the last")]
    [InlineData("PUT", "/0", """{"paths":[{"address":"192.0.2.9"}]}""", 409, "peer-fixed error: node: value '0', expected the number of another node")]
    [InlineData("PUT", "/2", """{"paths":[{"address":"x"}]}""", 400, "malformed-peer error: paths[0].address: value 'x'")]
    [InlineData("PUT", "/2", "{}", 400, "malformed-peer error: paths")]
    public async Task BadPeer_HasAnAnswer(string method, string path, string? body, int status, string result)
    {
        var answer = await _server.SendAsync(method, Peers + path, body);

        answer.Status.Should().Be(status);
        ((string)answer.Json!["result"]!).Should().StartWith(result);
        _server.Harness.Speaker.Applied.Should().ContainSingle();
    }

    [Theory]
    [InlineData("/x", """{"paths":[]}""", 422)]
    [InlineData("/2", "", 422)]
    [InlineData("/2", "[", 400)]
    [InlineData("/2", """{"paths":7}""", 400)]
    public async Task UnreadableRequest_IsRefused(string path, string body, int status) => (await _server.SendAsync("PUT", Peers + path, body)).Status.Should().Be(status);

    [Fact]
    public async Task Keys_LiveByTheClient_AndSecretsStayIn()
    {
        (await _server.SendAsync("GET", Keys)).Text.Should().Be("""{"mode":"bootstrap","origin":"flags","keysFrom":"none","keys":[]}""");
        var secret = new string('a', 64);

        var answer = await _server.Client.SetHaKeysAsync(new HaKeysArguments { Mode = "receive-only", Keys = [new HaKeyArguments { Id = 3, Secret = secret }] }, Token);

        answer.Should().BeEquivalentTo(new { Mode = "receive-only", Send = 3, Origin = "stored", KeysFrom = "stored" });
        answer.Keys.Should().ContainSingle().Which.Fingerprint.Should().MatchRegex("^[0-9a-f]{16}$");
        (await _server.SendAsync("GET", Keys)).Text.Should().NotContain(secret);
        (await _server.Client.GetHaKeysAsync(Token)).Should().BeEquivalentTo(answer);
    }

    [Theory]
    [InlineData("http", "192.0.2.9", 403)]
    [InlineData("http", "2001:db8::9", 403)]
    [InlineData("http", "::ffff:192.0.2.9", 403)]
    [InlineData("http", "127.0.0.1", 200)]
    [InlineData("http", "::1", 200)]
    [InlineData("http", "::ffff:127.0.0.1", 200)]
    [InlineData("https", "192.0.2.9", 200)]
    public async Task SecretsThatOthersCouldRead_AreNotTaken(string scheme, string source, int status)
    {
        const string Body = "{\"mode\":\"receive-only\",\"keys\":[{\"id\":1,\"secret\":\"00112233445566778899aabbccddeeff\"}]}";
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(source);
        (context.Request.Scheme, context.Request.ContentType, context.Request.Body) = (scheme, "application/json", new MemoryStream(Encoding.UTF8.GetBytes(Body)));

        await new HaSettingsPaths(_server.Harness.Node).SetKeysAsync(context);

        context.Response.StatusCode.Should().Be(status);
        _server.Harness.Speaker.Applied.Should().HaveCount(status == 200 ? 2 : 1);
    }

    [Fact]
    public async Task BadKeys_HaveAnAnswer_WithoutTheSecret()
    {
        var malformed = await _server.SendAsync("PUT", Keys, """{"mode":"enforce","keys":[{"id":1,"secret":"s3cret"}]}""");
        malformed.Status.Should().Be(400);
        malformed.Text.Should().Contain("malformed-keys error: keys[0].secret").And.NotContain("s3cret");
        (await _server.SendAsync("PUT", Keys, """{"keys":[{"id":1,"secret":["s3cret"]}]}""")).Text.Should().NotContain("s3cret");

        await _server.Client.SetHaKeysAsync(new HaKeysArguments { Mode = "permissive", Keys = [new HaKeyArguments { Id = 3, Secret = new string('a', 64) }] }, Token);
        var refused = await _server.Awaiting(static s => s.Client.SetHaKeysAsync(new HaKeysArguments { Mode = "bootstrap" }, Token)).Should().ThrowAsync<LoxiApiException>();
        refused.Which.StatusCode.Should().Be(HttpStatusCode.Conflict);
        refused.Which.Error!.Result.Should().StartWith("keys-in-use error: mode: value 'bootstrap'");
    }
}
