using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Cli.Tests;

/// <summary>The commands of BGP and roles.</summary>
public sealed class BgpTests
{
    private const string Root = "/netlox/v1/config/bgp";
    private const string Peers = "/loxi/v1/bgp/peers";
    private const string Success = """{"result":"Success"}""";
    private const string NoPeer = """{"code":404,"fields":null,"message":"Resource not found","result":"no bgp neighbor"}""";

    private const string Neighbors = """
        {"bgpNeiAttr":[
         {"state":"ESTABLISHED","updowntime":"00:12:34","ipAddress":"192.0.2.2","remoteAs":64501,"description":"spine"},
         {"state":"IDLE","updowntime":"never","problem":"connection refused","ipAddress":"fe80::2","remoteAs":64502,"interface":"eth1"}]}
        """;

    private const string Detail = """
        {"peers":[
         {"address":"192.0.2.2","remoteAs":64501,"localAs":64500,"state":"established","seconds":93784,"dynamic":false,
          "session":{"local":"192.0.2.1:179","remote":"192.0.2.2:40000","routerId":"192.0.2.2","holdTime":90,"keepalive":30,"capabilities":["four-octet-as","route-refresh"]},
          "families":[{"family":"ipv4","received":5,"accepted":4,"advertised":3,"pending":0,"missing":0,"stale":0,"endOfRib":true},{"family":"ipv6","received":0,"accepted":0,"advertised":1,"pending":2,"missing":1,"stale":0,"endOfRib":true}],
          "counters":{"messagesReceived":10,"messagesSent":11,"updatesReceived":2,"updatesSent":3,"established":1,"connectAttempts":4,"attributesDiscarded":1,"treatedAsWithdrawn":1}},
         {"address":"192.0.2.3","remoteAs":64502,"localAs":64500,"state":"idle","seconds":0,"dynamic":true,"held":"prefix limit","families":[],"counters":{},
          "lastEnd":{"time":"2030-01-01T12:00:00+00:00","text":"too many prefixes","state":"established","remote":false,"code":6,"subcode":1,"count":1}}]}
        """;

    private const string WithErrors = """
        {"address":"192.0.2.2","remoteAs":64501,"localAs":64500,"state":"idle","seconds":1,"dynamic":false,"families":[],"counters":{},
         "ends":[{"time":"2030-01-01T12:00:00.5+00:00","text":"Cease: Administrative Reset","state":"established","remote":true,"code":6,"subcode":4,"count":1},
                 {"time":"2030-01-01T12:00:02+00:00","text":"connection refused","state":"connect","remote":false,"count":7}],
         "malformed":[{"time":"2030-01-01T12:00:01+00:00","reaction":"treat-as-withdraw","text":"ORIGIN: length 2","attribute":1,"offset":25,"prefixes":["10.0.0.0/8"],"message":"ff0a"}]}
        """;

    private const string Routes = """
        {"routes":[
         {"prefix":"10.0.0.0/8","peer":"192.0.2.2","pathId":7,"nextHop":"192.0.2.2","asPath":"64501 {1,2}","origin":"igp","med":5,"localPreference":100,"communities":["65535:0","65000:1"],"extendedCommunities":["rt:65000:100"],"largeCommunities":["1:2:3"],"best":true,"multipath":true,"stale":true},
         {"prefix":"192.0.2.1/32","asPath":"","origin":"incomplete","best":false,"multipath":false,"stale":false,"rejection":"policy"}]}
        """;

