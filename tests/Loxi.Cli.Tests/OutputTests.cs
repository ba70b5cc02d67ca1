using System.Globalization;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>What each <c>get</c> command shows, to the letter.</summary>
public sealed class OutputTests
{
    private const string Services = "GET /netlox/v1/config/loadbalancer/all";

    [Theory]
    [InlineData("get lb", """
        EXTERNAL IP  PORT  PROTO  NAME                  MODE     SELECT  ACTIVE  MONITOR
        203.0.113.1  80    tcp    default_m0:llb-inst0  default  rr      2/2     no
        203.0.113.2  80    tcp    default_m1:llb-inst0  onearm   rr      2/2     no
        203.0.113.3  80    tcp    default_m2:llb-inst0  fullnat  rr      2/2     no
        203.0.113.4  8080  tcp    default_m3:llb-inst0  dsr      hash    2/2     no
        """)]
    [InlineData("get lb 203.0.113.2", """
        EXTERNAL IP  PORT  PROTO  NAME                  MODE    SELECT  ACTIVE  MONITOR
        203.0.113.2  80    tcp    default_m1:llb-inst0  onearm  rr      2/2     no
        """)]
    [InlineData("get lb 203.0.113.4 -o wide", """
        EXTERNAL IP  PORT  PROTO  NAME                  MODE  SELECT  MONITOR  TIMEOUT  MARK  HOST  SOURCES  GROUP      POOL  PRIVATE IP  TUNNEL  CLAMP MSS  SLOW START  PERSIST  EGRESS  ENDPOINT    TARGET  WEIGHT  STATE   PACKETS  BYTES
        203.0.113.4  8080  tcp    default_m3:llb-inst0  dsr   hash    no          1800     0  -     -        llb-inst0  -     -           -       no                  0        0  no      10.78.1.21    8080       1  active        7    303
        203.0.113.4  8080  tcp    default_m3:llb-inst0  dsr   hash    no          1800     0  -     -        llb-inst0  -     -           -       no                  0        0  no      10.78.1.22    8080       1  active        6    271
        """)]
    [InlineData("get lb --name default_m3:llb-inst0 -o json", """
        {
          "lbAttr": [
            {
              "allowedSources": null,
              "endpoints": [
                {
                  "counter": "7:303",
                  "endpointIP": "10.78.1.21",
                  "state": "active",
                  "targetPort": 8080,
                  "weight": 1
                },
                {
                  "counter": "6:271",
                  "endpointIP": "10.78.1.22",
                  "state": "active",
                  "targetPort": 8080,
                  "weight": 1
                }
              ],
              "secondaryIPs": null,
              "serviceArguments": {
                "externalIP": "203.0.113.4",
                "inactiveTimeOut": 1800,
                "managed": true,
                "mode": 3,
                "name": "default_m3:llb-inst0",
                "port": 8080,
                "protocol": "tcp",
                "sel": 1
              }
            }
          ]
        }
        """)]
    [InlineData("get lb 203.0.113.4 -o yaml", """
        lbAttr:
          - allowedSources: null
            endpoints:
              - counter: "7:303"
                endpointIP: "10.78.1.21"
                state: active
                targetPort: 8080
                weight: 1
              - counter: "6:271"
                endpointIP: "10.78.1.22"
                state: active
                targetPort: 8080
                weight: 1
            secondaryIPs: null
            serviceArguments:
              externalIP: "203.0.113.4"
              inactiveTimeOut: 1800
              managed: true
              mode: 3
              name: "default_m3:llb-inst0"
              port: 8080
              protocol: tcp
              sel: 1
        """)]
    [InlineData("get conntrack", """
        PROTO  CLIENT              EXTERNAL       MODE     SOURCE           ENDPOINT        STATE  SERVICE   IDLE
        tcp    198.51.100.9:40000  192.0.2.1:80   fullnat  192.0.2.1:40001  10.0.0.1:8080   est    web       0.3s
        icmp   [2001:db8::9]:7     [2001:db8::1]  -        -                [2001:db8::10]  bidir  -        12.0s
        """)]
    [InlineData("get conntrack -o wide", """
        PROTO  CLIENT              EXTERNAL       MODE     SOURCE           ENDPOINT        STATE  SERVICE   IDLE  PACKETS OUT  BYTES OUT  PACKETS BACK  BYTES BACK
        tcp    198.51.100.9:40000  192.0.2.1:80   fullnat  192.0.2.1:40001  10.0.0.1:8080   est    web       0.3s            6        402             5        1300
        icmp   [2001:db8::9]:7     [2001:db8::1]  -        -                [2001:db8::10]  bidir  -        12.0s            1         64             1          64
        """)]
    [InlineData("get conntrack --count", "42")]
    [InlineData("get conntrack --count -o yaml", "count: 42")]
    [InlineData("get endpoint", """
        HOST          NAME                   PROBE  PORT  STATE
        198.51.100.1  198.51.100.1_tcp_8080  tcp    8080  ok
        2001:db8::10  x                      none      0  nok
        """)]
    [InlineData("get endpoint -o wide", """
        HOST          NAME                   PROBE  PORT  STATE  INTERVAL  RETRIES  REQUEST  RESPONSE  MIN DELAY  AVG DELAY  MAX DELAY
        198.51.100.1  198.51.100.1_tcp_8080  tcp    8080  ok            5        2  -        -                0s        1ms        2ms
        2001:db8::10  x                      none      0  nok           0        0  -        -                 -          -          -
        """)]
    [InlineData("get counters", """
        VERDICT  REASON        PACKETS
        forward  forwarded         100
        drop     bad-checksum        3
        """)]
    [InlineData("get counters -o wide", """
        VERDICT  REASON        PACKETS
        forward  forwarded         100
        pass     no-service          0
        drop     bad-checksum        3

        SERVICE           NAME  ENDPOINT       STATE     PACKETS  BYTES  CONNECTIONS  ACTIVE  REFUSED
        tcp 192.0.2.1:80  web   -              -            1000  64000           10       7        1
        tcp 192.0.2.1:80  web   10.0.0.1:8080  active        600  40000            6       4        0
        tcp 192.0.2.1:80  web   10.0.0.2:8080  inactive      400  24000            4       3        1
        """)]
    [InlineData("get status", """
        instance:     default
        version:      0.1.0
        up:           1.02:03:04
        adopted:      yes
        services:     2
        connections:  17 of 1000000
        table layout: 3
        hash seed:    0x0000000000000001

        INTERFACE  INDEX  HOOK  REASON
        eth1           5  xdp   -
        eth2           6  none  excluded
        """)]
    [InlineData("get version", """
        version: 0.1.0
        build:   abc
        """)]
    [InlineData("get version -o json", """
        {
          "version": "0.1.0",
          "buildInfo": "abc",
          "unknownToThisClient": [
            1.50,
            "ä"
          ]
        }
        """)]
    public async Task Get_Shows(string line, string expected)
    {
        var outcome = await Cli.RunAsync(Node(), line);

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().Be(expected + "\n");
        outcome.Code.Should().Be(ExitCode.Success);
    }

