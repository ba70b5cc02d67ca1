using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>The commands of BFD sessions.</summary>
public sealed class BfdTests
{
    private const string Root = "/netlox/v1/config/bfd";
    private const string Success = """{"result":"Success"}""";
    private const string NotRunning = """{"code":500,"fields":null,"message":"bfd session not running","result":"bfd session not running"}""";

    private const string Sessions = """
        {"Attr":[
         {"instance":"llb-inst0","remoteIp":"192.0.2.2","sourceIP":"192.0.2.1","port":3784,"interval":50000,"retryCount":3,"state":"BFDUp","minRx":50000,"minTtl":255,"origin":"ka",
          "diagnostic":"controlDetectionTimeExpired","discriminator":7,"sourcePort":50000,"transmitInterval":50000,"detectionTime":150000,"upSince":"2030-01-01T12:00:00.25+00:00",
          "remote":{"state":"BFDUp","discriminator":9,"interval":50000,"minRx":50000,"retryCount":3},
          "counters":{"received":120,"sent":118,"transitions":2},"discards":[{"reason":"ttl","packets":2},{"reason":"authenticationDigest","packets":1}],
          "transitions":[
           {"time":"2030-01-01T11:59:58+00:00","from":"BFDUp","to":"BFDDown","cause":"detectionTimeExpired","diagnostic":"controlDetectionTimeExpired","remoteState":"BFDUp","lateBy":1250},
           {"time":"2030-01-01T12:00:00.25+00:00","from":"BFDDown","to":"BFDUp","cause":"handshake","diagnostic":"controlDetectionTimeExpired","remoteState":"BFDInit","remoteDiagnostic":"neighborSignaledSessionDown"}]},
         {"instance":"llb-inst0","remoteIp":"2001:db8:1::2","port":4784,"interval":3500,"retryCount":5,"state":"BFDDown","minRx":10000,"multihop":true,"minTtl":224,"passive":true,"interface":"eth1",
          "auth":{"type":"meticulous-sha1","keys":[{"id":1},{"id":9}]},"echo":{"interval":60000,"minRx":0},"origin":"api","problem":"packets are not sent: Network is unreachable",
          "transmitInterval":1000000,"counters":{},"transitions":[]}]}
        """;

    [Theory]
    [InlineData("create bfd 192.0.2.2", "created", """{"instance":"default","remoteIp":"192.0.2.2","interval":200000,"retryCount":3}""")]
    [InlineData("create bfd-session 2001:db8::2 --instance llb-inst0 --source-ip=2001:db8::1 --interval=3000 --retry-count=255", "created",
        """{"instance":"llb-inst0","remoteIp":"2001:db8::2","sourceIp":"2001:db8::1","interval":3000,"retryCount":255}""")]
    [InlineData("create bfd fe80::2 --interface eth0 --min-rx=60000 --multihop=false --min-ttl=250 --passive --echo=70000 --echo-min-rx=80000 --auth-type meticulous-sha1 --auth-key 1:a:b --auth-key=9:x --auth-active-key=9", "created",
        """{"instance":"default","remoteIp":"fe80::2","interval":200000,"retryCount":3,"minRx":60000,"multihop":false,"minTtl":250,"passive":true,"interface":"eth0","auth":{"type":"meticulous-sha1","keys":[{"id":1,"secret":"a:b"},{"id":9,"secret":"x"}],"activeKeyId":9},"echo":{"interval":70000,"minRx":80000}}""")]
    [InlineData("create bfd 192.0.2.2 --multihop --passive=false --echo=0", "created",
        """{"instance":"default","remoteIp":"192.0.2.2","interval":200000,"retryCount":3,"multihop":true,"passive":false,"echo":{"interval":0}}""")]
    [InlineData("create bfd --passive 192.0.2.2", "created", """{"instance":"default","remoteIp":"192.0.2.2","interval":200000,"retryCount":3,"passive":true}""")]
    [InlineData("set bfd 192.0.2.2 --interval 500000", "changed", """{"instance":"default","remoteIp":"192.0.2.2","interval":500000}""")]
    [InlineData("set bfd 192.0.2.2 --auth-type=none", "changed", """{"instance":"default","remoteIp":"192.0.2.2","auth":{"type":"none"}}""")]
    [InlineData("set bfd 192.0.2.2 --passive=false --min-rx 0 --min-ttl 0", "changed", """{"instance":"default","remoteIp":"192.0.2.2","minRx":0,"minTtl":0,"passive":false}""")]
    public async Task CreateAndSet_PostWhatIsGiven(string line, string verb, string body)
    {
        var node = Node().Answer("POST *", Success);

        var outcome = await Cli.RunAsync(node, line);

        outcome.Error.Should().BeEmpty();
        var peer = body.Split("remoteIp\":\"")[1].Split('"')[0];
        outcome.Should().BeEquivalentTo(new { Code = 0, Output = $"bfd {peer} {verb}\n" });
        node.Requests[^1].Should().Be(new SentRequest("POST", Root, body, null));
    }

