using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>What the node or the way to it answers, as text and exit code.</summary>
public sealed class FailureTests
{
    private const string Create = "create lb 192.0.2.1 --tcp=80 --endpoints=198.51.100.1:1 --mode=dsr";
    private const string Services = "GET /netlox/v1/config/loadbalancer/all";

    [Fact]
    public async Task Refusal_PrintsEachProblemOnItsLine()
    {
        var node = new FakeNode().Answer(
            "POST *",
            """
            {"code":400,"fields":null,"message":"Malformed arguments for API call","result":"malformed-service error: mode '3': expected 0; sel '0': expected 1 (hash) with mode 3 (dsr)",
             "errors":[{"field":"mode","value":"3","expected":"0 (default) in this version"},{"field":"sel","value":"0","expected":"1 (hash) with mode 3 (dsr)"}]}
            """,
            HttpStatusCode.BadRequest);

        var outcome = await Cli.RunAsync(node, Create);

        outcome.Code.Should().Be(ExitCode.Refused);
        outcome.Output.Should().BeEmpty();
        outcome.Error.Should().Be("""
            loxictl: http://127.0.0.1:11111/: the node refused: malformed-service error (400)
              mode '3': expected 0 (default) in this version
              sel '0': expected 1 (hash) with mode 3 (dsr)

            """);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, """{"code":401,"message":"Invalid authentication credentials","result":"no token"}""", "the node refused: no token (401)\n  give a token with --token or LOXI_TOKEN\n", 1)]
    [InlineData(HttpStatusCode.UnprocessableEntity, """{"code":602,"message":"endpoints in body is required"}""", "the node refused: endpoints in body is required (422)\n", 1)]
    [InlineData(HttpStatusCode.Forbidden, """{"code":403,"fields":null,"message":"Capacity insufficient","result":"rule-hwm error"}""", "the node refused: rule-hwm error (403)\n", 1)]
    [InlineData(HttpStatusCode.NotFound, """{"code":404,"fields":null,"message":"Resource not found","result":"no-rule error"}""", "no-rule error\n", 4)]
    [InlineData(HttpStatusCode.Forbidden, "198.51.100.7 is not allowed", "the node refused: POST /netlox/v1/config/loadbalancer: 403 198.51.100.7 is not allowed\n", 1)]
    public async Task Error_HasItsTextAndCode(HttpStatusCode status, string body, string expected, int code)
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer("POST *", body, status), Create);

        outcome.Error.Should().Be("loxictl: http://127.0.0.1:11111/: " + expected);
        outcome.Code.Should().Be(code);
    }

    [Fact]
    public async Task OtherNodeWithoutTheFunction_IsRefused()
    {
        var outcome = await Cli.RunAsync(new FakeNode(), "get status");

        outcome.Error.Should().StartWith("loxictl: http://127.0.0.1:11111/: this node has no such function: GET /loxi/v1/status: 404");
        outcome.Code.Should().Be(ExitCode.Refused);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "<html>")]
    [InlineData(HttpStatusCode.NotFound, "<html>")]
    public async Task SomethingElseThanANode_IsUnreachable(HttpStatusCode status, string body)
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer(Services, body, status, "text/html"), "get lb --api http://192.0.2.7:80");

        outcome.Error.Should().StartWith("loxictl: http://192.0.2.7/: what answers here is no Loxi node:").And.Contain("check the URL");
        outcome.Code.Should().Be(ExitCode.Unreachable);
    }

    [Fact]
    public async Task ClosedPort_IsUnreachable()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var environment = CliEnvironment.OfProcess() with { Output = new StringWriter(CultureInfo.InvariantCulture), Error = new StringWriter(CultureInfo.InvariantCulture), Variable = _ => null };

        // Bound and not listening: connections are refused, and nobody else can get the port.
        var outcome = await Cli.RunAsync(string.Create(CultureInfo.InvariantCulture, $"get lb --api http://127.0.0.1:{port}"), environment, null, TestContext.Current.CancellationToken);

        outcome.Error.Should().Be(
            $"loxictl: http://127.0.0.1:{port}/: cannot be reached: Connection refused (127.0.0.1:{port})\n"
            + "  check that loxid runs (systemctl status loxid) and listens on this address; name another one with --api or LOXI_API\n");
        outcome.Code.Should().Be(ExitCode.Unreachable);
    }

    [Fact]
    public async Task SilentNode_TimesOut()
    {
        var node = new FakeNode().Answer(Services, static async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("The wait has no end.");
        });

        var outcome = await Cli.RunAsync(node, "get lb --timeout 0.05");

        outcome.Error.Should().StartWith("loxictl: http://127.0.0.1:11111/: no answer within 0.05 s\n").And.Contain("--timeout");
        outcome.Code.Should().Be(ExitCode.Unreachable);
    }

    [Theory]
    [InlineData("get lb", ExitCode.Cancelled)]
    [InlineData("top", ExitCode.Success)]
    public async Task Interruption_EndsTheCommandQuietly(string line, int code)
    {
        using var interruption = new CancellationTokenSource();
        var node = new FakeNode().Answer("GET *", async cancellationToken =>
        {
            await interruption.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("The wait has no end.");
        });
        var environment = CliEnvironment.OfProcess() with
        {
            Output = new StringWriter(CultureInfo.InvariantCulture),
            Error = new StringWriter(CultureInfo.InvariantCulture),
            Variable = _ => null,
            Transport = _ => node,
        };

        var outcome = await Cli.RunAsync(line, environment, node, interruption.Token);

        outcome.Should().BeEquivalentTo(new { Code = code, Output = "", Error = "" });
    }

    [Fact]
    public async Task BrokenConnection_SaysWhatBrokeIt()
    {
        var node = new FakeNode().Answer(Services, static _ => throw new HttpRequestException("An error occurred while sending the request.", new IOException("Connection reset by peer")));

        var outcome = await Cli.RunAsync(node, "get lb");

        outcome.Error.Should().StartWith("loxictl: http://127.0.0.1:11111/: cannot be reached: An error occurred while sending the request. Connection reset by peer\n");
        outcome.Code.Should().Be(ExitCode.Unreachable);
    }

    [Theory]
    [InlineData("delete lb 192.0.2.1 --tcp=80", "no service tcp 192.0.2.1:80")]
    [InlineData("delete lb --name web2", "no service with name 'web2'; did you mean 'web'?")]
    [InlineData("get lb 192.0.2.9", "no service with external-ip '192.0.2.9'")]
    [InlineData("get lb --name nothing", "no service with name 'nothing'")]
    public async Task Absent_IsNotFound(string line, string expected)
    {
        var node = new FakeNode()
            .Answer("DELETE *", """{"code":404,"fields":null,"message":"Resource not found","result":"no-rule error"}""", HttpStatusCode.NotFound)
            .Answer(Services, """{"lbAttr":[{"serviceArguments":{"externalIP":"192.0.2.1","port":80,"protocol":"tcp","name":"web"}}]}""");

        var outcome = await Cli.RunAsync(node, line);

        outcome.Error.Should().Be($"loxictl: {expected}\n");
        outcome.Output.Should().BeEmpty();
        outcome.Code.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public async Task ControlCharactersOfTheNode_AreShownNotObeyed()
    {
        var node = new FakeNode().Answer("POST *", """{"code":400,"message":"m","result":"bad \u001b[2Jtext"}""", HttpStatusCode.BadRequest);

        var outcome = await Cli.RunAsync(node, Create);

        outcome.Error.Should().Contain("bad \\u001b[2Jtext").And.NotContain("\u001b");
    }

    [Theory]
    [InlineData("get version --token abc", "abc")]
    [InlineData("get version", "from-environment")]
    public async Task Token_IsSentAsItIs(string line, string expected)
    {
        var node = new FakeNode().Answer("GET *", """{"version":"1"}""");

        await Cli.RunAsync(node, line, ("LOXI_TOKEN", "from-environment"));

        node.Requests.Should().ContainSingle().Which.Authorization.Should().Be(expected);
    }
}
