using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>States and events of RFC 4271 8.2.2, and unexpected messages (RFC 6608).</summary>
public sealed class StateTests
{
    [Fact]
    public void Rfc4271_Section8_2_2_OwnAttempt_PassesAllStates()
    {
        var driver = new Driver();
        driver.Session.State.Should().Be(BgpState.Idle);
        driver.Start().Should().Equal("connect");
        driver.Session.State.Should().Be(BgpState.Connect);
        var connection = driver.Connected(out var lines);
        lines.Should().Equal("1 open");
        driver.Session.State.Should().Be(BgpState.OpenSent);
        driver.Open(connection).Should().Equal("1 keepalive");
        driver.Session.State.Should().Be(BgpState.OpenConfirm);
        driver.Session.Negotiated.Should().BeNull("it is up only after the peer's KEEPALIVE");
        driver.Keepalive(connection).Should().Equal("1 up");
        driver.Session.State.Should().Be(BgpState.Established);
    }

    [Fact]
    public void Rfc4271_Section8_2_2_Passive_WaitsForThePeer()
    {
        var driver = new Driver(peer => peer with { Passive = true });
        driver.Start().Should().BeEmpty();
        driver.Session.State.Should().Be(BgpState.Active);
        driver.Session.Deadline.Should().Be(TimeSpan.MaxValue);
        driver.Accepted(out var lines);
        lines.Should().Equal("1 open");
    }

    [Fact]
    public void Rfc4271_Section8_2_2_Idle_RefusesConnections()
    {
        var driver = new Driver();
        driver.Accepted(out var lines);
        lines.Should().Equal("1 notification 6/5", "1 close");

        driver = new Driver(peer => peer with { AdministrativelyDown = true });
        driver.Start().Should().BeEmpty();
        driver.Session.State.Should().Be(BgpState.Idle);
        driver.Session.Hold.Should().Be(HoldReason.AdministrativelyDown);
        driver.Accepted(out lines);
        lines.Should().Equal("1 notification 6/2", "1 close");
    }

    [Fact]
    public void Rfc4271_Section8_2_2_Connect_RetryTimerExpires_BeginsAnewConnection()
    {
        var driver = new Driver();
        driver.Start();
        driver.Pass(1).Should().Equal("abort", "connect");
        driver.Session.State.Should().Be(BgpState.Connect);
    }

    [Fact]
    public void Rfc6608_O25_O26_MessagesInOpenSent_AreErrors()
    {
        Check(d => d.Keepalive(1));
        Check(d => d.Routes(1));

        static void Check(Func<Driver, string[]> step)
        {
            OpenSent(out var driver);
            step(driver).Should().Equal("1 notification 5/1", "1 close");
        }
    }

    [Fact]
    public void Rfc6608_O27_UpdateInOpenConfirm_IsAnError()
    {
        OpenSent(out var driver);
        driver.Open(1);
        driver.Routes(1).Should().Equal("1 notification 5/2", "1 close");
    }

    [Fact]
    public void Rfc6608_O28_SecondOpenInOpenConfirm_IsAnError()
    {
        OpenSent(out var driver);
        driver.Open(1);
        driver.Open(1).Should().Equal("1 notification 5/2", "1 close");
    }

    [Fact]
    public void Rfc6608_O29_OpenInEstablished_IsAnError()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Open(1).Should().Equal("1 notification 5/3", "1 close", "down []");
    }

    [Fact]
    public void Established_UpdatesAndKeepalives_AreTaken()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Routes(1).Should().BeEmpty();
        driver.Keepalive(1).Should().BeEmpty();
    }

    [Fact]
    public void ClosedConnection_LaterEvents_AreIgnored()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Stop(SessionStopKind.Shutdown);
        driver.Keepalive(1).Should().BeEmpty();
        driver.Routes(1).Should().BeEmpty();
        driver.Closed(1).Should().BeEmpty();
        driver.Open(1).Should().BeEmpty();
    }

    [Fact]
    public void LateConnect_AfterStop_IsClosed()
    {
        var driver = new Driver();
        driver.Start();
        driver.Stop(SessionStopKind.Shutdown).Should().Equal("abort");
        driver.Connected(out var lines);
        lines.Should().Equal("1 close");
    }

    [Fact]
    public void HeaderError_InOpenSent_IsAnsweredAndHeld()
    {
        OpenSent(out var driver);
        driver.Failed(1, BgpErrorCode.MessageHeader, 1).Should().Equal("1 notification 1/1", "1 close");
        driver.Session.Hold.Should().Be(HoldReason.Damping);
    }

    [Fact]
    public void Update_TakesTheSessionDownAndTheRoutesWithIt()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Failed(1, BgpErrorCode.UpdateMessage, 1).Should().Equal("1 notification 3/1", "1 close", "down []");
        driver.Session.LastError!.State.Should().Be(BgpState.Established);
    }

    private static int OpenSent(out Driver driver)
    {
        driver = new Driver();
        driver.Start();
        return driver.Connected();
    }
}
