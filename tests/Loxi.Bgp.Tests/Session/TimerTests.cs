using FluentAssertions;
using Loxi.Bgp.Tests.Session.Support;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>Hold, KEEPALIVE and send hold timers (RFC 4271 8, 10; RFC 9687).</summary>
public sealed class TimerTests
{
    [Fact]
    public void Rfc4271_Section8_2_2_T01_SilenceAfterConnect_EndsAfterTheLargeHoldTime()
    {
        var driver = new Driver(peer => peer with { Passive = true });
        driver.Start();
        driver.Accepted();
        driver.Pass(239.9).Should().BeEmpty();
        driver.Pass(0.1).Should().Equal("1 notification 4/0", "1 close");
    }

    [Fact]
    public void T02_OctetsThatAreNoMessage_DoNotStopTheHoldTimer()
    {
        var driver = new Driver(peer => peer with { Passive = true, OpenHoldTime = TimeSpan.FromSeconds(10) });
        driver.Start();
        driver.Accepted();
        driver.Pass(11.1, unread: true).Should().Equal(["1 notification 4/0", "1 close"], "it is put off once at most");
    }

    [Fact]
    public void HoldTimer_WithOctetsUnread_IsPutOffOnceAMessage()
    {
        var driver = new Driver(peer => peer with { HoldTime = TimeSpan.FromSeconds(3) });
        driver.Establish();
        driver.Pass(3.5, unread: true).Should().NotContain("1 notification 4/0");
        driver.Keepalive(1);
        driver.Pass(3.5, unread: true).Should().NotContain("1 notification 4/0", "a message has come");
        driver.Pass(0.6, unread: true).Should().Contain("1 notification 4/0");
    }

    [Fact]
    public void Rfc4271_Section8_2_2_OpenConfirm_HoldTimerIsTheNegotiatedOne()
    {
        var driver = new Driver();
        driver.Start();
        driver.Open(driver.Connected(), driver.PeerOpen with { HoldTime = 30 });
        driver.Pass(29.9).Should().OnlyContain(static line => line == "1 keepalive");
        driver.Pass(0.2).Should().ContainInOrder("1 notification 4/0", "1 close");
    }

    [Fact]
    public void Rfc4271_Section8_2_2_Established_MessagesRestartTheHoldTimer()
    {
        var driver = new Driver(peer => peer with { HoldTime = TimeSpan.FromSeconds(9) });
        driver.Establish();
        for (var i = 0; i < 10; i++)
        {
            driver.Pass(8.9).Should().NotContain("1 notification 4/0");
            _ = i % 2 == 0 ? driver.Keepalive(1) : driver.Routes(1);
        }

        driver.Pass(9).Should().ContainInOrder("1 notification 4/0", "1 close", "down []");
    }

    [Theory]
    [InlineData(0, 90)]
    [InlineData(90, 0)]
    [InlineData(0, 0)]
    public void Rfc4271_Section4_2_T06_HoldTimeZero_NoKeepaliveAndNoTimer(int ours, int theirs)
    {
        var driver = new Driver(peer => peer with { HoldTime = TimeSpan.FromSeconds(ours) });
        driver.PeerOpen = driver.PeerOpen with { HoldTime = (ushort)theirs };
        driver.Establish();
        driver.Session.Deadline.Should().Be(TimeSpan.MaxValue);
        driver.Pass(100_000).Should().BeEmpty();
    }

    [Fact]
    public void T06_HoldTimeZero_OpenConfirmStillEnds()
    {
        var driver = new Driver(peer => peer with { HoldTime = TimeSpan.Zero });
        driver.Start();
        driver.Open(driver.Connected());
        driver.Pass(240).Should().ContainInOrder("1 notification 4/0", "1 close");
    }

    [Theory]
    [InlineData(90, null, 22.5, 30)]
    [InlineData(9, null, 2.25, 3)]
    [InlineData(90, 10, 7.5, 10)]
    [InlineData(9, 10, 2.25, 3)]
    [InlineData(3, null, 1, 1)]
    public void Rfc4271_Section10_Keepalives_ComeAtAThirdOfTheHoldTimeLessJitter(int hold, int? interval, double least, double most)
    {
        var driver = new Driver(peer => peer with
        {
            HoldTime = TimeSpan.FromSeconds(hold),
            KeepaliveInterval = interval is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        });
        driver.Establish();
        var times = driver.Pass(1000, stamped: true, each: () =>
        {
            driver.Keepalive(1);
            driver.Sent(1);
        })
            .Select(static line => double.Parse(line.Split('@')[1], System.Globalization.CultureInfo.InvariantCulture)).Prepend(0).ToArray();
        var gaps = times.Zip(times.Skip(1), static (a, b) => b - a).ToArray();
        gaps.Should().OnlyContain(gap => gap >= least - 0.002 && gap <= most + 0.002);
        if (least < most)
        {
            gaps.Distinct().Count().Should().BeGreaterThan(10, "there is jitter");
        }
    }

    [Theory]
    [InlineData(90, null, 480)]
    [InlineData(300, null, 600)]
    [InlineData(90, 20, 20)]
    public void Rfc9687_Section3_T04_NothingCanBeSent_TheSessionEnds(int hold, int? configured, int expected)
    {
        var driver = new Driver(peer => peer with
        {
            HoldTime = TimeSpan.FromSeconds(hold),
            SendHoldTime = configured is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        });
        driver.PeerOpen = driver.PeerOpen with { HoldTime = (ushort)hold };
        driver.Establish();
        driver.Pass(expected - 0.1, each: () => driver.Keepalive(1)).Should().NotContain("1 close");
        driver.Pass(0.2, each: () => driver.Keepalive(1)).Should().ContainInOrder("1 notification 8/0", "1 close", "down []");
        driver.LastError.Should().Be("8/0");
    }

    [Fact]
    public void Rfc9687_Section3_T04_WhatIsSent_RestartsTheTimer()
    {
        var driver = new Driver(peer => peer with { SendHoldTime = TimeSpan.FromSeconds(40) });
        driver.Establish();
        driver.Pass(1000, each: () =>
        {
            driver.Keepalive(1);
            driver.Sent(1);
        }).Should().OnlyContain(static line => line == "1 keepalive");
    }
}
