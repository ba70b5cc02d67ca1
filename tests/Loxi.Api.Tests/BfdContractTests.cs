using System.Net;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using Loxi.Api.Client;
using Loxi.Api.Wire;
using Xunit;

namespace Loxi.Api.Tests;

/// <summary>BFD on the wire, against what was recorded of loxicmd and loxilb.</summary>
public sealed class BfdContractTests
{
    private const string NotRunning = """{"code":500,"fields":null,"message":"bfd session not running","result":"bfd session not running"}""";

    [Theory]
    [InlineData("""{"instance":"default","remoteIp":"32.32.32.2","sourceIp":"32.32.32.1","port":0,"interval":200000,"retryCount":3,"state":""}""", "32.32.32.1", 200_000, 3)]
    [InlineData("""{"instance":"default","remoteIp":"32.32.32.2","sourceIp":"","port":0,"interval":500000,"retryCount":5,"state":""}""", "", 500_000, 5)]
    public void BodyOfLoxicmd_IsReadAndWrittenAsItIs(string body, string source, long interval, long retryCount)
    {
        var read = JsonSerializer.Deserialize(body, LoxiJson.BfdArguments)!;

        read.Should().Be(new BfdArguments { Instance = "default", RemoteIP = "32.32.32.2", SourceIP = source, Port = 0, Interval = interval, RetryCount = retryCount, State = "" });
        JsonSerializer.Serialize(read, LoxiJson.BfdArguments).Should().Be(body);
    }

    [Fact]
    public void AnswerOfLoxilb_IsRead()
    {
        // Members as loxilb's server has them; its clients match names in any case.
        var list = JsonSerializer.Deserialize(
            """{"Attr":[{"instance":"llb-inst0","remoteIp":"192.0.2.2","sourceIp":"192.0.2.1","port":3784,"interval":200000,"retryCount":3,"state":"BFDUp"}]}""", LoxiJson.BfdList)!;

        list.Sessions.Should().Equal(
            new BfdEntry { Instance = "llb-inst0", RemoteIP = "192.0.2.2", SourceIP = "192.0.2.1", Port = 3784, Interval = 200_000, RetryCount = 3, State = "BFDUp" });
    }

    [Fact]
    public void Entry_BeginsWithLoxilbsMembersAndLeavesOutZeros()
    {
        var entry = new BfdEntry { Instance = "llb-inst0", RemoteIP = "192.0.2.2", SourceIP = "192.0.2.1", Port = 3784, Interval = 200_000, RetryCount = 3, State = "BFDDown", MinRx = 200_000, MinTtl = 255 };

        JsonSerializer.Serialize(new BfdList { Sessions = [entry] }, LoxiJson.BfdList).Should().Be(
            """{"Attr":[{"instance":"llb-inst0","remoteIp":"192.0.2.2","sourceIP":"192.0.2.1","port":3784,"interval":200000,"retryCount":3,"state":"BFDDown","minRx":200000,"minTtl":255}]}""");
    }

    [Fact]
    public void Arguments_OfLoxi_HaveTheseNames()
    {
        const string Body =
            """{"remoteIp":"fe80::2","minRx":1,"multihop":false,"minTtl":250,"passive":true,"interface":"eth0","auth":{"type":"sha1","keys":[{"id":1,"secret":"a"}],"activeKeyId":1},"echo":{"interval":2,"minRx":3}}""";
        var arguments = new BfdArguments
        {
            RemoteIP = "fe80::2",
            MinRx = 1,
            Multihop = false,
            MinTtl = 250,
            Passive = true,
            Interface = "eth0",
            Authentication = new BfdAuthenticationArguments { Type = "sha1", Keys = [new BfdKeyArguments { Id = 1, Secret = "a" }], ActiveKeyId = 1 },
            Echo = new BfdEchoArguments { Interval = 2, MinRx = 3 },
        };

        JsonSerializer.Serialize(arguments, LoxiJson.BfdArguments).Should().Be(Body);
        JsonSerializer.Serialize(JsonSerializer.Deserialize(Body, LoxiJson.BfdArguments)!, LoxiJson.BfdArguments).Should().Be(Body);
    }

    [Fact]
    public void TextOfAKey_HidesItsSecret() => new BfdKeyArguments { Id = 7, Secret = "geheim" }.ToString().Should().Be("key 7");

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, NotRunning)]
    [InlineData(HttpStatusCode.OK, """{"Attr":null}""")]
    public async Task NodeWithoutSessions_HasAnEmptyList(HttpStatusCode status, string body) =>
        (await CallAsync(status, body, static c => c.ListBfdSessionsAsync())).Result.Should().BeEmpty();

    [Fact]
    public async Task OtherErrors_AreErrors()
    {
        await FluentActions.Awaiting(static () => CallAsync(HttpStatusCode.InternalServerError, """{"code":500,"result":"internal error: x"}""", static c => c.ListBfdSessionsAsync()))
            .Should().ThrowAsync<LoxiApiException>();
        await FluentActions.Awaiting(static () => CallAsync(
                HttpStatusCode.Conflict, """{"code":409,"result":"bfd existing session: multihop: value 'true', expected false"}""", static c => c.PutBfdSessionAsync(new BfdArguments())))
            .Should().ThrowAsync<LoxiApiException>();
    }

    [Fact]
    public async Task SessionJustLikeThis_IsNoChange() =>
        (await CallAsync(HttpStatusCode.Conflict, """{"code":409,"fields":null,"result":"bfd existing session"}""", static c => c.PutBfdSessionAsync(new BfdArguments { RemoteIP = "192.0.2.2" })))
            .Should().Be((false, """POST /netlox/v1/config/bfd {"remoteIp":"192.0.2.2"}"""));

    [Theory]
    [InlineData("32.32.32.2", "default", null, "DELETE /netlox/v1/config/bfd/remoteIP/32.32.32.2?instance=default ")]
    [InlineData("2001:db8::2", null, null, "DELETE /netlox/v1/config/bfd/remoteIP/2001:db8::2?instance= ")]
    [InlineData("fe80::2%7", "a b", "eth0.5", "DELETE /netlox/v1/config/bfd/remoteIP/fe80::2?instance=a%20b&interface=eth0.5 ")]
    public async Task Deletion_HasThePathOfLoxicmd(string peer, string? instance, string? interfaceName, string request) =>
        (await CallAsync(HttpStatusCode.OK, """{"result":"Success"}""", c => c.DeleteBfdSessionAsync(IPAddress.Parse(peer), instance, interfaceName))).Should().Be((true, request));

    [Theory]
    [InlineData(HttpStatusCode.NotFound, """{"code":404,"result":"no bfd session"}""")]
    [InlineData(HttpStatusCode.InternalServerError, NotRunning)]
    public async Task DeletionOfNothing_IsFalse(HttpStatusCode status, string body) =>
        (await CallAsync(status, body, static c => c.DeleteBfdSessionAsync(IPAddress.Parse("192.0.2.2")))).Result.Should().BeFalse();

    private static async Task<(T Result, string Request)> CallAsync<T>(HttpStatusCode status, string body, Func<LoxiClient, Task<T>> call)
    {
        using var handler = new Recorder(status, body);
        using var http = new HttpClient(handler) { BaseAddress = new Uri("http://192.0.2.1:11111/") };
        return (await call(new LoxiClient(http)), handler.Seen);
    }

    private sealed class Recorder(HttpStatusCode status, string body) : HttpMessageHandler
    {
        public string Seen { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = $"{request.Method} {request.RequestUri!.PathAndQuery} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken))}";
            return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }
    }
}
