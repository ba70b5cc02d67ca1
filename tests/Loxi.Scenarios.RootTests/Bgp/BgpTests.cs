using FluentAssertions;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bgp;

/// <summary>Services that real nodes announce to a real router, with HTTP through their data planes.</summary>
public sealed class BgpTests
{
    private static readonly bool[] NoAndYes = [false, true];
    private static readonly bool[] No = [false];

    [Fact]
    public async Task ActiveActive_BothNodesServe_AndTheDeathOfOneIsOverWithItsHoldTime()
    {
        await using var lab = new BgpLab();
        await lab.StartAsync();
        await lab.WaitForNextHopsAsync(0, 1);

        await using (var load = lab.StartLoad(requests: 200))
        {
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
            report.ClientAddresses.Should().BeEquivalentTo(lab.SourceOf(0), lab.SourceOf(1));
        }

        await using (var load = lab.StartLoad())
        {
            await load.WaitForAnswersAsync(20);
            // The whole node: its data plane would serve on when only the process dies.
            lab.Nodes[1].Host.SetUp("eth0", false);
            await lab.WaitForNextHopsAsync(0);
            var report = await load.StopAsync();
            TestContext.Current.TestOutputHelper?.WriteLine($"while a node died: {report}");
            report.Answered.Should().BeGreaterThan(20);
        }

        await using (var load = lab.StartLoad(requests: 100))
        {
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
            report.ClientAddresses.Should().Equal(lab.SourceOf(0));
        }
    }

    /// <summary>With FRR and BIRD, to another AS and in the same, with and without the session between the nodes that kube-loxilb makes.</summary>
    public static TheoryData<bool, bool, bool, bool> Routers => new(
        from isBird in NoAndYes
        from isInternal in NoAndYes
        from mesh in NoAndYes
        from isIpv6 in mesh && isBird == isInternal ? NoAndYes : No
        select (isBird, isInternal, mesh, isIpv6));

    [Theory]
    [MemberData(nameof(Routers))]
    public async Task ActiveBackup_TheRouterHoldsBothPathsAndPrefersTheMaster_AndHasNothingOfANodeWithoutARole(bool isBird, bool isInternal, bool mesh, bool isIpv6)
    {
        // eBGP: the backup's path has its AS once more, none has a LOCAL_PREF of ours. iBGP: LOCAL_PREF decides, and nothing is prepended.
        var (master, backup) = isInternal
            ? ("path Local, MED 10, LOCAL_PREF 5000", "path Local, MED 20, LOCAL_PREF 100")
            : ("path 65100, MED 10, LOCAL_PREF -", "path 65100 65100, MED 20, LOCAL_PREF -");
        await using var lab = new BgpLab(isInternal, isBird, isIpv6);
        await lab.StartAsync(mesh);
        await lab.SetRoleAsync(0, "MASTER");
        await lab.SetRoleAsync(1, "BACKUP");
        await lab.WaitForPathsAsync(master, backup);
        await lab.WaitForNextHopsAsync(0);
        await using (var load = lab.StartLoad(requests: 50))
        {
            (await load.FinishAsync()).ClientAddresses.Should().Equal(lab.SourceOf(0));
        }

        await lab.SetRoleAsync(1, "MASTER");
        await lab.SetRoleAsync(0, "BACKUP");
        await lab.WaitForPathsAsync(backup, master);
        await lab.WaitForNextHopsAsync(1);
        await using var moved = lab.StartLoad(requests: 50);
        var report = await moved.FinishAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.ClientAddresses.Should().Equal(lab.SourceOf(1));

        await lab.SetRoleAsync(0, "FAULT");
        await lab.WaitForPathsAsync(null, master);
        await lab.Nodes[1].Daemon.StopAsync();
        await lab.WaitForPathsAsync(null, null);
        await lab.WaitForNextHopsAsync();
    }