    [Theory]
    [InlineData("create bgpneighbor 192.0.2.2 64501", """{"ipAddress":"192.0.2.2","remoteAs":64501}""")]
    [InlineData("create bgpnei 2001:db8::2 4200000001 --remotePort=1790 --setMultiHtop", """{"ipAddress":"2001:db8::2","remoteAs":4200000001,"remotePort":1790,"setMultiHop":true}""")]
    [InlineData("create bgpneigh fe80::2 64501 --interface eth0 --remote-port 1790 --multihop=false --ttl 3 --gtsm-hops 1 --description spine --source-ip fe80::1 --local-as 64999 --family ipv4,ipv6 --passive --password geheim"
        + " --hold-time 9 --keepalive 3 --connect-retry 500 --graceful-restart --long-lived-stale-time 60 --add-path-receive --add-path-send 4 --role customer --role-strict --enforce-first-as=false --allow-own-as 1"
        + " --ipv6-next-hop --prefix-limit 100 --prefix-limit-restart 60 --next-hop-self --cluster-member --import-default accept --export-default reject --bfd strict",
        """{"ipAddress":"fe80::2","remoteAs":64501,"remotePort":1790,"setMultiHop":false,"multihopTtl":3,"description":"spine","localAddress":"fe80::1","interface":"eth0","localAs":64999,"families":["ipv4","ipv6"],"passive":true,"gtsmHops":1,"password":"geheim","holdTime":9,"keepalive":3,"connectRetry":500,"gracefulRestart":true,"longLivedStaleTime":60,"addPathReceive":true,"addPathSend":4,"role":"customer","roleStrict":true,"enforceFirstAs":false,"allowOwnAs":1,"ipv4OverIpv6NextHop":true,"prefixLimit":100,"prefixLimitRestart":60,"nextHopSelf":true,"clusterMember":true,"importDefault":"accept","exportDefault":"reject","bfd":"strict"}""")]
    public async Task CreateNeighbor_PostsWhatIsGiven(string line, string body)
    {
        var node = new FakeNode().Answer("POST *", Success);

        var outcome = await Cli.RunAsync(node, line);

        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().MatchRegex("^bgpneighbor .* created\n$");
        var sent = node.Requests.Should().ContainSingle().Subject;
        (sent.Method, sent.Path).Should().Be(("POST", Root + "/neigh"));
        Fixture.Meaning(sent.Body!).Should().Be(Fixture.Meaning(body));
    }

    [Theory]
    [InlineData("create bgpdynamicneighbor 192.0.2.0/24 64501", """{"prefix":"192.0.2.0/24","remoteAs":64501}""")]
    [InlineData("create bgpdynneigh fe80::/10 64501 --limit 2 --interface eth0 --router-advertisements --ipv6-next-hop --password geheim",
        """{"prefix":"fe80::/10","limit":2,"remoteAs":64501,"interface":"eth0","routerAdvertisements":true,"ipv4OverIpv6NextHop":true,"password":"geheim"}""")]
    public async Task CreateDynamicNeighbor_PostsWhatIsGiven(string line, string body)
    {
        var node = new FakeNode().Answer("POST *", Success);

        (await Cli.RunAsync(node, line)).Output.Should().MatchRegex("^bgpdynamicneighbor .* created\n$");

        var sent = node.Requests.Should().ContainSingle().Subject;
        (sent.Method, sent.Path).Should().Be(("POST", Root + "/dynamicneigh"));
        Fixture.Meaning(sent.Body!).Should().Be(Fixture.Meaning(body));
    }

    [Theory]
    [InlineData("delete bgpdynamicneighbor 192.0.2.0/24", "/192.0.2.0/24", "bgpdynamicneighbor 192.0.2.0/24 deleted\n")]
    [InlineData("delete bgpdynnei fe80::/10 --interface eth1", "/fe80::/10?interface=eth1", "bgpdynamicneighbor fe80::/10 deleted\n")]
    public async Task DeleteDynamicNeighbor_NamesIt(string line, string path, string output)
    {
        var node = new FakeNode().Answer("DELETE *", Success);

        (await Cli.RunAsync(node, line)).Output.Should().Be(output);

        node.Requests.Should().ContainSingle().Which.Path.Should().Be(Root + "/dynamicneigh" + path);
        (await Cli.RunAsync(new FakeNode().Answer("DELETE *", """{"code":404,"fields":null,"message":"Resource not found","result":"no bgp dynamic neighbor"}""", HttpStatusCode.NotFound), line)).Code.Should().Be(ExitCode.NotFound);
    }

