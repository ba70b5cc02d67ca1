using FluentAssertions;
using Loxi.Ebpf.Native.Links;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class SysctlTests
{
    /// <summary>What a node needs, and the value that a host would have without it.</summary>
    private static readonly (string Name, string Before, string Needed)[] s_needed =
    [
        ("net.ipv4.ip_forward", "0", "1"),
        ("net.ipv6.conf.all.forwarding", "0", "1"),
        ("net.ipv4.conf.eth0.rp_filter", "1", "0"),
        ("net.ipv4.conf.eth1.rp_filter", "2", "0"),
        ("net.ipv4.conf.eth0.accept_local", "0", "1"),
        ("net.ipv4.conf.eth1.accept_local", "0", "1"),
    ];

    [Fact]
    public async Task Purge_PutsBackWhatTheNodeChangedAndLeavesWhatOthersChangedSince()
    {
        await using var scenario = await Scenario.CreateAsync();
        var node = scenario.Lab.Node;
        Set(node, static setting => setting.Before);

        await scenario.StartDaemonAsync();
        Read(node).Should().Equal(s_needed.Select(setting => setting.Needed));
        (await scenario.Daemon.StopAsync()).Should().Be(0);
        Read(node).Should().Equal(s_needed.Select(setting => setting.Needed), "the data plane goes on");
        await scenario.StartDaemonAsync();
        (await scenario.Daemon.KillAsync()).Should().NotBe(0);
        node.Sysctl("net.ipv4.conf.eth1.rp_filter", "1");

        await scenario.PurgeAsync();

        Read(node).Should().Equal(s_needed.Select(setting => setting.Name == "net.ipv4.conf.eth1.rp_filter" ? "1" : setting.Before));
        node.Sysctl($"net.ipv4.conf.{StandardLab.PodBridge}.accept_local").Should().Be("0", "the bridge is not the node's");
    }

    [Fact]
    public async Task EgressHooks_ReachLoopbackAndItsSettingsUntilPurge()
    {
        await using var scenario = await Scenario.CreateAsync();
        var node = scenario.Lab.Node;
        node.Sysctl("net.ipv4.conf.lo.rp_filter", "1");

        await scenario.StartDaemonAsync("tc", "--egr-hooks");

        (node.Sysctl("net.ipv4.conf.lo.accept_local"), node.Sysctl("net.ipv4.conf.lo.rp_filter")).Should().Be(("1", "0"));
        scenario.ProgramsOn("lo").Should().Equal(AttachPoint.TcxEgress);
        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.TcxIngress, AttachPoint.TcxEgress);
        scenario.ProgramsOn(StandardLab.PodVeth).Should().BeEmpty("it is not the node's");
        (await scenario.Daemon.StopAsync()).Should().Be(0);
        scenario.ProgramsOn("lo").Should().HaveCount(1, "the data plane goes on");
        await scenario.StartDaemonAsync();
        scenario.ProgramsOn("lo").Should().BeEmpty();
        scenario.ProgramsOn("eth0").Should().Equal(AttachPoint.TcxIngress);
        (await scenario.Daemon.StopAsync()).Should().Be(0);

        await scenario.PurgeAsync();

        (node.Sysctl("net.ipv4.conf.lo.accept_local"), node.Sysctl("net.ipv4.conf.lo.rp_filter")).Should().Be(("0", "1"));
        scenario.ProgramsOn("eth0").Should().BeEmpty();
    }

    [Fact]
    public async Task WhatTheSettingsWere_IsOnDiskBeforeAnyIsChanged()
    {
        await using var scenario = await Scenario.CreateAsync();
        var node = scenario.Lab.Node;
        Set(node, static setting => setting.Before);
        // Takes the place of the file that is written: nothing can be written down, so nothing may be changed.
        Directory.CreateDirectory(Path.Combine(scenario.StateDirectory, "sysctls.json.tmp"));

        await using var daemon = scenario.Launch();

        (await daemon.Completion).Should().Be(1, daemon.Tail());
        daemon.Lines.Should().Contain(line => line.StartsWith("loxid: ", StringComparison.Ordinal) && line.Contains("sysctls.json.tmp", StringComparison.Ordinal), daemon.Tail());
        Read(node).Should().Equal(s_needed.Select(setting => setting.Before));
    }

    [Fact]
    public async Task StrictReversePathForAllInterfaces_IsMadeLooseWhereTheNodeIs()
    {
        await using var scenario = await Scenario.CreateAsync();
        var node = scenario.Lab.Node;
        node.Sysctl("net.ipv4.conf.all.rp_filter", "1");

        await scenario.StartDaemonAsync();

        node.Sysctl("net.ipv4.conf.eth0.rp_filter").Should().Be("2", "the kernel takes the larger of the two");
        node.Sysctl("net.ipv4.conf.all.rp_filter").Should().Be("1", "other interfaces are not the node's");
    }

    [Theory]
    [InlineData("net.ipv4.ip_forward", "0", "net/ipv4/ip_forward is 0, expected 1")]
    [InlineData("net.ipv6.conf.all.forwarding", "0", "net/ipv6/conf/all/forwarding is 0, expected 1")]
    [InlineData("net.ipv4.conf.eth1.rp_filter", "1", "net/ipv4/conf/eth1/rp_filter is 1 and net/ipv4/conf/all/rp_filter is 0, expected 0 in both or 2 in one")]
    [InlineData("net.ipv4.conf.eth0.accept_local", "0", "net/ipv4/conf/eth0/accept_local is 0, expected 1")]
    public async Task NoSysctl_EndsWithOneAndNamesSettingValueAndWhatWasExpected(string name, string value, string message)
    {
        await using var scenario = await Scenario.CreateAsync();
        var node = scenario.Lab.Node;
        Set(node, static setting => setting.Needed);
        node.Sysctl(name, value);

        await using var daemon = scenario.Launch("tc", "--no-sysctl");

        (await daemon.Completion).Should().Be(1, daemon.Tail());
        daemon.Lines.Should().Contain(line => line.StartsWith("loxid: --no-sysctl", StringComparison.Ordinal) && line.Contains(message, StringComparison.Ordinal), daemon.Tail());
        node.Sysctl(name).Should().Be(value);
        Directory.Exists(scenario.PinDirectory).Should().BeFalse("a first start that fails leaves nothing behind");
        scenario.ProgramsOn("eth0").Concat(scenario.ProgramsOn("eth1")).Should().BeEmpty();
    }

    [Fact]
    public async Task NoSysctl_StartsOnAPreparedHost()
    {
        await using var scenario = await Scenario.CreateAsync();
        Set(scenario.Lab.Node, static setting => setting.Needed);

        await scenario.StartDaemonAsync("tc", "--no-sysctl");

        Read(scenario.Lab.Node).Should().Equal(s_needed.Select(setting => setting.Needed));
    }

    private static void Set(LabHost node, Func<(string Name, string Before, string Needed), string> value)
    {
        foreach (var setting in s_needed)
        {
            node.Sysctl(setting.Name, value(setting));
        }
    }

    private static IEnumerable<string> Read(LabHost node) => s_needed.Select(setting => node.Sysctl(setting.Name));
}