    [Theory]
    [InlineData("get conntrack --vip 192.0.2.1 --client 198.51.100.0/24 --endpoint 10.0.0.1 --protocol tcp --state est --service web --port 80 --limit 7",
        "/loxi/v1/connections?client=198.51.100.0%2F24&vip=192.0.2.1&port=80&endpoint=10.0.0.1&protocol=tcp&service=web&state=est&limit=7")]
    [InlineData("get conntrack --count --client 2001:db8::9", "/loxi/v1/connections/count?client=2001%3Adb8%3A%3A9%2F128")]
    public async Task Conntrack_SendsItsFilters(string line, string path)
    {
        var node = new FakeNode().Answer("GET " + path, """{"connections":[],"count":0}""");

        var outcome = await Cli.RunAsync(node, line);

        outcome.Error.Should().BeEmpty();
        node.Requests.Should().ContainSingle().Which.Path.Should().Be(path);
    }

    [Fact]
    public async Task TruncatedConntrack_SaysSoBesideTheOutput()
    {
        var node = new FakeNode().Answer("GET *", Answers.Connections.Replace("TRUNCATED", "true", StringComparison.Ordinal));

        var outcome = await Cli.RunAsync(node, "get conntrack --limit 2");

        outcome.Error.Should().Be("loxictl: there are more than 2 connections: narrow them down, raise --limit, or count them with --count\n");
        outcome.Output.Split('\n').Should().HaveCount(4);
        outcome.Code.Should().Be(ExitCode.Success);
    }

