using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Bfd;
using Loxi.Node.Bfd;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class BfdPathsTests : IAsyncLifetime
{
    private const string Root = "/netlox/v1/config/bfd";
    private const string Good = """{"instance":"llb-inst0","remoteIp":"192.0.2.2","interval":50000,"retryCount":3}""";
    private const string AnInterval = "3000 to 4294967295 microseconds";
    private const string Unicast = "a unicast IPv4 or IPv6 address that is not unspecified, broadcast or IPv4-mapped";
    private const string Success = """{"result":"Success"}""";
    private RestServer _server = null!;

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "remoteIp", "null", "", "an IPv4 or IPv6 address" },
        { "remoteIp", "\"node2.example\"", "node2.example", "an IPv4 or IPv6 address" },
        { "remoteIp", "\"192.0.2\"", "192.0.2", "an IPv4 or IPv6 address" },
        { "remoteIp", "\"fe80::2%eth0\"", "fe80::2%eth0", "an IPv4 or IPv6 address" },
        { "remoteIp", "\"0.0.0.0\"", "0.0.0.0", Unicast },
        { "remoteIp", "\"224.0.0.1\"", "224.0.0.1", Unicast },
        { "remoteIp", "\"255.255.255.255\"", "255.255.255.255", Unicast },
        { "remoteIp", "\"ff02::1\"", "ff02::1", Unicast },
        { "sourceIp", "\"x\"", "x", "an IPv4 or IPv6 address" },
        { "sourceIp", "\"239.1.1.1\"", "239.1.1.1", Unicast },
        { "sourceIp", "\"2001:db8::1\"", "2001:db8::1", "an address of the family of the peer 192.0.2.2" },
        { "interval", "0", "0", AnInterval + " for a new session" },
        { "interval", "null", "null", AnInterval + " for a new session" },
        { "interval", "-1", "-1", AnInterval },
        { "interval", "4294967296", "4294967296", AnInterval },
        { "retryCount", "0", "0", "1 to 255 for a new session" },
        { "retryCount", "null", "null", "1 to 255 for a new session" },
        { "retryCount", "-1", "-1", "1 to 255" },
        { "retryCount", "256", "256", "1 to 255" },
        { "minRx", "2999", "2999", "0 or " + AnInterval },
        { "minRx", "-1", "-1", "0 or " + AnInterval },
        { "minTtl", "256", "256", "0 or 1 to 255" },
        { "minTtl", "-1", "-1", "0 or 1 to 255" },
        { "minTtl", "254", "254", "none, or 255, for a single hop without authentication" },
        { "interface", "\"a/b\"", "a/b", "1 to 15 bytes without white space, '/' and ':', not '.' or '..'" },
        { "interface", "\"sixteen-bytes-on\"", "sixteen-bytes-on", "1 to 15 bytes without white space, '/' and ':', not '.' or '..'" },
        { "echo.interval", """{"interval":1}""", "1", "0 or " + AnInterval },
        { "echo.minRx", """{"minRx":4294967296}""", "4294967296", "0 or " + AnInterval },
        { "auth.type", """{"keys":[{"id":1,"secret":"a"}]}""", "", BfdAuthenticationNames.Expected },
        { "auth.type", """{"type":"SHA1","keys":[{"id":1,"secret":"a"}]}""", "SHA1", BfdAuthenticationNames.Expected },
        { "auth.keys", """{"type":"sha1"}""", "0 keys", "1 to 255 keys" },
        { "auth.keys", """{"type":"none","keys":[{"id":1,"secret":"a"}]}""", "1 keys", "none with the type none" },
        { "auth.keys[0]", """{"type":"sha1","keys":[null]}""", "", "an object with id and secret" },
        { "auth.keys[0].id", """{"type":"sha1","keys":[{"id":256,"secret":"a"}]}""", "256", "0 to 255" },
        { "auth.keys[0].id", """{"type":"sha1","keys":[{"secret":"a"}]}""", "null", "0 to 255" },
        { "auth.keys[1].id", """{"type":"sha1","keys":[{"id":1,"secret":"a"},{"id":1,"secret":"b"}]}""", "1", "an id that no key before it has" },
        { "auth.keys[0].secret", """{"type":"sha1","keys":[{"id":1}]}""", "null", "1 to 20 bytes of text" },
        { "auth.keys[0].secret", """{"type":"sha1","keys":[{"id":1,"secret":""}]}""", "0 bytes", "1 to 20 bytes of text" },
        { "auth.keys[0].secret", """{"type":"sha1","keys":[{"id":1,"secret":"123456789012345678901"}]}""", "21 bytes", "1 to 20 bytes of text" },
        { "auth.keys[0].secret", """{"type":"meticulous-md5","keys":[{"id":1,"secret":"12345678901234567"}]}""", "17 bytes", "1 to 16 bytes of text" },
        { "auth.keys[0].secret", """{"type":"simple","keys":[{"id":1,"secret":"\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"}]}""", "18 bytes", "1 to 16 bytes of text" },
        { "auth.activeKeyId", """{"type":"sha1","activeKeyId":2,"keys":[{"id":1,"secret":"a"}]}""", "2", "the id of one of the keys" },
    };

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Session_WrongValue_Is400WithFieldValueAndExpectation(string field, string value, string shown, string expected)
    {
        var body = JsonNode.Parse(Good)!.AsObject();
        body[field.Split('.')[0]] = JsonNode.Parse(value);

        var answer = await PostAsync(body.ToJsonString());

        answer.Status.Should().Be(400);
        Errors(answer).Should().Equal($"{field}={shown}, {expected}");
        ((string)answer.Json!["result"]!).Should().Be($"bfd malformed args: {field}: value '{shown}', expected {expected}");
        _server.Bfd.Model.Should().BeSameAs(BfdModel.Empty);
    }

    [Fact]
    public async Task Session_ManyWrongValues_AreAllReportedAtOnce()
    {
        var answer = await PostAsync("""{"remoteIp":"x","sourceIp":"y","interval":-5,"retryCount":300,"minRx":1,"minTtl":0,"interface":"a b","echo":{"interval":2,"minRx":3},"auth":{"type":"crc","keys":[{"id":-1}],"activeKeyId":9}}""");

        answer.Status.Should().Be(400);
        FieldsOf(answer).Should().Equal(
            "remoteIp", "sourceIp", "interval", "retryCount", "minRx", "echo.interval", "echo.minRx", "auth.type", "auth.keys[0].id", "auth.keys[0].secret", "auth.activeKeyId", "interface");
    }

    [Fact]
    public async Task PeerThatIsTheOwnAddress_IsRefused()
    {
        var answer = await PostAsync("""{"remoteIp":"192.0.2.2","sourceIp":"192.0.2.2","interval":50000,"retryCount":3}""");

        answer.Status.Should().Be(400);
        Errors(answer).Should().Equal("remoteIp=192.0.2.2, another address than the own one");
    }

    [Theory]
    [InlineData("multihop", "true", "echo.interval=50000, 0 for a session that is not over a single hop")]
    [InlineData("remoteIp", "\"198.51.100.1\"", "echo.interval=50000, 0 for a session that is not over a single hop")]
    [InlineData("remoteIp", "\"fe80::2\"", "interface=, the interface of the link-local peer fe80::2, or a scope in its address")]
    public async Task WhatDoesNotGoTogether_IsRefused(string member, string value, string error)
    {
        var body = JsonNode.Parse("""{"remoteIp":"192.0.2.2","interval":50000,"retryCount":3,"echo":{"interval":50000}}""")!.AsObject();
        body[member] = JsonNode.Parse(value);

        var answer = await PostAsync(body.ToJsonString());

        answer.Status.Should().Be(400);
        Errors(answer).Should().Equal(error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_999)]
    public async Task IntervalBelowTheLeast_IsLoxilbsErrorWithEverythingThatIsWrong(int interval)
    {
        var answer = await PostAsync($$"""{"remoteIp":"192.0.2.2","interval":{{interval}},"retryCount":300}""");

        answer.Status.Should().Be(500);
        ((string)answer.Json!["result"]!).Should().Be("bfd interval too low");
        ((string)answer.Json["message"]!).Should().Be("bfd interval too low");
        Errors(answer).Should().Equal($"interval={interval}, {AnInterval}", "retryCount=300, 1 to 255");
    }

    [Fact]
    public async Task UnknownInstance_Is404WithEverythingThatIsWrong()
    {
        var answer = await PostAsync("""{"instance":"inst7","remoteIp":"192.0.2.2","interval":50000}""");

        answer.Status.Should().Be(404);
        ((string)answer.Json!["result"]!).Should().Be("cluster instance not found");
        FieldsOf(answer).Should().Equal("instance", "retryCount");
        (await PostAsync(Good)).Status.Should().Be(200);
        (await _server.SendAsync("DELETE", Root + "/remoteIP/192.0.2.2?instance=inst7")).Status.Should().Be(404);
        _server.Bfd.Model.Sessions.Should().HaveCount(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Body_Absent_Is422(string body) => (await PostAsync(body)).Status.Should().Be(422);

    [Theory]
    [InlineData("""{"interval":"50ms"}""", "interval: value '\"50ms\"', expected a whole number")]
    [InlineData("""{"auth":{"keys":[{"id":1,"secret":4711}]}}""", "auth.keys[0].secret: value '...', expected a string")]
    [InlineData("""{"auth":[{"keys":[{"secret":"geheim"}]}]}""", "auth: value '...', expected an object")]
    [InlineData("""[{"auth":{"keys":[{"secret":"geheim"}]}}]""", "the document: value '...', expected an object")]
    public async Task ValueOfAnotherType_IsNamedWithoutSecrets(string body, string message)
    {
        var answer = await PostAsync(body);

        answer.Status.Should().Be(400);
        ((string)answer.Json!["message"]!).Should().Be($"parsing body failed: {message}");
    }

    [Fact]
    public async Task NoSessionEver_Is500AndDeletingTheLastIsNot()
    {
        const string NotRunning = """{"code":500,"fields":null,"message":"bfd session not running","result":"bfd session not running"}""";
        (await _server.SendAsync("GET", Root + "/all")).Text.Should().Be(NotRunning);
        (await _server.SendAsync("DELETE", Root + "/remoteIP/192.0.2.2")).Text.Should().Be(NotRunning);
        (await _server.Client.ListBfdSessionsAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();

        await PostAsync(Good);
        (await _server.SendAsync("DELETE", Root + "/remoteIP/192.0.2.2")).Text.Should().Be(Success);

        (await _server.SendAsync("GET", Root + "/all")).Text.Should().Be("""{"Attr":[]}""");
        var again = await _server.SendAsync("DELETE", Root + "/remoteIP/192.0.2.2?instance=default");
        again.Status.Should().Be(404);
        again.Text.Should().Be("""{"code":404,"fields":null,"message":"Resource not found","result":"no bfd session"}""");
        ((string)(await _server.SendAsync("DELETE", Root + "/remoteIP/node2.example")).Json!["result"]!).Should().Be("bfd malformed args: remoteIP: value 'node2.example', expected an IPv4 or IPv6 address");
    }

    [Fact]
    public async Task Session_PostedAgain_KeepsWhatIsAbsentOrZero()
    {
        await PostAsync("""{"remoteIp":"192.0.2.2","interval":50000,"retryCount":3,"minRx":70000,"passive":true,"echo":{"interval":60000,"minRx":80000}}""");

        (await PostAsync("""{"remoteIp":"192.0.2.2","interval":0,"retryCount":5,"sourceIp":"","port":0,"state":""}""")).Text.Should().Be(Success);
        (await PostAsync("""{"remoteIp":"192.0.2.2","interval":20000,"retryCount":0,"echo":{"minRx":0}}""")).Text.Should().Be(Success);

        Settings.Should().Be(new BfdSessionSettings(System.Net.IPAddress.Parse("192.0.2.2"))
        {
            DesiredMinTxInterval = TimeSpan.FromMilliseconds(20),
            RequiredMinRxInterval = TimeSpan.FromMilliseconds(70),
            DetectMult = 5,
            Passive = true,
            DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(60),
        });
    }

    [Fact]
    public async Task ReceiveInterval_FollowsTheIntervalUnlessItWasGiven()
    {
        await PostAsync(Good);
        await PostAsync("""{"remoteIp":"192.0.2.2","interval":20000}""");
        Settings.RequiredMinRxInterval.Should().Be(TimeSpan.FromMilliseconds(20));

        await PostAsync("""{"remoteIp":"192.0.2.2","minRx":90000}""");
        await PostAsync("""{"remoteIp":"192.0.2.2","interval":30000}""");
        Settings.RequiredMinRxInterval.Should().Be(TimeSpan.FromMilliseconds(90));

        await PostAsync("""{"remoteIp":"192.0.2.2","minRx":0}""");
        Settings.RequiredMinRxInterval.Should().Be(TimeSpan.FromMilliseconds(30));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"interval":50000,"retryCount":3}""")]
    [InlineData("""{"sourceIp":"0.0.0.0"}""")]
    [InlineData("""{"sourceIp":"::"}""")]
    [InlineData("""{"sourceIp":"192.0.2.1"}""")]
    [InlineData("""{"multihop":false,"passive":false,"minTtl":0,"minRx":0,"auth":{"type":"none"},"echo":{"interval":0,"minRx":0}}""")]
    public async Task SessionJustLikeThis_Is409(string change)
    {
        await PostAsync(Good);

        var answer = await PostAsync(With(change));

        answer.Text.Should().Be("""{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"bfd existing session"}""");
        (await _server.Client.PutBfdSessionAsync(new BfdArguments { RemoteIP = "192.0.2.2" }, TestContext.Current.CancellationToken)).Should().BeFalse();
    }

    [Theory]
    [InlineData(Good)]
    [InlineData("""{"remoteIp":"198.51.100.2","sourceIp":"192.0.2.1","interval":50000,"retryCount":3,"minRx":60000,"minTtl":250,"passive":true,"auth":{"type":"sha1","keys":[{"id":1,"secret":"a"}]}}""")]
    [InlineData("""{"remoteIp":"fe80::2","interface":"eth0","interval":50000,"retryCount":3,"echo":{"interval":70000}}""")]
    public async Task WhatGetShows_PostedBack_ChangesNothing(string body)
    {
        await PostAsync(body);
        var shown = (await _server.SendAsync("GET", Root + "/all")).Json!["Attr"]!.AsArray().Single()!;

        (await PostAsync(shown.ToJsonString())).Status.Should().Be(409);
    }

    [Theory]
    [InlineData("""{"sourceIp":"192.0.2.9"}""", "sourceIp=192.0.2.9, none, the route chooses it, or 192.0.2.1, which it has chosen; delete the session to change it")]
    [InlineData("""{"multihop":true}""", "multihop=true, false; delete the session to change it")]
    [InlineData("""{"interface":"eth1"}""", "interface=eth1, none; delete the session to change it")]
    public async Task WhatMakesASession_CannotChange(string change, string error)
    {
        await PostAsync(Good);

        var answer = await PostAsync(With(change, """{"interval":10000}"""));

        answer.Status.Should().Be(409);
        ((string)answer.Json!["result"]!).Should().StartWith("bfd existing session: ");
        Errors(answer).Should().Equal(error);
        Settings.DesiredMinTxInterval.Should().Be(TimeSpan.FromMilliseconds(50), "nothing is half applied");
    }

    [Theory]
    [InlineData("192.0.2.2", null, 3784)]
    [InlineData("192.0.2.2", true, 4784)]
    [InlineData("2001:db8::2", null, 3784)]
    [InlineData("198.51.100.1", null, 4784)]
    [InlineData("198.51.100.1", false, 3784)]
    [InlineData("2001:db8:1::2", null, 4784)]
    public async Task PeerThatIsNotOnAConnectedSubnet_IsSeveralHopsAwayUnlessToldOtherwise(string peer, bool? multihop, int port)
    {
        await _server.Client.PutBfdSessionAsync(new BfdArguments { RemoteIP = peer, Interval = 50_000, RetryCount = 3, Multihop = multihop }, TestContext.Current.CancellationToken);

        var entry = (await _server.Client.ListBfdSessionsAsync(TestContext.Current.CancellationToken)).Single();

        entry.Port.Should().Be(port);
        entry.Multihop.Should().Be(port == 4784);
        entry.MinTtl.Should().Be(port == 4784 ? 1 : 255);
    }

    [Fact]
    public async Task LinkLocalPeer_IsAnotherOneOnEachInterface()
    {
        const string Peer = """{"remoteIp":"fe80::2","interval":50000,"retryCount":3}""";
        (await PostAsync(Peer)).Status.Should().Be(400);
        (await PostAsync(With("""{"interface":"eth0"}""", Peer))).Status.Should().Be(200);
        (await PostAsync("""{"remoteIp":"fe80::2","interval":60000}""")).Status.Should().Be(200, "there is only one");
        (await PostAsync(With("""{"interface":"eth1"}""", Peer))).Status.Should().Be(200);

        var change = await PostAsync("""{"remoteIp":"fe80::2","interval":70000,"retryCount":3}""");
        change.Status.Should().Be(400);
        FieldsOf(change).Should().Equal("interface");
        var ambiguous = await _server.SendAsync("DELETE", Root + "/remoteIP/fe80::2");
        ambiguous.Status.Should().Be(400);
        Errors(ambiguous).Should().Equal("interface=, one of eth0, eth1: each has a session with fe80::2");
        (await _server.Client.DeleteBfdSessionAsync(System.Net.IPAddress.Parse("fe80::2%9"), interfaceName: "eth1", cancellationToken: TestContext.Current.CancellationToken)).Should().BeTrue();

        (await _server.Client.ListBfdSessionsAsync(TestContext.Current.CancellationToken)).Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { RemoteIP = "fe80::2", Interface = "eth0", Interval = 60_000, Multihop = false });
    }

    [Fact]
    public async Task Keys_AreShownWithoutSecretsAndKeptWhenPostedBack()
    {
        await PostAsync(With("""{"auth":{"type":"meticulous-sha1","activeKeyId":2,"keys":[{"id":1,"secret":"geheim1"},{"id":2,"secret":"geheim2"}]}}"""));
        var before = Settings.Authentication!;

        var list = await _server.SendAsync("GET", Root + "/all");
        var shown = list.Json!["Attr"]!.AsArray().Single()!["auth"]!;

        list.Text.Should().NotContain("geheim").And.NotContain("secret");
        shown.ToJsonString().Should().Be("""{"type":"meticulous-sha1","keys":[{"id":1},{"id":2}],"activeKeyId":2}""");
        before.ActiveKeyId.Should().Be(2);
        (await PostAsync(new JsonObject { ["remoteIp"] = "192.0.2.2", ["auth"] = shown.DeepClone() }.ToJsonString())).Status.Should().Be(409, "it says the same");
        (await PostAsync("""{"remoteIp":"192.0.2.2","auth":{"type":"sha1","keys":[{"id":2},{"id":3,"secret":"neu"}]}}""")).Text.Should().Be(Success);
        Settings.Authentication.Should().Be(new BfdAuthentication(BfdAuthenticationType.KeyedSha1, [BfdKey.FromText(2, "geheim2"), BfdKey.FromText(3, "neu")]));
        (await PostAsync("""{"remoteIp":"192.0.2.2","auth":{"type":"none"}}""")).Text.Should().Be(Success);
        Settings.Authentication.Should().BeNull();
    }

    [Fact]
    public async Task AuthenticationAllowsALowerTtlAndIsKeptApartFromIt()
    {
        (await PostAsync(With("""{"minTtl":250,"auth":{"type":"md5","keys":[{"id":0,"secret":"a"}]}}"""))).Status.Should().Be(200);

        var answer = await PostAsync("""{"remoteIp":"192.0.2.2","auth":{"type":"none"}}""");

        answer.Status.Should().Be(400);
        FieldsOf(answer).Should().Equal("minTtl");
        Settings.Authentication.Should().NotBeNull("nothing is half applied");
        (await PostAsync("""{"remoteIp":"192.0.2.2","minTtl":0,"auth":{"type":"none"}}""")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData(BfdOutcome.PortTaken, 500, "bfd failed to init session: port: value '3784/udp', expected a port that no other program has on IPv4")]
    [InlineData(BfdOutcome.Malformed, 400, "bfd malformed args: port: value '3784/udp', expected a port that no other program has on IPv4")]
    public async Task WhatTheHostRefuses_IsToldWithItsReason(int outcome, int status, string result)
    {
        _server.Bfd.Refusal = new BfdResult((BfdOutcome)outcome, [Core.Problem.Of("port", "3784/udp", "a port that no other program has on IPv4")]);

        var answer = await PostAsync(Good);

        answer.Status.Should().Be(status);
        ((string)answer.Json!["result"]!).Should().Be(result);
        FieldsOf(answer).Should().Equal("port");
    }

    private static string With(string change, string good = Good)
    {
        var body = JsonNode.Parse(good)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            body[name] = value?.DeepClone();
        }

        if (!body.ContainsKey("remoteIp"))
        {
            body["remoteIp"] = "192.0.2.2";
        }

        return body.ToJsonString();
    }

    private Task<RestServer.Answer> PostAsync(string body) => _server.SendAsync("POST", Root, body);

    private BfdSessionSettings Settings => _server.Bfd.Model.Sessions.Values.Single().Settings;

    private static IEnumerable<string> FieldsOf(RestServer.Answer answer) => answer.Json!["errors"]!.AsArray().Select(static e => (string)e!["field"]!);

    private static IEnumerable<string> Errors(RestServer.Answer answer) => answer.Json!["errors"]!.AsArray().Select(static e => $"{e!["field"]}={e["value"]}, {e["expected"]}");
}