    /// <summary>The router moves the connections that are open at that moment to a node that does not know them: it answers RST (no sync, one-arm). No other request may fail, and none may wait.</summary>
    [Fact]
    public async Task CleanStop_LosesNoRequestButThoseOnTheWay()
    {
        await using var lab = new BgpLab();
        await lab.StartAsync(false, "--bgp-drain", "3000");
        await lab.WaitForNextHopsAsync(0, 1);
        await using var load = lab.StartLoad();
        await load.WaitForAnswersAsync(20);

        var stop = lab.Nodes[1].Daemon.StopAsync();
        // RFC 8326: first it is asked for other ways, while the old one is there still.
        await Scenario.WaitUntilAsync(() => Task.FromResult((lab.Frr.Ask($"show bgp ipv4 unicast {lab.Vip}/32").Contains("graceful-shutdown", StringComparison.Ordinal), lab.Frr.Ask("show bgp ipv4 unicast"))));
        await stop;
        await lab.WaitForNextHopsAsync(0);

        await load.WaitForAnswersAsync(20);
        var report = await load.StopAsync();
        report.FailedByKind.Keys.Should().BeSubsetOf([ErrorKind.Reset], report.ToString());
        report.Failed.Should().BeLessThanOrEqualTo(BgpLab.LoadConnections, report.ToString());
        report.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(1), report.ToString());
        lab.Frr.Ask("show bgp neighbors 192.168.80.2").Should().Contain("Administrative Shutdown");
    }

    [Fact]
    public async Task KilledProcess_IsWithdrawnAsSoonAsTcpSays()
    {
        await using var lab = new BgpLab();
        await lab.StartAsync();
        await lab.WaitForNextHopsAsync(0, 1);

        await lab.Nodes[1].Daemon.KillAsync();

        await lab.WaitForNextHopsAsync(0);
        lab.Frr.Ask("show bgp neighbors 192.168.80.2").Should().NotContain("Hold Timer Expired");
    }

    [Fact]
    public async Task NodeWithoutAnEndpoint_IsLeftOutUntilItHasOne()
    {
        await using var lab = new BgpLab();
        await lab.StartAsync();
        await lab.WaitForNextHopsAsync(0, 1);

        await lab.SetEndpointAsync(1, "red");
        await lab.WaitForNextHopsAsync(0);
        await using (var load = lab.StartLoad(requests: 50))
        {
            var report = await load.FinishAsync();
            report.Failed.Should().Be(0, report.ToString());
        }

        await lab.SetEndpointAsync(1, "green");
        await lab.WaitForNextHopsAsync(0, 1);
    }

    [Fact]
    public async Task LearnedRoutes_AreInTheKernelWhenAskedFor_OverADeathToo_AndNeverPassedOn()
    {
        await using var lab = new BgpLab();
        await lab.StartAsync(mesh: true, "--bgp-install-routes");
        lab.Nodes[0].Host.Ip("route show proto 76").Should().BeEmpty("nothing is taken from an eBGP peer without being asked (RFC 8212)");
        await lab.AcceptRoutesAsync(0);
        await lab.WaitForLearnedAsync(0, isThere: true);
        lab.Nodes[0].Host.Ip("route show proto 76").Should().Contain($"via {lab.RouterAddress} ");
        lab.Nodes[1].Host.Ip("route show proto 76").Should().BeEmpty("what one node learns it does not tell the other");

        await lab.Nodes[0].Daemon.KillAsync();
        lab.Nodes[0].Host.Ip("route show proto 76").Should().Contain(lab.Learned);
        // Meanwhile the router has nothing to tell any more. It says no End-of-RIB without graceful restart: the restart time decides.
        lab.Frr.Ask("configure terminal", "router bgp 65101", "address-family ipv4 unicast", $"no network {lab.Learned}");
        await lab.Nodes[0].StartAsync("--bgp", "--bgp-install-routes");
        await lab.WaitForLearnedAsync(0, isThere: false);

        lab.Frr.Ask("configure terminal", "router bgp 65101", "address-family ipv4 unicast", $"network {lab.Learned}");
        await lab.WaitForLearnedAsync(0, isThere: true);
        await lab.Nodes[0].Daemon.StopAsync();
        lab.Nodes[0].Host.Ip("route show proto 76").Should().BeEmpty();
    }
}
