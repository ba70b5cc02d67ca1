using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Cli;

/// <summary>Every option of <c>create lb</c> on the real node: what the API and <c>get lb</c> show then.</summary>
public sealed class CliOptionTests(CliScenario shared) : IClassFixture<CliScenario>, IAsyncLifetime
{
    private const string V4 = StandardLab.RoutedVipV4 + " --endpoints 192.0.2.11:1 ";
    private const string Tcp = V4 + "--tcp 80:8080 ";

    /// <summary>What every service has.</summary>
    private static readonly string[] Always = ["externalIP", "port", "protocol", "inactiveTimeOut"];

    public async ValueTask InitializeAsync() => await shared.Scenario.Api.DeleteAllServicesAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Several options in a line, each of them somewhere: a row starts three processes.</summary>
    [Theory]
    [InlineData(Tcp + "--mode default --select rr --inatimeout 0", """{"protocol":"tcp","inactiveTimeOut":7440}""", "PROTO=tcp MODE=default SELECT=rr TIMEOUT=7440 MONITOR=no GROUP=llb-inst0 EGRESS=no POOL=-")]
    [InlineData(Tcp + "--mode 0 --select 0 --inatimeout 900 --egress --mark 7", """{"inactiveTimeOut":900,"egress":true,"block":7}""", "MODE=default SELECT=rr TIMEOUT=900 EGRESS=yes MARK=7")]
    [InlineData(Tcp + "--mode onearm --select hash --block 4294967295 --pool east --clamp-mss", """{"mode":1,"sel":1,"block":4294967295,"sourcePool":"east","clampMss":true}""", "MODE=onearm SELECT=hash MARK=4294967295 POOL=east CLAMP_MSS=yes")]
    [InlineData(Tcp + "--mode 1 --select 1 --name web:inst1 --pool west", """{"mode":1,"sel":1,"name":"web:inst1","sourcePool":"west"}""", "MODE=onearm SELECT=hash NAME=web:inst1 GROUP=inst1 POOL=west")]
    [InlineData(Tcp + "--mode FullNat --select wrr --private-ip 198.18.5.9 --slow-start 30", """{"mode":2,"sel":2,"privateIP":"198.18.5.9","slowStart":30}""", "MODE=fullnat SELECT=priority PRIVATE_IP=198.18.5.9 SLOW_START=30")]
    [InlineData(Tcp + "--mode 2 --select priority --privateip 198.18.5.10", """{"mode":2,"sel":2,"privateIP":"198.18.5.10"}""", "MODE=fullnat SELECT=priority PRIVATE_IP=198.18.5.10 SLOW_START=0")]
    [InlineData(Tcp + "--mode fullnat --select 2 --group inst1 --pool west", """{"mode":2,"sel":2,"vipGroup":"inst1","sourcePool":"west"}""", "MODE=fullnat SELECT=priority GROUP=inst1 POOL=west")]
    [InlineData(V4 + "--udp 53 --select persist --persist-timeout 600", """{"protocol":"udp","sel":3,"persistTimeOut":600,"inactiveTimeOut":300}""", "PROTO=udp SELECT=persist PERSIST=600 TIMEOUT=300")]
    [InlineData(V4 + "--sctp 3868 --select 3", """{"protocol":"sctp","sel":3}""", "PROTO=sctp PORT=3868 SELECT=persist PERSIST=0")]
    [InlineData(V4 + "--icmp --select lc", """{"protocol":"icmp","port":0,"sel":4,"inactiveTimeOut":60}""", "PROTO=icmp PORT=0 SELECT=lc TIMEOUT=60")]
    [InlineData(Tcp + "--select 4 --monitor --probetype tcp --probeport 81 --probetimeout 5 --proberetries 2 --managed", """{"sel":4,"monitor":true,"probetype":"tcp","probeport":81,"probeTimeout":5,"probeRetries":2,"managed":true}""", "SELECT=lc MONITOR=yes")]
    [InlineData(V4 + "--tcp 80 --mode dsr --select hash --tunnel ipip --clamp-mss", """{"mode":3,"sel":1,"tunnel":"ipip","clampMss":true}""", "MODE=dsr TUNNEL=ipip CLAMP_MSS=yes")]
    [InlineData(V4 + "--tcp 80 --mode 3 --select 1 --tunnel none", """{"mode":3,"sel":1,"tunnel":"none"}""", "MODE=dsr TUNNEL=none")]
    [InlineData(V4 + "--tcp 80 --mode dsr --select hash --tunnel auto", """{"mode":3}""", "MODE=dsr TUNNEL=-")]
    [InlineData("0.0.0.0 --endpoints 192.0.2.11:1 --tcp 80 --mode hostonearm", """{"externalIP":"0.0.0.0","mode":5}""", "EXTERNAL_IP=0.0.0.0 MODE=hostonearm")]
    [InlineData(":: --endpoints 2001:db8:2::11:1 --tcp 80 --mode 5", """{"externalIP":"::","mode":5}""", "EXTERNAL_IP=:: MODE=hostonearm")]
    public async Task Options_AreShown(string line, string members, string cells)
    {
        shared.Succeeds("create lb " + line).Should().EndWith(" created\n");

        var arguments = (await shared.ReadServiceAsync())["serviceArguments"]!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
        {
            (arguments[name]?.ToJsonString()).Should().Be(value!.ToJsonString(), name);
        }

        arguments.Select(static member => member.Key).Except(Always).Should().BeSubsetOf(JsonNode.Parse(members)!.AsObject().Select(static member => member.Key).Append("sel"));
        var row = shared.ReadWide().Should().ContainSingle().Subject;
        foreach (var cell in cells.Split(' ').Select(static cell => cell.Split('=')))
        {
            row.Should().Contain(cell[0].Replace('_', ' '), cell[1]);
        }
    }

