using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>Graceful restart of the peer and of ourselves (RFC 4724, 8538), long-lived stale routes (RFC 9494).</summary>
public sealed class GracefulRestartTests
{
    private const string DownKept = "down [Ipv4Unicast Ipv6Unicast]";

    [Fact]
    public void Rfc4724_Section4_2_LostConnection_RoutesStayForTheRestartTime()
    {
        var driver = Graceful();
        driver.Closed(driver.Establish()).Should().Equal("1 close", DownKept);
        driver.ConnectFailed();
        driver.Pass(119.9).Should().NotContain(line => line.StartsWith("purge", StringComparison.Ordinal));
        driver.Pass(0.2).Should().Contain(["purge Ipv4Unicast", "purge Ipv6Unicast"]);
    }

    [Fact]
    public void Rfc4724_Section3_WithoutTheCapability_RoutesGoAtOnce()
    {
        var driver = new Driver();
        driver.Closed(driver.Establish()).Should().Equal("1 close", "down []");

        driver = new Driver(peer => peer with { GracefulRestart = true });
        driver.Closed(driver.Establish()).Should().Equal("1 close", "down []");
    }

    [Fact]
    public void Rfc4724_Section3_OnlyFamiliesThatThePeerNames_AreKept()
    {
        var driver = Graceful(peer => peer with { Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast] });
        driver.PeerOpen = driver.PeerOpen with
        {
            Capabilities = driver.PeerOpen.Capabilities with { GracefulRestart = new GracefulRestartCapability(false, true, 120, [(BgpFamily.Ipv6Unicast, true)]) },
        };
        driver.Closed(driver.Establish()).Should().Contain("down [Ipv6Unicast]");
    }

    [Fact]
    public void Rfc4724_Section4_2_PeerIsBack_StaleRoutesGoAtEndOfRib()
    {
        var driver = Restarting();
        var second = driver.Establish(incoming: true);
        driver.EndOfRib(second, BgpFamily.Ipv4Unicast).Should().Equal("purge Ipv4Unicast");
        driver.Session.IsStale(BgpFamily.Ipv6Unicast).Should().BeTrue();
        driver.EndOfRib(second, BgpFamily.Ipv6Unicast).Should().Equal("purge Ipv6Unicast");
        driver.EndOfRib(second, BgpFamily.Ipv6Unicast).Should().BeEmpty("nothing is stale any more");
    }

    [Fact]
    public void Rfc4724_Section4_2_PeerIsBackWithoutEndOfRib_StaleRoutesGoByTime()
    {
        var driver = Restarting();
        var second = driver.Establish(incoming: true);
        driver.Pass(359, each: () => driver.Keepalive(second)).Should().OnlyContain(line => line.EndsWith("keepalive", StringComparison.Ordinal));
        driver.Pass(1.1, each: () => driver.Keepalive(second)).Should().Contain(["purge Ipv4Unicast", "purge Ipv6Unicast"]);
    }

    [Fact]
    public void Rfc4724_Section4_2_PeerIsBackWithoutForwardingState_StaleRoutesGoAtOnce()
    {
        var driver = Restarting();
        var restart = driver.PeerOpen.Capabilities.GracefulRestart!;
        driver.PeerOpen = driver.PeerOpen with
        {
            Capabilities = driver.PeerOpen.Capabilities with { GracefulRestart = restart with { Families = [(BgpFamily.Ipv4Unicast, false), (BgpFamily.Ipv6Unicast, true)] } },
        };
        var second = driver.Accepted();
        driver.Open(second);
        driver.Keepalive(second).Should().Equal("purge Ipv4Unicast", $"{second} up");
    }

    [Fact]
    public void Rfc4724_Section4_2_PeerIsBackWithoutTheCapability_StaleRoutesGoAtOnce()
    {
        var driver = Restarting();
        driver.PeerOpen = driver.PeerOpen with { Capabilities = driver.PeerOpen.Capabilities with { GracefulRestart = null } };
        var second = driver.Accepted();
        driver.Open(second);
        driver.Keepalive(second).Should().Equal("purge Ipv4Unicast", "purge Ipv6Unicast", $"{second} up");
    }

    [Fact]
    public void Rfc8538_Section4_NotificationWithNBit_RoutesStay()
    {
        var driver = Graceful();
        driver.Notification(driver.Establish(), BgpErrorCode.Cease, CeaseSubcode.AdministrativeReset).Should().Equal("1 close", DownKept);
    }

    [Fact]
    public void Rfc8538_Section4_HardReset_RoutesGo()
    {
        var driver = Graceful();
        driver.Notification(driver.Establish(), BgpErrorCode.Cease, CeaseSubcode.AdministrativeShutdown, hardReset: true).Should().Equal("1 close", "down []");
    }

    [Fact]
    public void Rfc4724_Section4_NotificationWithoutNBit_RoutesGo()
    {
        var driver = WithoutN();
        driver.Notification(driver.Establish(), BgpErrorCode.Cease, CeaseSubcode.AdministrativeReset).Should().Equal("1 close", "down []");
    }

    [Fact]
    public void Rfc8538_Section4_HoldTimeExpires_RoutesStayWithNBitOnly()
    {
        var driver = Graceful();
        driver.Establish();
        driver.Pass(90).Should().ContainInOrder("1 notification 4/0", "1 close", DownKept);

        driver = WithoutN();
        driver.Establish();
        driver.Pass(90).Should().ContainInOrder("1 notification 4/0", "1 close", "down []");
    }

    [Fact]
    public void Rfc8538_Section3_CeasesThatMustNotKeepRoutes_AreWrapped()
    {
        var driver = Graceful();
        driver.Establish();
        driver.Stop(SessionStopKind.Shutdown, "gone").Should().Equal("1 notification 6/9", "1 close", "down []");
        driver.Session.LastError!.Notification!.Data.Should().Equal([6, 2, 4, .. "gone"u8]);

        driver = Graceful();
        driver.Establish();
        driver.Stop(SessionStopKind.Deleted).Should().Contain("1 notification 6/9");
        driver.Session.LastError!.Notification!.Data.Should().Equal(6, 3);
    }

    [Fact]
    public void Rfc8538_Section3_OtherCeases_AreNotWrapped()
    {
        var driver = Graceful();
        driver.Establish();
        driver.Reset().Should().Equal("1 notification 6/4", "1 close", DownKept, "connect");

        driver = WithoutN();
        driver.Establish();
        driver.Stop(SessionStopKind.Shutdown).Should().Contain("1 notification 6/2");
    }

    [Fact]
    public void Rfc4724_Section4_PlannedRestart_ClosesWithoutNotification()
    {
        var driver = Graceful();
        driver.Establish();
        driver.Stop(SessionStopKind.Restart).Should().Equal("1 close", "down []");

        driver = new Driver();
        driver.Establish();
        driver.Stop(SessionStopKind.Restart).Should().Equal(["1 notification 6/2", "1 close", "down []"], "the peer would not keep our routes");
    }

    [Fact]
    public void Rfc4724_Section4_1_RestartingSpeaker_SaysRAndFUntilItIsUp()
    {
        var driver = Graceful();
        driver.Session.SetRestarted(new RestartState(true, [BgpFamily.Ipv4Unicast]));
        driver.Start();
        driver.Connected(out _);
        var first = driver.LastActions.Single().Open!.Capabilities.GracefulRestart!;
        first.Restarted.Should().BeTrue();
        first.Families.Should().Equal((BgpFamily.Ipv4Unicast, true), (BgpFamily.Ipv6Unicast, false));
        driver.Open(1);
        driver.Keepalive(1);

        driver.Closed(1);
        var second = driver.Accepted(out _);
        second.Should().Be(2);
        driver.LastActions.Single(static action => action.Kind == SessionActionKind.SendNotification).Notification!.ToString().Should().Be("6/5", "it fell soon after it came up");
        driver.Pass(2);
        driver.Connected(out _);
        var later = driver.LastActions.Single().Open!.Capabilities.GracefulRestart!;
        later.Restarted.Should().BeFalse("this time only the session was lost");
        later.Families.Should().Equal((BgpFamily.Ipv4Unicast, true), (BgpFamily.Ipv6Unicast, true));
    }

    [Fact]
    public void Rfc9494_Section4_2_RestartTimeOver_LongLivedPeriodBegins()
    {
        var driver = LongLived();
        driver.Closed(driver.Establish()).Should().Equal("1 close", DownKept);
        driver.Session.SetRestarted(RestartState.None);
        var passed = driver.Pass(120).Where(static line => line.Contains("Unicast", StringComparison.Ordinal));
        passed.Should().Equal("long-lived Ipv4Unicast", "long-lived Ipv6Unicast");
        passed = driver.Pass(599).Where(static line => line.Contains("Unicast", StringComparison.Ordinal));
        passed.Should().BeEmpty();
        driver.Pass(1.1).Should().Contain(["purge Ipv4Unicast", "purge Ipv6Unicast"]);
    }

    [Fact]
    public void Rfc9494_Section4_2_RestartTimeZero_LongLivedPeriodBeginsAtOnce()
    {
        var driver = LongLived(restartTime: 0);
        driver.Closed(driver.Establish()).Should().Equal("1 close", DownKept, "long-lived Ipv4Unicast", "long-lived Ipv6Unicast");
    }

    [Fact]
    public void Rfc9494_Section4_2_ConsecutiveRestarts_DoNotSetTheTimerAnew()
    {
        var driver = LongLived(restartTime: 0);
        driver.Closed(driver.Establish());
        driver.Pass(400);
        Back(driver, out var second);
        driver.Pass(40, each: () => driver.Keepalive(second));
        driver.Closed(second).Should().Contain(DownKept);
        var passed = driver.Pass(159, stamped: true).Where(static line => line.StartsWith("purge", StringComparison.Ordinal));
        passed.Should().BeEmpty();
        driver.Pass(2).Should().Contain(["purge Ipv4Unicast", "purge Ipv6Unicast"], "600 s after the first loss");
    }

    [Fact]
    public void Rfc9494_Section4_2_PeerIsBackAndSynchronized_TheTimerIsNew()
    {
        var driver = LongLived(restartTime: 0);
        driver.Closed(driver.Establish());
        driver.Pass(400);
        Back(driver, out var second);
        driver.EndOfRib(second, BgpFamily.Ipv4Unicast);
        driver.EndOfRib(second, BgpFamily.Ipv6Unicast);
        driver.Pass(40, each: () => driver.Keepalive(second));
        driver.Closed(second);
        driver.Pass(590).Should().NotContain("purge Ipv4Unicast");
        driver.Pass(11).Should().Contain("purge Ipv4Unicast");
    }

    [Fact]
    public void Rfc9494_Section4_2_PeerIsBackWithoutLongLivedF_StaleRoutesGoAtOnce()
    {
        var driver = LongLived(restartTime: 0);
        driver.Closed(driver.Establish());
        var open = driver.PeerOpen.Capabilities;
        driver.PeerOpen = driver.PeerOpen with { Capabilities = open with { LongLived = [.. open.LongLived.Select(static entry => entry with { Forwarding = false })] } };
        driver.Pass(40);
        var second = Connection(driver);
        driver.Open(second);
        driver.Keepalive(second).Should().Contain(["purge Ipv4Unicast", "purge Ipv6Unicast"]);
    }

    [Fact]
    public void Stop_WithStaleRoutes_DropsThem()
    {
        var driver = Restarting();
        driver.Stop(SessionStopKind.Deleted).Should().Contain(["purge Ipv4Unicast", "purge Ipv6Unicast"]);
    }

    internal static Driver Graceful(Func<BgpPeerSettings, BgpPeerSettings>? configure = null)
    {
        var driver = new Driver(peer => (configure?.Invoke(peer) ?? peer) with { GracefulRestart = true });
        driver.PeerOpen = Driver.OpenOf(64_513, "192.0.2.2", peer => peer with { GracefulRestart = true });
        return driver;
    }

    private static Driver WithoutN()
    {
        var driver = Graceful();
        var capabilities = driver.PeerOpen.Capabilities;
        driver.PeerOpen = driver.PeerOpen with { Capabilities = capabilities with { GracefulRestart = capabilities.GracefulRestart! with { Notification = false } } };
        return driver;
    }

    private static Driver LongLived(ushort restartTime = 120)
    {
        var driver = new Driver(peer => peer with { GracefulRestart = true, LongLivedStaleTime = TimeSpan.FromMinutes(10) });
        var open = Driver.OpenOf(64_513, "192.0.2.2", peer => peer with { GracefulRestart = true, LongLivedStaleTime = TimeSpan.FromMinutes(10) });
        driver.PeerOpen = open with { Capabilities = open.Capabilities with { GracefulRestart = open.Capabilities.GracefulRestart! with { RestartTime = restartTime } } };
        return driver;
    }

    /// <summary>A session that was Established long enough, and lost its connection.</summary>
    private static Driver Restarting()
    {
        var driver = Graceful();
        var first = driver.Establish();
        driver.Pass(40, each: () => driver.Keepalive(first));
        driver.Closed(first).Should().Contain(DownKept);
        return driver;
    }

    private static void Back(Driver driver, out int connection)
    {
        connection = Connection(driver);
        driver.Open(connection);
        driver.Keepalive(connection).Should().Contain($"{connection} up");
    }

    // The peer connects when it is not held.
    private static int Connection(Driver driver)
    {
        if (driver.Session.State == BgpState.Connect)
        {
            return driver.Connected();
        }

        return driver.Accepted();
    }
}
