using System.Globalization;
using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary><c>get conntrack --compare</c>.</summary>
public sealed class CompareConntrackTests
{
    private const string Root = "GET /loxi/v1/ha/connections";
    private const string Line = "get conntrack --compare http://192.0.2.2:11111";

    [Fact]
    public async Task TwoNodesThatAreAlike_AreToldSo_ByTheirSumsAlone()
    {
        var (here, there) = (Node(0, (7, 5)), Node(1, (7, 5)));

        (await RunAsync(here, there, Line)).Should().BeEquivalentTo(new
        {
            Code = 0,
            Output = "1 open connections here (node 0), 1 on 192.0.2.2:11111 (node 1): 0 missing there, 0 missing here, 0 different." + Environment.NewLine,
            Error = "",
        });

        here.Requests.Should().ContainSingle();
        there.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task WhatDiffers_IsShownOnBothSides_WithItsNumber_AndTheExitCodeSaysSo()
    {
        var (here, there) = (Node(0, (7, 5), (8, 6), (9, 1)), Node(1, (7, 4), (8, 5), (9, 1)));
        here.Answer($"{Root}?bucket=7-8", List(Connection(7, 1), Connection(7, 2), Connection(8, 3, "est", idle: 9)));
        there.Answer($"{Root}?bucket=7-8", List(Connection(7, 1, idle: 5), Connection(8, 3, "h/e"), Connection(8, 4)));

        var outcome = await RunAsync(here, there, Line);

        outcome.Code.Should().Be(1);
        outcome.Error.Should().Be("loxictl: 3 open connections are not alike on http://127.0.0.1:11111/ and http://192.0.2.2:11111/\n");
        outcome.Output.Should().StartWith("3 open connections here (node 0), 3 on 192.0.2.2:11111 (node 1): 1 missing there, 1 missing here, 1 different.");
        outcome.Output.Should().MatchRegex("(?m)^different +tcp +203.0.113.7:3 +192.0.2.10:80 +203.0.113.7:3 > 198.51.100.1:8080 est +203.0.113.7:3 > 198.51.100.1:8080 h/e");
        outcome.Output.Should().MatchRegex("(?m)^missing here +tcp +203.0.113.7:4 +192.0.2.10:80 +- +203.0.113.7:4 > 198.51.100.1:8080 est");
        outcome.Output.Should().MatchRegex("(?m)^missing there +tcp +203.0.113.7:2 +192.0.2.10:80 +203.0.113.7:2 > 198.51.100.1:8080 est +-");
        here.Requests.Should().HaveCount(4, "once the sums, and three looks");
    }

    [Fact]
    public async Task WhatChangesBetweenTwoLooks_IsNoDifference()
    {
        var (here, there) = (Node(0, (7, 5), (8, 5)), Node(1, (7, 6), (8, 6)));
        here.Answer($"{Root}?bucket=7-8", List(Connection(7, 1), Connection(8, 2), Connection(8, 3)));
        there.Answer($"{Root}?bucket=7-8", List(Connection(8, 2, "h/e"), Connection(8, 9)));

        // 1 has come by now; 2 is still different, and otherwise; 9 is there alone, and 3 here.
        here.Answer($"{Root}?bucket=7-8", List(Connection(7, 1), Connection(8, 2, "h/e"), Connection(8, 3), Connection(8, 10)));
        there.Answer($"{Root}?bucket=7-8", List(Connection(7, 1), Connection(8, 2), Connection(8, 9)));
        here.Answer($"{Root}?bucket=8", List(Connection(8, 3), Connection(8, 9)));
        there.Answer($"{Root}?bucket=8", List(Connection(8, 9)));

        var outcome = await RunAsync(here, there, Line);

        outcome.Output.Should().Contain(": 1 missing there, 0 missing here, 0 different.").And.MatchRegex("(?m)^missing there +tcp +203.0.113.7:3 ");
    }

    [Fact]
    public async Task Limit_IsOfEachKind_AndJsonHasAll()
    {
        var (here, there) = (Node(0, (7, 5)), Node(1, (7, 4)));
        here.Answer($"{Root}?bucket=7", List(Connection(7, 1), Connection(7, 2)));
        there.Answer($"{Root}?bucket=7", List(Connection(7, 3), Connection(7, 4)));

        var outcome = await RunAsync(here, there, Line + " --limit 1");
        outcome.Output.Should().Contain("203.0.113.7:1 ").And.Contain("203.0.113.7:3 ").And.NotContain("203.0.113.7:2 ").And.NotContain("203.0.113.7:4 ");

        (await RunAsync(here, there, Line + " -o json")).Output.Should().MatchRegex("(?s)\"here\": 1,.*\"there\": 1,.*\"kind\": \"missing here\",\\s*\"there\": \\{\\s*\"bucket\": 7.*\"clientPort\": 4.*\"kind\": \"missing there\",\\s*\"here\"");
    }

    [Fact]
    public async Task ManyBuckets_AreAskedForInParts()
    {
        var (here, there) = (new FakeNode(), new FakeNode());
        foreach (var (node, number) in new[] { (here, 0), (there, 1) })
        {
            node.Answer($"{Root}/sums", Sums(number, 0, _ => number));
            for (var first = 0; first < 4096; first += 256)
            {
                node.Answer($"{Root}?bucket={first}-{first + 255}", List());
            }
        }

        (await RunAsync(here, there, Line)).Code.Should().Be(0, "the entries are alike");

        there.Requests.Should().HaveCount(17);
    }

    [Fact]
    public async Task TheSameNode_IsNamed()
    {
        var here = Node(0, (7, 5));

        (await RunAsync(here, here, Line)).Should().BeEquivalentTo(new { Code = 2, Error = "loxictl: --compare 'http://192.0.2.2:11111': expected another node than http://127.0.0.1:11111/, which is the same process\n" });
    }

    [Fact]
    public async Task ANodeThatCannotBeAsked_IsNamed()
    {
        (await RunAsync(Node(0), new FakeNode(), Line)).Should().BeEquivalentTo(new { Code = 1, Output = "" })
            .And.Subject.As<Outcome>().Error.Should().StartWith("loxictl: http://192.0.2.2:11111/: this node has no such function");
        var refuses = new FakeNode().Answer($"{Root}/sums", """{"code":403,"message":"the source 192.0.2.1 is not allowed"}""", HttpStatusCode.Forbidden);
        (await RunAsync(Node(0), refuses, Line)).Error.Should().StartWith("loxictl: http://192.0.2.2:11111/: the node refused: the source 192.0.2.1 is not allowed");
        (await RunAsync(new FakeNode(), Node(1), Line)).Error.Should().StartWith("loxictl: http://127.0.0.1:11111/: this node has no such function");
    }

    [Theory]
    [InlineData("get conntrack --compare 192.0.2.2", "loxictl: --compare '192.0.2.2': expected ")]
    [InlineData(Line + " --count", "loxictl: --compare: expected no filter and no --count: all open connections are compared")]
    [InlineData(Line + " --vip 192.0.2.10", "loxictl: --compare: expected no filter and no --count: all open connections are compared")]
    public async Task AWrongLine_IsNamed_AndNothingIsSent(string line, string error)
    {
        var (here, there) = (Node(0), Node(1));

        var outcome = await RunAsync(here, there, line);

        outcome.Code.Should().Be(2);
        outcome.Error.Should().StartWith(error);
        here.Requests.Concat(there.Requests).Should().BeEmpty();
    }

    private static Task<Outcome> RunAsync(FakeNode here, FakeNode there, string line) => Cli.RunAsync(line, new CliEnvironment
    {
        Output = new StringWriter(CultureInfo.InvariantCulture),
        Error = new StringWriter(CultureInfo.InvariantCulture),
        Variable = _ => null,
        Time = new EagerTimeProvider(),
        Transport = address => address.Host == "192.0.2.2" ? there : here,
    }, here, TestContext.Current.CancellationToken);

    private static FakeNode Node(int number, params (int Bucket, int Sum)[] sums) =>
        new FakeNode().Answer($"{Root}/sums", Sums(number, sums.Length, bucket => sums.FirstOrDefault(s => s.Bucket == bucket).Sum));

    private static string Sums(int number, int count, Func<int, int> sum) =>
        $$"""{"node":{{number}},"run":"{{number:x16}}","count":{{count}},"sums":[{{string.Join(',', Enumerable.Range(0, 4096).Select(i => $"\"{sum(i):x16}\""))}}]}""";

    private static string List(params string[] connections) => $$"""{"connections":[{{string.Join(',', connections)}}]}""";

    private static string Connection(int bucket, int port, string state = "est", int idle = 0) =>
        $$"""{"bucket":{{bucket}},"protocol":"tcp","clientIP":"203.0.113.7","clientPort":{{port}},"externalIP":"192.0.2.10","externalPort":80,"sourceIP":"203.0.113.7","sourcePort":{{port}},"endpointIP":"198.51.100.1","endpointPort":8080,"state":"{{state}}","version":"1.0.{{idle}}","idle":{{idle}}}""";
}
