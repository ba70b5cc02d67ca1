using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>When it is tried again (RFC 4271 8.1.1, 8.1.3, 10).</summary>
public sealed class BackoffTests
{
    [Fact]
    public void Rfc4271_Section10_ConnectRetryTime_DoublesToTheLimitLessJitter()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var driver = new Driver(seed: seed);
            driver.Start();
            foreach (var full in new[] { 1, 2, 4, 8, 16, 30, 30 })
            {
                driver.ConnectFailed();
                var wait = (driver.Session.Deadline - driver.Now).TotalSeconds;
                wait.Should().BeInRange(full * 0.75, full, $"seed {seed}");
                driver.Pass(wait + 0.001).Should().Equal("connect");
            }
        }
    }

    [Fact]
    public void Rfc4271_Section10_Jitter_DependsOnTheSeed()
        => Enumerable.Range(0, 20).Select(static seed =>
        {
            var driver = new Driver(seed: seed);
            driver.Start();
            return driver.Session.Deadline;
        }).Distinct().Count().Should().BeGreaterThan(15);

    [Fact]
    public void ConnectRetryTime_IsTheConfiguredOne()
    {
        var driver = new Driver(peer => peer with { ConnectRetryTime = TimeSpan.FromSeconds(5), ConnectRetryLimit = TimeSpan.FromSeconds(7) });
        driver.Start();
        driver.Session.Deadline.TotalSeconds.Should().BeInRange(3.75, 5);
        driver.Pass(5);
        (driver.Session.Deadline - driver.Now).TotalSeconds.Should().BeLessThan(7);
    }

    [Fact]
    public void StableSession_Lost_BeginsAnewWithTheFirstTimeAndTakesConnections()
    {
        var driver = new Driver();
        Exhaust(driver);
        var connection = driver.Connected();
        driver.Open(connection);
        driver.Keepalive(connection);
        driver.Pass(30, each: () => driver.Keepalive(connection));

        driver.Closed(connection);
        driver.Session.State.Should().Be(BgpState.Active);
        (driver.Session.Deadline - driver.Now).TotalSeconds.Should().BeInRange(0.75, 1);
        driver.Accepted(out var lines);
        lines.Should().ContainSingle().Which.Should().EndWith("open");
    }

    [Fact]
    public void YoungSession_Lost_KeepsTheBackoff()
    {
        var driver = new Driver();
        Exhaust(driver);
        var connection = driver.Connected();
        driver.Open(connection);
        driver.Keepalive(connection);
        driver.Pass(29, each: () => driver.Keepalive(connection));

        driver.Closed(connection);
        driver.Session.State.Should().Be(BgpState.Idle);
        (driver.Session.Deadline - driver.Now).TotalSeconds.Should().BeInRange(22.5, 30);
    }

    [Fact]
    public void Rfc4271_Section8_1_1_T13_FlappingPeer_IsHeldLongerAndLonger()
    {
        var driver = new Driver(peer => peer with { Passive = true });
        driver.Start();
        var established = 0;
        // The peer tries every 600 ms for ten minutes and closes 100 ms later.
        for (var i = 0; i < 1000; i++)
        {
            var connection = driver.Accepted(out var lines);
            if (!lines.Contains($"{connection} notification 6/5"))
            {
                driver.Open(connection);
                driver.Keepalive(connection);
                established += driver.Session.State == BgpState.Established ? 1 : 0;
                driver.Pass(0.1);
                driver.Closed(connection);
                driver.Session.Hold.Should().Be(HoldReason.Damping);
            }

            driver.Pass(0.5);
        }

        established.Should().BeInRange(20, 30, "held for up to 30 s each time");
        driver.Session.LostCount.Should().Be(established);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, 1)]
    public void T08_NotificationDuringOpenSent_ClosesAndBacksOff(int code, int subcode)
    {
        var driver = new Driver();
        driver.Start();
        var connection = driver.Connected();
        driver.Notification(connection, (BgpErrorCode)code, (byte)subcode).Should().Equal("1 close");
        driver.Session.State.Should().Be(BgpState.Idle);
        var error = driver.Session.LastError!;
        (error.Kind, error.State, error.Notification!.ToString()).Should().Be((SessionErrorKind.Received, BgpState.OpenSent, $"{code}/{subcode}"));
        (driver.Session.Deadline - driver.Now).TotalSeconds.Should().BeInRange(1.5, 2);
        driver.Pass(2).Should().Equal("connect");
        driver.Session.LastError.Should().Be(error, "it is kept");
    }

    [Fact]
    public void T08_CeaseDuringOpenSent_StaysOpenForThePeersOwnAttempt()
    {
        var driver = new Driver();
        driver.Start();
        driver.Notification(driver.Connected(), BgpErrorCode.Cease, CeaseSubcode.ConnectionRejected);
        driver.Session.State.Should().Be(BgpState.Active, "two speakers that hold each other would never meet");
    }

    [Fact]
    public void WrongAs_EachAttempt_WaitsLonger()
    {
        var driver = new Driver();
        driver.Start();
        foreach (var full in new[] { 2, 8, 30, 30 })
        {
            driver.Open(driver.Connected(), driver.PeerOpen with { As = 1 });
            var wait = (driver.Session.Deadline - driver.Now).TotalSeconds;
            wait.Should().BeInRange(full * 0.75, full);
            driver.Pass(wait + 0.001).Should().Equal("connect");
        }
    }

    [Fact]
    public void UnspecificStateError_IsRetriedQuicklyThreeTimes()
    {
        var driver = new Driver();
        driver.Start();
        for (var i = 0; i < 3; i++)
        {
            driver.Notification(driver.Connected(), BgpErrorCode.FiniteStateMachine, 0);
            (driver.Session.Deadline - driver.Now).Should().Be(PeerSession.QuickRetryTime);
            driver.Pass(0.3).Should().Equal("connect");
        }

        driver.Notification(driver.Connected(), BgpErrorCode.FiniteStateMachine, 0);
        (driver.Session.Deadline - driver.Now).Should().BeGreaterThan(TimeSpan.FromSeconds(1));
        driver.Pass(30).Should().Contain("connect");
    }

    [Fact]
    public void UnspecificStateError_AfterASession_MayBeRetriedQuicklyAgain()
    {
        var driver = new Driver();
        driver.Start();
        for (var i = 0; i < 3; i++)
        {
            driver.Notification(driver.Connected(), BgpErrorCode.FiniteStateMachine, 0);
            driver.Pass(0.3);
        }

        var connection = driver.Connected();
        driver.Open(connection);
        driver.Keepalive(connection);
        driver.Pass(31, each: () => driver.Keepalive(connection));
        driver.Closed(connection);
        driver.Pass(1);
        driver.Notification(driver.Connected(), BgpErrorCode.FiniteStateMachine, 0);
        (driver.Session.Deadline - driver.Now).Should().Be(PeerSession.QuickRetryTime);
    }

    [Fact]
    public void PassivePeer_NeverConnects()
    {
        var driver = new Driver(peer => peer with { Passive = true });
        driver.Start();
        driver.Closed(driver.Accepted());
        driver.Pass(1000).Should().BeEmpty();
        driver.Session.State.Should().Be(BgpState.Active);
    }

    private static void Exhaust(Driver driver)
    {
        driver.Start();
        for (var i = 0; i < 10; i++)
        {
            driver.ConnectFailed();
            driver.Pass((driver.Session.Deadline - driver.Now).TotalSeconds + 0.001);
        }
    }
}