    [Theory]
    [InlineData(V4 + "--tcp 80", 80, null, 80, "80")]
    [InlineData(V4 + "--tcp 80:8080", 80, null, 8080, "80")]
    [InlineData(V4 + "--tcp 8080-8090", 8080, 8090, 0, "8080-8090")]
    [InlineData(V4 + "--tcp 8080-8090:0", 8080, 8090, 0, "8080-8090")]
    [InlineData(V4 + "--udp 8080-8090:80", 8080, 8090, 80, "8080-8090")]
    public async Task Ports_AreShown(string line, int port, int? last, int target, string cell)
    {
        shared.Succeeds("create lb " + line);

        var service = await shared.ReadServiceAsync();
        ((int)service["serviceArguments"]!["port"]!).Should().Be(port);
        ((int?)service["serviceArguments"]!["portMax"]).Should().Be(last);
        ((int)service["endpoints"]![0]!["targetPort"]!).Should().Be(target);
        shared.ReadWide().Should().ContainSingle().Which.Should().Contain("PORT", cell).And.Contain("TARGET", target.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task EndpointsWithWeightsAndDraining_AreShown()
    {
        shared.Succeeds($"create lb {StandardLab.RoutedVipV4} --tcp 80 --select wrr --endpoints 192.0.2.11:3,192.0.2.12:65535:draining,2001:db8:2::13:1");

        EndpointsOf(await shared.ReadServiceAsync()).Should().Equal("192.0.2.11 3 active", "192.0.2.12 65535 draining", "2001:db8:2::13 1 active");
        shared.ReadWide().Select(static row => $"{row["ENDPOINT"]} {row["WEIGHT"]} {row["STATE"]}").Should().Equal("192.0.2.11 3 active", "192.0.2.12 65535 draining", "2001:db8:2::13 1 active");
    }

    [Fact]
    public async Task AttachAndDetach_ChangeEndpointsAlone()
    {
        const string Service = $"create lb {StandardLab.RoutedVipV4} --tcp 80 ";
        shared.Succeeds(Service + "--mode onearm --pool east --inatimeout 900 --endpoints 192.0.2.11:1");

        shared.Succeeds(Service + "--attachEP --endpoints 192.0.2.12:2").Should().Be("lb tcp 203.0.113.10:80 endpoints attached\n");
        shared.Succeeds(Service + "--attachEP --endpoints 192.0.2.11:1:draining");
        var service = await shared.ReadServiceAsync();
        EndpointsOf(service).Should().Equal("192.0.2.11 1 draining", "192.0.2.12 2 active");
        service["serviceArguments"]!.ToJsonString().Should().Contain("\"mode\":1").And.Contain("\"sourcePool\":\"east\"").And.Contain("\"inactiveTimeOut\":900");

        shared.Succeeds(Service + "--detachEP --endpoints 192.0.2.11:7").Should().Be("lb tcp 203.0.113.10:80 endpoints detached\n");
        EndpointsOf(await shared.ReadServiceAsync()).Should().Equal("192.0.2.12 2 active");
        var unknown = shared.Run(Service + "--detachEP --endpoints 192.0.2.13:1");
        unknown.ExitCode.Should().Be(4);
        unknown.Error.Should().Contain("no such endpoint").And.Contain("192.0.2.13:80");

        shared.Succeeds(Service + "--detachEP --endpoints 192.0.2.12:1");
        (await shared.Scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
        shared.Run(Service + "--attachEP --endpoints 192.0.2.12:1").ExitCode.Should().Be(4);
    }

    [Fact]
    public async Task RangeAndMark_ArePartOfTheKeyToDelete()
    {
        shared.Succeeds($"create lb {StandardLab.RoutedVipV4} --tcp 80-90 --mark 7 --endpoints 192.0.2.11:1");

        shared.Run($"delete lb {StandardLab.RoutedVipV4} --tcp 80-90").ExitCode.Should().Be(4);
        shared.Run($"delete lb {StandardLab.RoutedVipV4} --tcp 80 --mark 7").ExitCode.Should().Be(4);
        shared.Succeeds($"delete lb {StandardLab.RoutedVipV4} --tcp 80-90 --block 7");

        (await shared.Scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
    }

    [Fact]
    public async Task Pool_IsCreatedShownReplacedAndDeleted()
    {
        shared.Succeeds("create pool north --addresses 198.18.7.1,2001:db8:7::1 --group inst2").Should().Be("pool north created\n");

        JsonNode.Parse(shared.Succeeds("get pool north -o json"))!.ToJsonString().Should().Be("""{"pools":[{"name":"north","vipGroup":"inst2","addresses":["198.18.7.1","2001:db8:7::1"]}]}""");
        shared.Succeeds("get pool -o wide").Should().MatchRegex("(?m)^north +inst2 +198\\.18\\.7\\.1,2001:db8:7::1$").And.MatchRegex("(?m)^east +llb-inst0 ");
        shared.Succeeds("create pool north --addresses 198.18.7.2");
        var replaced = await shared.Scenario.Api.GetPoolAsync("north", TestContext.Current.CancellationToken);
        replaced!.VipGroup.Should().Be("llb-inst0");
        replaced.Addresses.Should().Equal("198.18.7.2");
        shared.Succeeds("delete pool north").Should().Be("pool north deleted\n");
        (await shared.Scenario.Api.GetPoolAsync("north", TestContext.Current.CancellationToken)).Should().BeNull();
        shared.Run("get pool north").ExitCode.Should().Be(4);
        shared.Run("delete pool north").ExitCode.Should().Be(4);
    }

    private static IEnumerable<string> EndpointsOf(JsonNode service) => service["endpoints"]!.AsArray().Select(static e => $"{e!["endpointIP"]} {e["weight"]} {e["state"]}");
}