    [Theory]
    [InlineData("create bfd 192.0.2.2")]
    [InlineData("set bfd 192.0.2.2 --interval=50000")]
    public async Task SessionAsItIs_IsUnchangedAndNoError(string line)
    {
        var node = Node().Answer("POST *", """{"code":409,"fields":null,"message":"Resource conflict: Resource already exists OR dependency not found","result":"bfd existing session"}""", HttpStatusCode.Conflict);

        (await Cli.RunAsync(node, line)).Should().BeEquivalentTo(new { Code = 0, Output = "bfd 192.0.2.2 unchanged\n", Error = "" });
    }

    [Fact]
    public async Task WhatCannotChange_IsRefusedWithItsReason()
    {
        var node = Node().Answer(
            "POST *",
            """{"code":409,"fields":null,"message":"Resource conflict","result":"bfd existing session: multihop: value 'true', expected false","errors":[{"field":"multihop","value":"true","expected":"false; delete the session to change it"}]}""",
            HttpStatusCode.Conflict);

        var outcome = await Cli.RunAsync(node, "create bfd 192.0.2.2 --multihop");

        outcome.Code.Should().Be(ExitCode.Refused);
        outcome.Error.Should().Be("loxictl: http://127.0.0.1:11111/: the node refused: bfd existing session (409)\n  multihop 'true': expected false; delete the session to change it\n");
    }

    [Theory]
    [InlineData("set bfd 192.0.2.3 --interval=50000", "no BFD session with 192.0.2.3")]
    [InlineData("set bfd 192.0.2.2 --interface=eth7 --interval=50000", "no BFD session with 192.0.2.2 on eth7")]
    public async Task Set_WithoutASession_MakesNone(string line, string message)
    {
        var node = Node();

        var outcome = await Cli.RunAsync(node, line);

        outcome.Should().BeEquivalentTo(new { Code = ExitCode.NotFound, Output = "", Error = $"loxictl: {message}\n" });
        node.Requests.Should().OnlyContain(static r => r.Method == "GET");
    }

    [Fact]
    public async Task KeyFile_IsReadAndNoSecretIsShown()
    {
        var node = Node().Answer("POST *", Success);

        (await RunWithFileAsync(node, "set bfd 192.0.2.2 --auth-type=sha1 --auth-key-file /keys", "1:geheim\r\n\n2:zwei\n")).Code.Should().Be(0);
        node.Requests[^1].Body.Should().Contain("""{"type":"sha1","keys":[{"id":1,"secret":"geheim"},{"id":2,"secret":"zwei"}]}""");

        var wrong = await RunWithFileAsync(node, "create bfd 192.0.2.2 --auth-type=sha1 --auth-key-file /keys", "geheim\n1:good\n256:geheim\n3:\n");
        wrong.Code.Should().Be(ExitCode.Usage);
        wrong.Error.Should().NotContain("geheim").And.Be(
            """
            loxictl: --auth-key-file '/keys': line 1: expected ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes
              --auth-key-file '/keys': line 3: expected ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes
              --auth-key-file '/keys': line 4: expected ID:SECRET with an ID from 0 to 255 and a secret of 1 to 20 bytes

            """.ReplaceLineEndings("\n"));
        (await RunWithFileAsync(node, "create bfd 192.0.2.2 --auth-type=sha1 --auth-key-file /absent", null)).Error.Should().Be("loxictl: --auth-key-file '/absent': expected a file that can be read (no such file)\n");
    }

    [Theory]
    [InlineData("delete bfd 192.0.2.2", "/remoteIP/192.0.2.2?instance=default")]
    [InlineData("delete bfd-session fe80::2 --instance=llb-inst0 --interface=eth1", "/remoteIP/fe80::2?instance=llb-inst0&interface=eth1")]
    public async Task Delete_NamesTheSession(string line, string path)
    {
        var node = new FakeNode().Answer("DELETE *", Success);

        var outcome = await Cli.RunAsync(node, line);

        outcome.Code.Should().Be(0);
        outcome.Output.Should().EndWith(" deleted\n");
        node.Requests.Should().ContainSingle().Which.Path.Should().Be(Root + path);
    }

    [Theory]
    [InlineData("""{"code":404,"fields":null,"message":"Resource not found","result":"no bfd session"}""", HttpStatusCode.NotFound)]
    [InlineData(NotRunning, HttpStatusCode.InternalServerError)]
    public async Task Delete_OfNoSession_IsNotFound(string answer, HttpStatusCode status) =>
        (await Cli.RunAsync(new FakeNode().Answer("DELETE *", answer, status), "delete bfd 192.0.2.2"))
            .Should().BeEquivalentTo(new { Code = ExitCode.NotFound, Output = "", Error = "loxictl: no BFD session with 192.0.2.2\n" });

