using System.Globalization;
using System.Net;
using System.Text;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

public sealed class TopTests
{
    private const string Counters = "GET /loxi/v1/counters";

    [Fact]
    public async Task Tables_ShowRatesOverTheInterval()
    {
        var node = new FakeNode().Answer(Counters, Answers.Counters(1)).Answer(Counters, Answers.Counters(2)).Answer(Counters, Answers.Counters(5));

        var outcome = await Cli.RunAsync(node, "top --count 2 --interval 2");

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().Be("""
            SERVICE               ENDPOINT       STATE     CONN/S  PACKETS/S  BYTES/S  ACTIVE  REFUSED
            tcp 192.0.2.1:80 web  -              1/2            5        500      32k       7        1
            tcp 192.0.2.1:80 web  10.0.0.1:8080  active         3        300      20k       4        0
            tcp 192.0.2.1:80 web  10.0.0.2:8080  inactive       2        200      12k       3        1

            SERVICE               ENDPOINT       STATE     CONN/S  PACKETS/S  BYTES/S  ACTIVE  REFUSED
            tcp 192.0.2.1:80 web  -              1/2           15       1.5k      96k       7        1
            tcp 192.0.2.1:80 web  10.0.0.1:8080  active         9        900      60k       4        0
            tcp 192.0.2.1:80 web  10.0.0.2:8080  inactive       6        600      36k       3        1

            """);
        outcome.Code.Should().Be(ExitCode.Success);
        node.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task CountersThatBeganAnew_HaveNoRate()
    {
        var node = new FakeNode().Answer(Counters, Answers.Counters(9)).Answer(Counters, Answers.Counters(1));

        var outcome = await Cli.RunAsync(node, "top --count 1");

        outcome.Output.Split('\n')[1].Should().Be("tcp 192.0.2.1:80 web  -              1/2            -          -        -       7        1");
    }

    [Fact]
    public async Task NodeThatDies_EndsTheViewWithItsCode()
    {
        var node = new FakeNode().Answer(Counters, Answers.Counters(1)).Answer(Counters, Answers.Counters(2))
            .Answer(Counters, static _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
            {
                Content = new StringContent("""{"code":503,"message":"Maintenance mode","result":"stopping"}""", Encoding.UTF8, "application/json"),
            }));

        var outcome = await Cli.RunAsync(node, "top");

        outcome.Error.Should().Be("loxictl: http://127.0.0.1:11111/: the node refused: stopping (503)\n");
        outcome.Code.Should().Be(ExitCode.Refused);
    }

    [Fact]
    public async Task Terminal_IsRedrawnInPlace()
    {
        var node = new FakeNode().Answer(Counters, Answers.Counters(1)).Answer(Counters, Answers.Counters(2)).Answer(Counters, Answers.Counters(3));

        var outcome = await Cli.RunAsync("top --count 2", new CliEnvironment
        {
            Output = new StringWriter(CultureInfo.InvariantCulture),
            Error = new StringWriter(CultureInfo.InvariantCulture),
            IsTerminal = true,
            Width = 120,
            Variable = _ => null,
            Time = new EagerTimeProvider(),
            Transport = _ => node,
        }, node, TestContext.Current.CancellationToken);

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().Contain("\u001b[?25l").And.Contain("tcp 192.0.2.1:80 web").And.MatchRegex("\u001b\\[\\d+A");
        node.Requests.Should().HaveCount(3);
    }
}