    [Fact]
    public async Task CreateNeighbor_AsItIs_IsUnchangedAndNoError()
    {
        var node = new FakeNode().Answer("POST *", """{"code":409,"fields":null,"message":"Resource conflict","result":"bgp existing neighbor"}""", HttpStatusCode.Conflict);

        (await Cli.RunAsync(node, "create bgpneighbor 192.0.2.2 64501")).Should().BeEquivalentTo(new { Code = 0, Output = "bgpneighbor 192.0.2.2 unchanged\n", Error = "" });
    }

    [Theory]
    [InlineData("create bgpneighbor 192.0.2.2 0", "remote-as '0': expected a whole number from 1 to 4294967295")]
    [InlineData("create bgpneighbor 192.0.2.2 x", "remote-as 'x': expected a whole number from 1 to 4294967295")]
    [InlineData("create bgpneighbor router 1", "peer-ip 'router': expected an IPv4 or IPv6 address")]
    [InlineData("create bgpneighbor 192.0.2.2 1 --role boss", "--role 'boss': expected one of provider, route-server, route-server-client, customer, peer, none")]
    [InlineData("create bgpneighbor 192.0.2.2 1 --family evpn", "--family 'evpn': expected ipv4 or ipv6")]
    [InlineData("create bgpneighbor 192.0.2.2 1 --hold-time 65536", "--hold-time '65536': expected a whole number from 0 to 65535")]
    [InlineData("set bgp neighbor 192.0.2.2 restart", "action 'restart': expected one of reset, soft-reset, soft-in, soft-out, shutdown, start; did you mean 'start'?")]
    [InlineData("set bgp neighbor 192.0.2.2", "set bgp neighbor 192.0.2.2: expected one of reset, soft-reset, soft-in, soft-out, shutdown, start, or an option with what to change")]
    [InlineData("set bgp neighbor 192.0.2.2 reset --hold-time 9", "set bgp neighbor 192.0.2.2 reset: expected no options that change settings beside it")]
    [InlineData("set bgp neighbor 192.0.2.2 start text", "set bgp neighbor 192.0.2.2 start: expected no text: only reset and shutdown tell the peer")]
    [InlineData("get bgpneighbor 192.0.2.2 error", "'error': expected errors, or nothing")]
    [InlineData("create bgpdynamicneighbor 192.0.2.1/24 1", "prefix '192.0.2.1/24': expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    [InlineData("create bgpdynamicneighbor 192.0.2.0/24 0", "remote-as '0': expected a whole number from 1 to 4294967295")]
    [InlineData("create bgpdynamicneighbor 192.0.2.0/24 1 --limit 10001", "--limit '10001': expected a whole number from 1 to 10000")]
    [InlineData("get bgproute --kind all", "--kind 'all': expected one of in, rejected, best, out")]
    [InlineData("get bgproute --prefix 10.0.0.1/8", "--prefix '10.0.0.1/8': expected a prefix without bits beyond its length, such as 192.0.2.0/24 or 2001:db8::/32")]
    public async Task WrongLine_SendsNothing(string line, string message)
    {
        var node = new FakeNode();

        var outcome = await Cli.RunAsync(node, line);

        outcome.Code.Should().Be(ExitCode.Usage);
        outcome.Error.Should().StartWith("loxictl: " + message);
        node.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task PasswordFile_IsReadAndNothingOfItShown()
    {
        var node = new FakeNode().Answer("POST *", Success);

        (await RunWithFileAsync(node, "create bgpneighbor 192.0.2.2 64501 --password-file /key", "geheim\r\nmore\n")).Code.Should().Be(0);
        node.Requests[^1].Body.Should().Contain("\"password\":\"geheim\"");
        (await RunWithFileAsync(node, "create bgpneighbor 192.0.2.2 64501 --tcp-ao-key-id 7 --tcp-ao-secret-file /key --tcp-ao-algorithm aes-128-cmac-96", "geheim\nmore\n")).Code.Should().Be(0);
        node.Requests[^1].Body.Should().Contain("\"tcpAo\":{\"keyId\":7,\"secret\":\"geheim\",\"algorithm\":\"aes-128-cmac-96\"}");
        (await RunWithFileAsync(node, "create bgpneighbor 192.0.2.2 64501 --password-file /key --password geheim", "geheim")).Error.Should().Be("loxictl: --password-file: expected it without --password\n");
        (await RunWithFileAsync(node, "create bgpneighbor 192.0.2.2 64501 --password-file /absent", null)).Error.Should().Be("loxictl: --password-file '/absent': expected a file that can be read (no such file)\n");
    }

    [Theory]
    [InlineData("reset", "reset", """{"kind":"hard"}""", "reset")]
    [InlineData("reset \"new key\"", "reset", """{"kind":"hard","text":"new key"}""", "reset")]
    [InlineData("soft-reset", "reset", """{"kind":"soft"}""", "refreshed")]
    [InlineData("soft-in", "reset", """{"kind":"soft-in"}""", "refreshed")]
    [InlineData("soft-out", "reset", """{"kind":"soft-out"}""", "refreshed")]
    [InlineData("shutdown maintenance", "shutdown", """{"text":"maintenance"}""", "shut down")]
    [InlineData("shutdown", "shutdown", "{}", "shut down")]
    [InlineData("start", "start", "{}", "started")]
    public async Task SetNeighbor_Acts(string action, string path, string body, string verb)
    {
        var node = new FakeNode().Answer("POST *", Success);

        var outcome = await Cli.RunAsync(node, "set bgp neighbor 192.0.2.2 " + action);

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = $"bgpneighbor 192.0.2.2 {verb}\n", Error = "" });
        node.Requests.Should().Equal(new SentRequest("POST", $"{Peers}/192.0.2.2/{path}", body, null));
        (await Cli.RunAsync(new FakeNode().Answer("POST *", NoPeer, HttpStatusCode.NotFound), "set bgp neigh 192.0.2.2 " + action)).Should()
            .BeEquivalentTo(new { Code = ExitCode.NotFound, Error = "loxictl: no BGP peer 192.0.2.2\n" });
    }

    [Fact]
    public async Task SetNeighbor_OfALink_NamesIt()
    {
        var node = new FakeNode().Answer("POST *", Success);

        await Cli.RunAsync(node, "set bgp neighbor fe80::2 reset --interface eth1");

        node.Requests.Should().ContainSingle().Which.Path.Should().Be(Peers + "/fe80::2/reset?interface=eth1");
    }

    [Fact]
    public async Task SetNeighbor_ChangesWhatIsGivenOfAPeerThatIsThere()
    {
        var node = new FakeNode().Answer($"GET {Root}/neigh/all", Neighbors).Answer("POST *", Success);

        (await Cli.RunAsync(node, "set bgp neighbor 192.0.2.2 --hold-time 0 --password \"\"")).Should().BeEquivalentTo(new { Code = 0, Output = "bgpneighbor 192.0.2.2 changed\n" });
        node.Requests[^1].Should().Be(new SentRequest("POST", Root + "/neigh", """{"ipAddress":"192.0.2.2","password":"","holdTime":0}""", null));
        (await Cli.RunAsync(node, "set bgp neighbor 192.0.2.9 --hold-time 9")).Should().BeEquivalentTo(new { Code = ExitCode.NotFound, Error = "loxictl: no BGP peer 192.0.2.9\n" });
        (await Cli.RunAsync(node, "set bgp neighbor fe80::2 --hold-time 9 --interface eth7")).Code.Should().Be(ExitCode.NotFound);
    }

    [Theory]
    [InlineData("delete bgpneighbor 192.0.2.2 64501", "/192.0.2.2?remoteAs=64501")]
    [InlineData("delete bgpneigh 192.0.2.2", "/192.0.2.2")]
    [InlineData("delete bgpnei fe80::2 --interface eth1", "/fe80::2?interface=eth1")]
    public async Task DeleteNeighbor_NamesIt(string line, string path)
    {
        var node = new FakeNode().Answer("DELETE *", Success);

        (await Cli.RunAsync(node, line)).Output.Should().EndWith(" deleted\n");

        node.Requests.Should().ContainSingle().Which.Path.Should().Be(Root + "/neigh" + path);
        (await Cli.RunAsync(new FakeNode().Answer("DELETE *", NoPeer, HttpStatusCode.NotFound), line)).Code.Should().Be(ExitCode.NotFound);
    }

    [Theory]
    [InlineData("get bgpneighbor", """
        PEER          REMOTE AS  UP/DOWN   STATE        DESCRIPTION  PROBLEM
        192.0.2.2         64501  00:12:34  ESTABLISHED  spine        -
        fe80::2%eth1      64502  never     IDLE         -            connection refused
        """)]
    [InlineData("get bgpneigh 192.0.2.2", """
        PEER       REMOTE AS  UP/DOWN   STATE        DESCRIPTION  PROBLEM
        192.0.2.2      64501  00:12:34  ESTABLISHED  spine        -
        """)]
    [InlineData("get bgpneigh -o wide", """
        PEER       REMOTE AS  LOCAL AS  STATE        FOR          FAMILY  RECEIVED  ACCEPTED  ADVERTISED  PENDING  MISSING  STALE  LOCAL          ROUTER ID  HOLD  KEEPALIVE  CAPABILITIES                 MESSAGES IN  MESSAGES OUT  UPDATES IN  UPDATES OUT  ESTABLISHED  ATTEMPTS  ERRORS  DYNAMIC  HELD          LAST END
        192.0.2.2      64501     64500  established  1d 02:03:04  ipv4           5         4           3        0        0      0  192.0.2.1:179  192.0.2.2    90         30  four-octet-as,route-refresh           10            11           2            3            1         4       2  no       -             -
        192.0.2.2      64501     64500  established  1d 02:03:04  ipv6           0         0           1        2        1      0  192.0.2.1:179  192.0.2.2    90         30  four-octet-as,route-refresh           10            11           2            3            1         4       2  no       -             -
        192.0.2.3      64502     64500  idle         00:00:00     -              -         -           -        -        -      -  -              -             -          -  -                                      0             0           0            0            0         0       0  yes      prefix limit  too many prefixes
        """)]
    [InlineData("get bgpneigh 192.0.2.2 errors", """
        TIME                      WHAT       BY    STATE              CODE         COUNT  TEXT
        2030-01-01T12:00:00.500Z  end        peer  established        6/4              1  Cease: Administrative Reset
        2030-01-01T12:00:01.000Z  malformed  peer  treat-as-withdraw  attribute 1      1  ORIGIN: length 2
        2030-01-01T12:00:02.000Z  end        us    connect            -                7  connection refused
        """)]
    [InlineData("get bgproute", """
        PREFIX             PEER       NEXT HOP   AS PATH      MED  LOCAL PREF  COMMUNITIES      REJECTED
        10.0.0.0/8    >=S  192.0.2.2  192.0.2.2  64501 {1,2}    5         100  65535:0 65000:1  -
        192.0.2.1/32  -    self       self       -              -           -  -                policy
        """)]
    [InlineData("get bgpdynamicneighbor", """
        PREFIX        INTERFACE  REMOTE AS  PEERS  LIMIT  PASSWORD  DESCRIPTION
        192.0.2.0/24  -              64501      2    100  yes       rack 1
        fe80::/10     eth0           64502      0      1  no        -
        """)]
    [InlineData("get bgpglobal", """
        LOCAL AS  ROUTER ID  PORT  LISTEN     NEXT HOP SELF  RESTART  PATHS
           64500  192.0.2.1   179  192.0.2.1  yes                120      8
        """)]
    [InlineData("get bgpdefinedset prefix", """
        NAME  MEMBER        LENGTHS
        ps1   10.0.0.0/8    24..32
        ps1   192.0.2.0/24  -
        """)]
    [InlineData("get bgppolicy p1", """
        NAME  STATEMENT  PREFIXES  PEERS  DECISION      MED  LOCAL PREF  NEXT HOP
        p1    st1        ps1       -      accept-route  +10         200  self
        """)]
    [InlineData("get hastate", """
        INSTANCE   STATE   VIP
        llb-inst0  MASTER  0.0.0.0
        """)]
    public async Task Get_Shows(string line, string output) =>
        (await Cli.RunAsync(Node(), line)).Should().BeEquivalentTo(new { Code = 0, Output = output.ReplaceLineEndings("\n") + "\n", Error = "" });

    [Theory]
    [InlineData("get bgpneighbor 192.0.2.2 -o yaml", "bgpNeiAttr:\n  - state: ESTABLISHED\n    updowntime: \"00:12:34\"\n    ipAddress: \"192.0.2.2\"\n    remoteAs: 64501\n    description: spine\n")]
    [InlineData("get hastate -o yaml", "Attr:\n  - instance: llb-inst0\n    state: MASTER\n    sync: null\n    vip: \"0.0.0.0\"\n")]
    [InlineData("get bgppolicy p9 -o yaml", null)]
    [InlineData("get bgpneighbor 192.0.2.9", null)]
    [InlineData("get bgpneighbor 192.0.2.9 -o wide", null)]
    [InlineData("get bgpneighbor 192.0.2.9 errors", null)]
    public async Task Get_AsOnTheWire_OrNotFound(string line, string? output)
    {
        var outcome = await Cli.RunAsync(Node(), line);

        outcome.Code.Should().Be(output is null ? ExitCode.NotFound : ExitCode.Success);
        outcome.Output.Should().Be(output ?? "");
    }

    [Fact]
    public async Task GetRoute_AsksForWhatIsWantedAndTellsOfMore()
    {
        var node = new FakeNode().Answer("GET *", """{"routes":[],"next":"x"}""");

        var outcome = await Cli.RunAsync(node, "get bgproutes --kind in --peer 192.0.2.2 --prefix 10.0.0.0/8 --limit 7 -o json");

        node.Requests.Should().ContainSingle().Which.Path.Should().Be("/loxi/v1/bgp/routes?kind=in&peer=192.0.2.2&prefix=10.0.0.0%2F8&limit=7");
        outcome.Error.Should().Be("loxictl: there are more than 7 routes: narrow them down with --peer and --prefix, or raise --limit\n");
    }

    [Theory]
    [InlineData("create bgpglobal 64500", "POST", "/global", """{"localAs":64500}""", "bgpglobal created\n")]
    [InlineData("create bgpglobal 64500 --router-id 192.0.2.1 --listen-port 1790 --listen 192.0.2.1,2001:db8::1 --set-next-hop-self --no-listen --restart-time 60 --maximum-paths 4", "POST", "/global",
        """{"localAs":64500,"routerId":"192.0.2.1","setNextHopSelf":true,"listenPort":1790,"listenAddresses":["192.0.2.1","2001:db8::1"],"passive":true,"restartTime":60,"maximumPaths":4}""", "bgpglobal created\n")]
    [InlineData("delete bgpglobal", "DELETE", "/global", null, "bgpglobal deleted\n")]
    [InlineData("create bgpdefinedset prefix ps1 10.0.0.0/8:24..32,192.0.2.0/24 2001:db8::/32:48..64", "POST", "/policy/definedsets/prefix",
        """{"name":"ps1","prefixList":[{"ipPrefix":"10.0.0.0/8","masklengthRange":"24..32"},{"ipPrefix":"192.0.2.0/24"},{"ipPrefix":"2001:db8::/32","masklengthRange":"48..64"}]}""", "bgpdefinedset prefix ps1 created\n")]
    [InlineData("create bgpdefinedset neighbor ns1 192.0.2.2,192.0.2.3", "POST", "/policy/definedsets/neighbor", """{"name":"ns1","list":["192.0.2.2","192.0.2.3"]}""", "bgpdefinedset neighbor ns1 created\n")]
    [InlineData("create bgpdefinedset aspath as1 ^64500_ _1,2_", "POST", "/policy/definedsets/aspath", """{"name":"as1","list":["^64500_","_1,2_"]}""", "bgpdefinedset aspath as1 created\n")]
    [InlineData("delete bgpdefinedset prefix ps1", "DELETE", "/policy/definedsets/prefix/ps1", null, "bgpdefinedset prefix ps1 deleted\n")]
    [InlineData("delete bgppolicy p1", "DELETE", "/policy/definitions/p1", null, "bgppolicy p1 deleted\n")]
    [InlineData("create bgppolicyapply 192.0.2.2 export p1,p2 p3 --default reject", "POST", "/policy/apply", """{"ipAddress":"192.0.2.2","policyType":"export","policies":["p1","p2","p3"],"routeAction":"reject"}""", "bgppolicyapply 192.0.2.2 export created\n")]
    [InlineData("delete bgppolicyapply 192.0.2.2 import", "DELETE", "/policy/apply", """{"ipAddress":"192.0.2.2","policyType":"import","policies":[]}""", "bgppolicyapply 192.0.2.2 import deleted\n")]
    public async Task Configuration_IsSent(string line, string method, string path, string? body, string output)
    {
        var node = new FakeNode().Answer("POST *", Success).Answer("DELETE *", Success);

        var outcome = await Cli.RunAsync(node, line);

        outcome.Should().BeEquivalentTo(new { Code = 0, Output = output, Error = "" });
        var sent = node.Requests.Should().ContainSingle().Subject;
        (sent.Method, sent.Path).Should().Be((method, Root + path));
        (sent.Body is null ? null : Fixture.Meaning(sent.Body)).Should().Be(body is null ? null : Fixture.Meaning(body));
    }

    [Fact]
    public async Task Policy_IsReadFromAFile()
    {
        var node = new FakeNode().Answer("POST *", Success);

        (await RunWithFileAsync(node, "create bgppolicy p1 --file /p", """{"name":"other","statements":[{"name":"st1","actions":{"routeDisposition":"accept-route"}}]}""")).Output.Should().Be("bgppolicy p1 created\n");
        node.Requests[^1].Body.Should().Be("""{"name":"p1","statements":[{"name":"st1","actions":{"routeDisposition":"accept-route"}}]}""");
        (await RunWithFileAsync(node, "create bgppolicy p1 --file /p", "{")).Error.Should().StartWith("loxictl: --file '/p': expected the JSON that the node's API takes (");
        (await RunWithFileAsync(node, "create bgppolicy p1 --file /absent", null)).Error.Should().Be("loxictl: --file '/absent': expected a file that can be read (no such file)\n");
        (await RunWithFileAsync(node, "create bgppolicy p1 --file /p", "null")).Error.Should().Be("loxictl: --file '/p': expected JSON, found null\n");
    }

    [Theory]
    [InlineData("set hastate MASTER", """{"instance":"llb-inst0","state":"MASTER","sync":null,"vip":"0.0.0.0"}""", "hastate llb-inst0 MASTER\n")]
    [InlineData("set hastate BACKUP --instance inst1", """{"instance":"inst1","state":"BACKUP","sync":null,"vip":"0.0.0.0"}""", "hastate inst1 BACKUP\n")]
    public async Task Role_IsPosted(string line, string body, string output)
    {
        var node = new FakeNode().Answer("POST *", Success);

        (await Cli.RunAsync(node, line)).Output.Should().Be(output);

        node.Requests.Should().Equal(new SentRequest("POST", "/netlox/v1/config/cistate", body, null));
    }

    [Fact]
    public async Task NodeWithoutBgp_SaysSo() =>
        (await Cli.RunAsync(new FakeNode().Answer("GET *", """{"code":403,"fields":null,"message":"Capacity insufficient","result":"loxilb BGP mode is disabled"}""", HttpStatusCode.Forbidden), "get bgpneighbor"))
            .Should().BeEquivalentTo(new { Code = ExitCode.Refused, Output = "", Error = "loxictl: http://127.0.0.1:11111/: the node refused: loxilb BGP mode is disabled (403)\n" });

    [Fact]
    public async Task NodeWithoutASpeaker_HasNone()
    {
        var node = new FakeNode().Answer("GET *", """{"code":404,"fields":null,"message":"Resource not found","result":"no bgp global config"}""", HttpStatusCode.NotFound);

        (await Cli.RunAsync(node, "get bgpglobal")).Should().BeEquivalentTo(new { Code = ExitCode.NotFound, Error = "loxictl: no BGP speaker is configured: create bgpglobal AS\n" });
    }

    private static FakeNode Node() => new FakeNode()
        .Answer($"GET {Root}/neigh/all", Neighbors).Answer("GET " + Peers, Detail).Answer($"GET {Peers}/192.0.2.2", WithErrors).Answer($"GET {Peers}/192.0.2.9", NoPeer, HttpStatusCode.NotFound)
        .Answer("GET /loxi/v1/bgp/routes?kind=best&limit=1000", Routes)
        .Answer($"GET {Root}/global", """{"localAs":64500,"routerId":"192.0.2.1","setNextHopSelf":true,"listenPort":179,"listenAddresses":["192.0.2.1"],"restartTime":120,"maximumPaths":8}""")
        .Answer($"GET {Root}/dynamicneigh/all", """{"bgpDynamicNeiAttr":[{"prefix":"192.0.2.0/24","remoteAs":64501,"peers":2,"limit":100,"hasPassword":true,"description":"rack 1"},{"prefix":"fe80::/10","interface":"eth0","remoteAs":64502,"peers":0,"limit":1}]}""")
        .Answer($"GET {Root}/policy/definedsets/prefix/all", """{"definedsetsAttr":[{"name":"ps1","list":null,"prefixList":[{"ipPrefix":"10.0.0.0/8","masklengthRange":"24..32"},{"ipPrefix":"192.0.2.0/24"}]}]}""")
        .Answer($"GET {Root}/policy/definitions/all", """{"bgpPolicyAttr":[{"name":"p1","statements":[{"name":"st1","conditions":{"matchPrefixSet":{"prefixSet":"ps1"}},"actions":{"routeDisposition":"accept-route","bgpActions":{"setMed":"+10","setLocalPerf":200,"setNextHop":"self"}}}]},{"name":"p2","statements":[]}]}""")
        .Answer("GET /netlox/v1/config/cistate/all", """{"Attr":[{"instance":"llb-inst0","state":"MASTER","sync":null,"vip":"0.0.0.0"}]}""");

    private static Task<Outcome> RunWithFileAsync(FakeNode node, string line, string? content) => Cli.RunAsync(
        line,
        new CliEnvironment
        {
            Output = new StringWriter(),
            Error = new StringWriter(),
            Variable = static _ => null,
            Time = new EagerTimeProvider(),
            Transport = _ => node,
            ReadFile = path => content ?? throw new FileNotFoundException("no such file"),
        },
        node,
        TestContext.Current.CancellationToken);
}
