using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class EndpointStateTests
{
    [Fact]
    public async Task RedByHand_GetsNoNewConnectionAlsoAfterARestartUntilGreen()
    {
        await using var scenario = await Scenario.StartAsync();
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);

        await SetStateAsync(scenario, "red");
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep3"]);
        await scenario.Daemon.KillAsync();
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep3"]);
        await scenario.StartDaemonAsync();
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep3"]);
        (await StateAsync(scenario)).Should().Be("red");

        // A service that is made anew finds the state too.
        await scenario.Api.DeleteAllServicesAsync(TestContext.Current.CancellationToken);
        await scenario.AddServiceAsync(StandardLab.RoutedVipV4, change: arguments => arguments with { Monitor = true });
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep3"]);

        await SetStateAsync(scenario, "green");
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);
        (await StateAsync(scenario)).Should().Be("ok");
    }

    [Fact]
    public async Task DrainedByHand_KeepsItsConnectionsAndGetsNoNewOneAlsoAfterARestartUntilGreen()
    {
        await using var scenario = await Scenario.StartAsync();
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);
        await using var kept = Load.StartHttp(
            scenario.Lab.Client,
            new LoadOptions { Target = target, Connections = 3, Interval = TimeSpan.FromMilliseconds(100), Timeout = TimeSpan.FromSeconds(10), Reconnect = false });
        await kept.WaitUntilOpenAsync();

        await SetStateAsync(scenario, "draining");
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep3"]);
        (await StateAsync(scenario)).Should().Be("draining");
        await scenario.WaitForStatesAsync(TimeSpan.FromSeconds(1), "active", "draining", "active");
        await scenario.Daemon.KillAsync();
        await scenario.StartDaemonAsync();
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep3"]);
        // A service that comes later has the endpoint drained too.
        var other = await scenario.AddServiceAsync(StandardLab.OwnVipV4);
        (await ServedAsync(scenario, other)).Should().BeEquivalentTo(["ep1", "ep3"]);
        await kept.WaitForAnswersAsync(9);

        await SetStateAsync(scenario, "green");
        (await ServedAsync(scenario, target)).Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);
        var report = await kept.StopAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.PerServer.Keys.Should().BeEquivalentTo(["ep1", "ep2", "ep3"]);
    }

    [Fact]
    public async Task ConfiguredProbe_DecidesForAServiceThatAskedForNoneUntilItIsDeleted()
    {
        await using var scenario = await Scenario.StartAsync();
        var servers = await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        await scenario.AddServiceAsync(StandardLab.RoutedVipV4);
        await scenario.Api.ConfigureEndpointAsync(
            new EndpointArguments { HostName = StandardLab.EndpointV4(1), ProbeType = "tcp", ProbePort = Scenario.Port, ProbeDuration = 1, InactiveRetries = 1 },
            TestContext.Current.CancellationToken);

        await servers[1].KillAsync();
        await scenario.WaitForStatesAsync(TimeSpan.FromSeconds(6), "active", "inactive", "active");
        (await StateAsync(scenario)).Should().Be("nok");
        await scenario.Daemon.KillAsync();
        await scenario.StartDaemonAsync();
        await scenario.WaitForStatesAsync(TimeSpan.FromSeconds(6), "active", "inactive", "active");

        (await scenario.Api.DeleteEndpointAsync(IPAddress.Parse(StandardLab.EndpointV4(1)), cancellationToken: TestContext.Current.CancellationToken)).Should().BeTrue();
        await scenario.WaitForStatesAsync(TimeSpan.FromSeconds(1), "active", "active", "active");
    }

    private static async Task<IEnumerable<string>> ServedAsync(Scenario scenario, IPEndPoint target)
    {
        await using var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 60 });
        var report = await load.FinishAsync();
        report.Failed.Should().Be(0, report.ToString());
        return report.PerServer.Where(static s => s.Value != 0).Select(static s => s.Key).ToList();
    }

    private static Task SetStateAsync(Scenario scenario, string state) => scenario.Api.SetEndpointStateAsync(
        new EndpointHostState { HostName = StandardLab.EndpointV4(1), EndpointPort = Scenario.Port, EndpointProtocol = "tcp", State = state },
        TestContext.Current.CancellationToken);

    private static async Task<string?> StateAsync(Scenario scenario) =>
        (await scenario.Api.ListEndpointsAsync(TestContext.Current.CancellationToken)).Single(static e => e.HostName == StandardLab.EndpointV4(1)).State;
}
