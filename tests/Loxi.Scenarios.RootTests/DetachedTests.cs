using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>A real node whose programs somebody else takes off its interfaces.</summary>
public sealed class DetachedTests
{
    [Theory]
    [InlineData("tc", "tcx", AttachPoint.TcxIngress)]
    [InlineData("xdp", "xdp", AttachPoint.XdpNative)]
    public async Task LinkThatIsDetached_IsOnAgainInAMoment_IsLoggedAndCounted(string hook, string link, AttachPoint point)
    {
        await using var scenario = await Scenario.StartAsync(hook: hook);
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);

        foreach (var device in new[] { "eth0", "eth1" })
        {
            Detachment.Detach(scenario.Lab.Node, scenario.PinDirectory, device, link);
        }

        foreach (var device in new[] { "eth0", "eth1" })
        {
            await scenario.Daemon.WaitForLineAsync($@"Somebody took programs off {device} \({link}\)");
        }

        await Scenario.WaitUntilAsync(() =>
        {
            var points = scenario.ProgramsOn("eth0").Concat(scenario.ProgramsOn("eth1")).ToArray();
            return Task.FromResult((points.SequenceEqual([point, point]), string.Join(", ", points)));
        });
        await using (var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero }))
        {
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
        }

        (await scenario.ReadMetricsAsync()).Should().MatchRegex("loxi_nat_attachments_lost_total\\{[^}]*interface=\"eth0\"[^}]*\\} 1\\s");
        (await scenario.Daemon.StopAsync()).Should().Be(0, scenario.Daemon.Tail());
        await scenario.PurgeAsync();
        scenario.ProgramsOn("eth0").Concat(scenario.ProgramsOn("eth1")).Should().BeEmpty();
    }

    [Fact]
    public async Task XdpOffByNetlink_ChangesNothing()
    {
        await using var scenario = await Scenario.StartAsync(hook: "xdp");

        scenario.Lab.Node.TryExec("ip", "link", "set", "dev", "eth0", "xdp", "off").ExitCode.Should().NotBe(0, "a link holds the program");

        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.XdpNative);
    }

    [Fact]
    public async Task SomebodyElseInItsPlace_IsAnErrorOnce_AndTheStatusDoesNotShowTheInterface()
    {
        await using var scenario = await Scenario.StartAsync(hook: "xdp");
        using (Detachment.TakeXdp(scenario.Lab.Node, scenario.PinDirectory, "eth0"))
        {
            await scenario.Daemon.WaitForLineAsync("Cannot attach to eth0 with hook Xdp");
            await scenario.Daemon.WaitForLineAsync("another XDP program is attached");
            (await InterfacesAsync(scenario)).Should().Equal("eth1");
        }

        await Scenario.WaitUntilAsync(async () =>
        {
            var interfaces = await InterfacesAsync(scenario);
            return (interfaces is ["eth0", "eth1"], string.Join(", ", interfaces));
        });
        scenario.Daemon.Lines.Count(static line => line.Contains("Cannot attach to eth0", StringComparison.Ordinal)).Should().Be(1);
    }

    private static async Task<string[]> InterfacesAsync(Scenario scenario)
        => [.. (await scenario.Api.GetStatusAsync(TestContext.Current.CancellationToken)).Interfaces.Select(static one => one!.Name!)];
}
