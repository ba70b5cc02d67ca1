using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class InterfaceTests
{
    [Fact]
    public async Task BlacklistedInterfaces_CarryNoProgramAndNoQdisc()
    {
        await using var scenario = await Scenario.StartAsync();
        var node = scenario.Lab.Node;

        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.TcxIngress);
        scenario.ProgramsOn("eth1").Should().Equal(AttachPoint.TcxIngress);
        foreach (var device in new[] { StandardLab.PodBridge, StandardLab.PodVeth })
        {
            scenario.ProgramsOn(device).Should().BeEmpty();
            node.Exec("tc", "qdisc", "show", "dev", device).Should().NotContain("clsact");
        }

        (await InterfacesAsync(scenario)).Should().Equal("eth0", "eth1");
    }

    [Fact]
    public async Task Whitelist_DecidesAlone()
    {
        await using var scenario = await Scenario.StartAsync(null, "tc", "--whitelist", "^(eth1|cni0)$");

        (await InterfacesAsync(scenario)).Should().BeEquivalentTo("eth1", "cni0");
    }

    [Fact]
    public async Task InterfaceThatAppearsLater_IsAttachedAndServedAndForgottenWhenItGoes()
    {
        await using var scenario = await Scenario.StartAsync(hook: "xdp");
        var (node, client) = (scenario.Lab.Node, scenario.Lab.Client);
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);

        scenario.Lab.Lab.Connect(client, "eth7", node, "eth7");
        await scenario.Daemon.WaitForLineAsync(@"Attached to eth7 \(xdp\)");
        node.AddAddress("eth7", "198.18.7.1/24");
        client.AddAddress("eth7", "198.18.7.10/24");
        client.Ip($"route replace {StandardLab.RoutedVipV4}/32 via 198.18.7.1");
        await using (var load = Load.StartHttp(client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero }))
        {
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
            report.ClientAddresses.Should().Equal("198.18.7.10");
        }

        scenario.Lab.Lab.Connect(client, "eth8", node, "eth8");
        await scenario.Daemon.WaitForLineAsync(@"Attached to eth8 \(xdp\)");
        (await InterfacesAsync(scenario)).Should().BeEquivalentTo("eth0", "eth1", "eth7", "eth8");
        node.Ip("link delete eth8");
        await scenario.Daemon.WaitForLineAsync("Detached from eth8");
        (await InterfacesAsync(scenario)).Should().BeEquivalentTo("eth0", "eth1", "eth7");
    }

    [Fact]
    public async Task ForeignFilterAndQdisc_SurviveStartTrafficEndAndPurge()
    {
        await using var scenario = await Scenario.CreateAsync();
        var node = scenario.Lab.Node;
        node.Exec("tc", "qdisc", "add", "dev", "eth0", "root", "handle", "8:", "tbf", "rate", "1gbit", "burst", "100k", "latency", "50ms");
        node.Exec("tc", "qdisc", "add", "dev", "eth0", "clsact");
        node.Exec("tc", "filter", "add", "dev", "eth0", "ingress", "prio", "7", "protocol", "ip", "u32", "match", "ip", "dst", "203.0.113.0/24", "flowid", "8:1");
        node.Exec("tc", "filter", "add", "dev", "eth0", "egress", "prio", "9", "protocol", "ip", "u32", "match", "u32", "0", "0", "flowid", "8:1");
        var before = Foreign(node);
        before.Should().Contain("tbf 8:").And.Contain("clsact").And.Contain("pref 7").And.Contain("pref 9");
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);

        await scenario.StartDaemonAsync();
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4);
        await using (var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero }))
        {
            (await load.FinishAsync()).Failed.Should().Be(0);
        }

        Foreign(node).Should().Be(before);
        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.TcxIngress);
        (await scenario.Daemon.StopAsync()).Should().Be(0, scenario.Daemon.Tail());
        Foreign(node).Should().Be(before);
        await scenario.PurgeAsync();
        Foreign(node).Should().Be(before);
        scenario.ProgramsOn("eth0").Concat(scenario.ProgramsOn("eth1")).Should().BeEmpty();
        Directory.Exists(scenario.PinDirectory).Should().BeFalse();
    }

    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task ClientBehindAVlanTag_IsServed(string hook)
    {
        const int vlan = 100;
        await using var scenario = await Scenario.StartAsync(new StandardLabOptions { Vlan = vlan, StaticNeighbours = true }, hook);
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        using var wire = scenario.Lab.Client.Capture("eth0", packet => packet.IsTcp && !packet.Outgoing);
        foreach (var vip in new[] { StandardLab.RoutedVipV4, StandardLab.RoutedVipV6 })
        {
            var target = await scenario.AddServiceAsync(vip);
            await using var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero });
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
            report.PerServer.Should().BeEquivalentTo(new Dictionary<string, long> { ["ep1"] = 10, ["ep2"] = 10, ["ep3"] = 10 });
        }

        await wire.WaitForAsync(packet => packet.IsV6, "an answer");
        wire.Packets.Should().OnlyContain(packet => packet.Vlan == vlan);
    }

    [Theory]
    [InlineData("tc,eth0=xdp")]
    [InlineData("xdp,eth0=tc")]
    public async Task DifferentHooksOnBothSides_Serve(string hook)
    {
        await using var scenario = await Scenario.StartAsync(hook: hook);
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        foreach (var vip in new[] { StandardLab.RoutedVipV4, StandardLab.OwnVipV6 })
        {
            var target = await scenario.AddServiceAsync(vip);
            await using var load = Load.StartHttp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero });
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
        }
    }

    private static string Foreign(LabHost node) =>
        node.Exec("tc", "qdisc", "show", "dev", "eth0") + node.Exec("tc", "filter", "show", "dev", "eth0", "ingress") + node.Exec("tc", "filter", "show", "dev", "eth0", "egress");

    private static async Task<IEnumerable<string>> InterfacesAsync(Scenario scenario)
        => (await scenario.Api.GetStatusAsync(TestContext.Current.CancellationToken)).Interfaces.Select(one => one!.Name!);
}
