using System.Net;
using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class InstanceTests
{
    [Fact]
    public async Task TwoInstancesOnOneHost_ServeBesideEachOtherAndPurgeTakesOnlyOne()
    {
        await using var scenario = await Scenario.StartAsync();
        var node = scenario.Lab.Node;
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var first = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);
        var name = node.Instance + "-b";
        LabProcess Second(params string[] more) => node.Start(
            "second", LabPrograms.Node, ["--instance", name, "--state-dir", $"/run/loxi/{name}", "--port", "11112", "--blacklist", "cni[0-9a-z]|veth.", "--max-connections", "65536", "--hook", "tc", .. more]);

        await using var second = Second("--purge", "on-exit");
        await second.WaitForLineAsync("Instance .* ready", TimeSpan.FromSeconds(60));
        node.Exec(LabPrograms.Cli, "create", "lb", StandardLab.OwnVipV4, "--tcp", "80:80", "--endpoints", "192.0.2.11:1,192.0.2.12:1,192.0.2.13:1", "--api", "http://127.0.0.1:11112");

        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.TcxIngress, AttachPoint.TcxIngress);
        await ServesAsync(scenario.Lab, first);
        await ServesAsync(scenario.Lab, new IPEndPoint(IPAddress.Parse(StandardLab.OwnVipV4), Scenario.Port));
        (await second.StopAsync()).Should().Be(0, second.Tail());
        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.TcxIngress);
        Directory.Exists($"/sys/fs/bpf/loxi/{name}").Should().BeFalse();
        node.Sysctl("net.ipv4.conf.eth0.accept_local").Should().Be("1", "the first instance needs it");
        await ServesAsync(scenario.Lab, first);
    }

    private static async Task ServesAsync(StandardLab lab, IPEndPoint target)
    {
        await using var load = Load.StartHttp(lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero });
        var report = await load.FinishAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.PerServer.Should().HaveCount(3);
    }
}