    [Theory]
    [InlineData("get bfd", """
        REMOTE IP      SOURCE IP  STATE  SINCE                     INTERVAL  RETRIES  DETECTION  DIAGNOSTIC
        192.0.2.2      192.0.2.1  up     2030-01-01T12:00:00.250Z      50ms        3      150ms  controlDetectionTimeExpired
        2001:db8:1::2  -          down   -                            3.5ms        5          -  packets are not sent: Network is unreachable
        """)]
    [InlineData("get bfd 2001:db8:1:0::2", """
        REMOTE IP      SOURCE IP  STATE  SINCE  INTERVAL  RETRIES  DETECTION  DIAGNOSTIC
        2001:db8:1::2  -          down   -         3.5ms        5          -  packets are not sent: Network is unreachable
        """)]
    [InlineData("get bfd 192.0.2.2 -o wide", """
        REMOTE IP  SOURCE IP  STATE  SINCE                     INTERVAL  RETRIES  DETECTION  DIAGNOSTIC                   INSTANCE   PORT  MIN TTL  INTERFACE  AUTH  ORIGIN  SENDS EACH  MIN RX  ECHO  REMOTE STATE  REMOTE DIAGNOSTIC  REMOTE INTERVAL  REMOTE MIN RX  REMOTE RETRIES  RECEIVED  SENT                     DISCARDED  CHANGES  LATE  PROBLEM
        192.0.2.2  192.0.2.1  up     2030-01-01T12:00:00.250Z      50ms        3      150ms  controlDetectionTimeExpired  llb-inst0  3784      255  -          -     ka            50ms    50ms     -  up            -                             50ms           50ms               3       120   118  ttl:2,authenticationDigest:1        2     0  -
        """)]
    [InlineData("get bfd --history", """
        TIME                      REMOTE IP  FROM  TO    CAUSE                 DIAGNOSTIC                   REMOTE STATE  REMOTE DIAGNOSTIC            LATE BY
        2030-01-01T11:59:58.000Z  192.0.2.2  up    down  detectionTimeExpired  controlDetectionTimeExpired  up            -                             1.25ms
        2030-01-01T12:00:00.250Z  192.0.2.2  down  up    handshake             controlDetectionTimeExpired  init          neighborSignaledSessionDown        -
        """)]
    [InlineData("get bfd 2001:db8:1::2 -o yaml", """
        Attr:
          - instance: llb-inst0
            remoteIp: "2001:db8:1::2"
            port: 4784
            interval: 3500
            retryCount: 5
            state: BFDDown
            minRx: 10000
            multihop: true
            minTtl: 224
            passive: true
            interface: eth1
            auth:
              type: meticulous-sha1
              keys:
                - id: 1
                - id: 9
            echo:
              interval: 60000
              minRx: 0
            origin: api
            problem: "packets are not sent: Network is unreachable"
            transmitInterval: 1000000
            counters: {}
            transitions: []
        """)]
    public async Task Get_Shows(string line, string output) =>
        (await Cli.RunAsync(Node(), line)).Should().BeEquivalentTo(new { Code = 0, Output = output.ReplaceLineEndings("\n") + "\n", Error = "" });

    [Theory]
    [InlineData("get bfd", "REMOTE IP  SOURCE IP  STATE  SINCE  INTERVAL  RETRIES  DETECTION  DIAGNOSTIC\n")]
    [InlineData("get bfd -o yaml", "Attr: []\n")]
    public async Task Get_OnANodeWithoutASession_ShowsNone(string line, string output)
    {
        var node = new FakeNode().Answer("GET *", NotRunning, HttpStatusCode.InternalServerError);

        (await Cli.RunAsync(node, line)).Should().BeEquivalentTo(new { Code = 0, Output = output, Error = "" });
        (await Cli.RunAsync(node, "get bfd 192.0.2.2")).Should().BeEquivalentTo(new { Code = ExitCode.NotFound, Error = "loxictl: no BFD session with 192.0.2.2\n" });
    }

    [Fact]
    public async Task Watch_ShowsEachState()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var node = new FakeNode();
        foreach (var state in new[] { "BFDDown", "BFDInit", "BFDUp" })
        {
            node.Answer("GET *", $$"""{"Attr":[{"remoteIp":"192.0.2.2","interval":50000,"retryCount":3,"state":"{{state}}"}]}""");
        }

        node.Answer("GET *", async cancellationToken =>
        {
            await stop.CancelAsync();
            return await Task.FromCanceled<HttpResponseMessage>(stop.Token);
        });
        var environment = Environment(node);

        var outcome = await Cli.RunAsync("get bfd -w", environment, node, stop.Token);

        outcome.Code.Should().Be(ExitCode.Cancelled);
        outcome.Output.Split('\n').Where(static line => line.StartsWith("192", StringComparison.Ordinal)).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2])
            .Should().Equal("down", "init", "up");
    }

    private static FakeNode Node() => new FakeNode().Answer($"GET {Root}/all", Sessions);

    private static CliEnvironment Environment(FakeNode node) => new()
    {
        Output = new StringWriter(),
        Error = new StringWriter(),
        Variable = static _ => null,
        Time = new EagerTimeProvider(),
        Transport = _ => node,
    };

    private static Task<Outcome> RunWithFileAsync(FakeNode node, string line, string? content) => Cli.RunAsync(
        line,
        Environment(node) with { ReadFile = path => content ?? throw new FileNotFoundException("no such file") },
        node,
        TestContext.Current.CancellationToken);
}