    [Fact]
    public async Task NoServices_ShowsTheHeadingsAlone()
    {
        var outcome = await Cli.RunAsync(new FakeNode().Answer(Services, """{"lbAttr":[]}"""), "get lb");

        outcome.Output.Should().Be("EXTERNAL IP  PORT  PROTO  NAME  MODE  SELECT  ACTIVE  MONITOR\n");
        outcome.Code.Should().Be(ExitCode.Success);
    }

    [Fact]
    public async Task Watch_ShowsAgainUntilTheNodeIsGone()
    {
        var node = new FakeNode().Answer("GET *", """{"version":"1"}""").Answer("GET *", """{"version":"2"}""")
            .Answer("GET *", static _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "gone"));

        var outcome = await Cli.RunAsync(node, "get version --watch --interval 5");

        outcome.Output.Should().Be("version: 1\nbuild:   -\n\nversion: 2\nbuild:   -\n\n");
        outcome.Code.Should().Be(ExitCode.Unreachable);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task Terminal_HasFramesAndColoursUnlessUnwanted(string noColor, bool coloured)
    {
        var outcome = await RunOnTerminalAsync("get endpoint", 120, noColor);

        outcome.Output.Should().Contain("│");
        outcome.Output.Contains("\u001b[32m", StringComparison.Ordinal).Should().Be(coloured);
    }

    [Fact]
    public async Task NarrowTerminal_KeepsRowsWhole()
    {
        var outcome = await RunOnTerminalAsync("get endpoint -o wide", 60, "1");

        outcome.Output.Should().NotContain("│").And.Contain("198.51.100.1  198.51.100.1_tcp_8080  tcp    8080  ok");
    }

    private static Task<Outcome> RunOnTerminalAsync(string line, int width, string noColor) => Cli.RunAsync(line, new CliEnvironment
    {
        Output = new StringWriter(CultureInfo.InvariantCulture),
        Error = new StringWriter(CultureInfo.InvariantCulture),
        IsTerminal = true,
        Width = width,
        Variable = name => name == "NO_COLOR" ? noColor : null,
        Time = new EagerTimeProvider(),
        Transport = _ => Node(),
    }, null, TestContext.Current.CancellationToken);

    private static FakeNode Node() => new FakeNode()
        .Answer(Services, Fixture.Text("loadbalancer-all.json"))
        .Answer("GET /loxi/v1/connections?limit=10000", Answers.Connections.Replace("TRUNCATED", "false", StringComparison.Ordinal))
        .Answer("GET /loxi/v1/connections/count", """{"count":42}""")
        .Answer("GET /netlox/v1/config/endpoint/all", Answers.Endpoints)
        .Answer("GET /loxi/v1/counters", Answers.Counters(1))
        .Answer("GET /loxi/v1/status", Answers.Status)
        .Answer("GET /netlox/v1/version", """{"version":"0.1.0","buildInfo":"abc","unknownToThisClient":[1.50,"\u00e4"]}""");
}
