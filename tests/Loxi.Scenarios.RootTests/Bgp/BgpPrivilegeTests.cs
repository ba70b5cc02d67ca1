using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>A node without CAP_NET_BIND_SERVICE: everything but ports below 1024 is as with it.</summary>
public sealed class BgpPrivilegeTests
{
    private const string Global = BgpBadInputScenario.Root + "/global";
    private const string Expected = "expected a port that this program may listen on: listen for BGP on '0.0.0.0:179': Permission denied (errno 13); ports below 1024 (sysctl net.ipv4.ip_unprivileged_port_start) need the capability CAP_NET_BIND_SERVICE";
    private static readonly string[] WithoutPorts = ["setpriv", "--bounding-set", "-net_bind_service"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Speaker_IsRefusedAndSaysWhy_AndWhatWasConfiguredStays_AtAnotherPortItIs()
    {
        await using var scenario = await Scenario.CreateAsync();
        scenario.Under = WithoutPorts;
        await scenario.StartDaemonAsync("tc", "--bgp");
        await scenario.Api.PutBgpNeighborAsync(new BgpNeighborArguments { IPAddress = scenario.Lab.ClientV4, RemoteAs = 64501 }, Cancellation);

        var (status, _, body) = await scenario.SendAsync(HttpMethod.Post, Global, """{"localAs":64500,"routerId":"198.51.100.1"}""");

        status.Should().Be(500, body);
        // All addresses are IPv4's and IPv6's.
        JsonNode.Parse(body)!["errors"]!.AsArray().Select(static e => $"{e!["field"]} '{e["value"]}': expected {e["expected"]}").Should()
            .Equal($"speaker.listenPort '179': {Expected}", $"speaker.listenPort '179': {Expected.Replace("0.0.0.0:179", "[::]:179", StringComparison.Ordinal)}");
        var (exitCode, _, error) = scenario.Lab.Node.TryExec(Loxi.TestKit.Processes.LabPrograms.Cli, "create", "bgpglobal", "64500");
        exitCode.Should().Be(1);
        error.Should().StartWith("loxictl: http://127.0.0.1:11111/: the node refused: bgp failed to start (500)\n").And.Contain($"speaker.listenPort '179': {Expected}");
        (await scenario.SendAsync(HttpMethod.Get, Global)).Status.Should().Be(404, "it is not half a speaker");
        (await scenario.Api.ListBgpNeighborsAsync(Cancellation)).Should().ContainSingle().Which.State.Should().Be("IDLE");

        await scenario.Api.PutBgpGlobalAsync(new BgpGlobalArguments { LocalAs = 64500, ListenPort = 1790 }, Cancellation);
        scenario.Lab.Node.Exec("ss", "-Hltn", "sport = :1790").Should().Contain("0.0.0.0:1790");
    }

    [Fact]
    public async Task Start_WithASpeakerOfBefore_EndsWithTheReason_AndTheConfigurationStays()
    {
        await using var scenario = await Scenario.StartAsync(null, "tc", "--bgp");
        await scenario.Api.PutBgpGlobalAsync(new BgpGlobalArguments { LocalAs = 64500, RouterId = StandardLab.NodeClientV4 }, Cancellation);
        await scenario.Daemon.StopAsync();
        var file = Path.Combine(scenario.StateDirectory, "bgp.json");
        var saved = await File.ReadAllTextAsync(file, Cancellation);
        scenario.Under = WithoutPorts;

        var daemon = scenario.Launch("tc", "--bgp");

        (await daemon.Completion.WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).Should().NotBe(0);
        daemon.Tail().Should().Contain($"--bgp: speaker.listenPort: value '179', {Expected}");
        (await File.ReadAllTextAsync(file, Cancellation)).Should().Be(saved);
    }
}
