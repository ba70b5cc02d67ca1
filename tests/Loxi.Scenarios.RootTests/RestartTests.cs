using FluentAssertions;
using Loxi.Api.V1;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class RestartTests
{
    private const int Connections = 1000;

    [Fact]
    public async Task KilledNode_LosesNoRequestAndTheNextProcessAdoptsEverything()
    {
        await using var scenario = await Scenario.StartAsync();
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);
        await using var load = Load.StartHttp(
            scenario.Lab.Client,
            new LoadOptions { Target = target, Connections = Connections, Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(10), Reconnect = false });
        await load.WaitUntilOpenAsync();
        await load.WaitForAnswersAsync(Connections);
        var before = await scenario.Api.ListConnectionsAsync(cancellationToken: TestContext.Current.CancellationToken);

        await scenario.Daemon.KillAsync();
        await load.WaitForAnswersAsync(2 * Connections);
        await scenario.StartDaemonAsync();
        await load.WaitForAnswersAsync(2 * Connections);

        var after = await scenario.Api.ListConnectionsAsync(cancellationToken: TestContext.Current.CancellationToken);
        var status = await scenario.Api.GetStatusAsync(TestContext.Current.CancellationToken);
        var services = await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken);
        var report = await load.StopAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.Progress.Connected.Should().Be(Connections);
        Keys(before).Should().HaveCount(Connections);
        Keys(after).Should().BeEquivalentTo(Keys(before));
        status.Adopted.Should().BeTrue();
        services.Should().ContainSingle().Which.ServiceArguments!.ExternalIP.Should().Be(StandardLab.RoutedVipV4);
    }

    [Fact]
    public async Task Sigterm_KeepsTheDataPlaneAndPurgeOnExitRemovesIt()
    {
        await using var scenario = await Scenario.StartAsync();
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);

        (await scenario.Daemon.StopAsync()).Should().Be(0, scenario.Daemon.Tail());

        await using (var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30 }))
        {
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
        }

        scenario.ProgramsOn("eth0").Should().ContainSingle();
        await scenario.StartDaemonAsync("tc", "--purge", "on-exit");
        (await scenario.Daemon.StopAsync()).Should().Be(0, scenario.Daemon.Tail());

        Directory.Exists(scenario.PinDirectory).Should().BeFalse();
        scenario.ProgramsOn("eth0").Concat(scenario.ProgramsOn("eth1")).Should().BeEmpty();
    }

    private static IEnumerable<string> Keys(ConnectionList list)
        => list.Connections!.Select(c => $"{c!.Protocol} {c.ClientIP}:{c.ClientPort} {c.ExternalIP}:{c.ExternalPort} {c.EndpointIP}:{c.EndpointPort}");
}
