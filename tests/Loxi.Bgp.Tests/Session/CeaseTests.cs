using System.Text;
using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>Ends on purpose: stop, reset, settings, prefix limits (RFC 4486, 9003).</summary>
public sealed class CeaseTests
{
    [Theory]
    [InlineData(SessionStopKind.Shutdown, "6/2")]
    [InlineData(SessionStopKind.Deleted, "6/3")]
    [InlineData(SessionStopKind.OutOfResources, "6/8")]
    [InlineData(SessionStopKind.Restart, "6/2")]
    internal void Rfc4486_Section4_Stop_SaysWhyAndStays(SessionStopKind kind, string notification)
    {
        var driver = new Driver();
        driver.Establish();
        driver.Stop(kind).Should().Equal($"1 notification {notification}", "1 close", "down []");
        driver.Session.State.Should().Be(BgpState.Idle);
        driver.Pass(10_000).Should().BeEmpty();
        driver.Start().Should().Equal("connect");
    }

    [Fact]
    public void Rfc9003_Section2_Text_IsCutAtAWholeCharacter()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Stop(SessionStopKind.Shutdown, "x" + new string('é', 200));
        var data = driver.Session.LastError!.Notification!.Data.ToArray();
        data[0].Should().Be((byte)(data.Length - 1)).And.Be(255);
        new UTF8Encoding(false, true).GetString(data.AsSpan(1)).Should().Be("x" + new string('é', 127));

        driver = new Driver();
        driver.Establish();
        driver.Stop(SessionStopKind.Shutdown, new string('é', 200));
        driver.Session.LastError!.Notification!.Data[0].Should().Be(254);
    }

    [Fact]
    public void Rfc4486_Section4_Reset_ComesBackAtOnce()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Reset("by hand").Should().Equal("1 notification 6/4", "1 close", "down []", "connect");
        Encoding.UTF8.GetString(driver.Session.LastError!.Notification!.Data.AsSpan()[1..]).Should().Be("by hand");
    }

    [Fact]
    public void Reset_EndsAHold()
    {
        var driver = new Driver();
        driver.Start();
        driver.Open(driver.Connected(), driver.PeerOpen with { As = 1 });
        driver.Session.Hold.Should().Be(HoldReason.Damping);
        driver.Reset().Should().Equal("connect");
    }

    [Fact]
    public void Reset_OfAStoppedSession_DoesNothing()
    {
        var driver = new Driver();
        driver.Reset().Should().BeEmpty();
        driver.Session.State.Should().Be(BgpState.Idle);
    }

    [Fact]
    public void Rfc4486_Section4_T07_PrefixLimit_StaysDown()
    {
        var driver = new Driver(peer => peer with { PrefixLimit = 1000 });
        driver.LimitExceeded(driver.Establish()).Should().Equal("1 notification 6/1", "1 close", "down []");
        driver.Session.LastError!.Notification!.Data.Should().Equal(0, 1, 1, 0, 0, 3, 232);
        driver.Session.Hold.Should().Be(HoldReason.PrefixLimit);
        driver.Pass(100_000).Should().BeEmpty();
        driver.Accepted(out var lines);
        lines.Should().Contain("2 notification 6/5");
        driver.Reset().Should().Equal("connect");
        driver.Session.Hold.Should().BeNull();
    }

    [Fact]
    public void Rfc4486_Section4_T07_PrefixLimitWithRestart_IsTriedAgain()
    {
        var driver = new Driver(peer => peer with { PrefixLimit = 1000, PrefixLimitRestart = TimeSpan.FromSeconds(300) });
        driver.LimitExceeded(driver.Establish());
        driver.Pass(299.9).Should().BeEmpty();
        driver.Pass(0.1).Should().Equal("connect");
    }

    [Fact]
    public void PrefixLimit_AnotherLimit_IsTriedAgainAtOnce()
    {
        var driver = new Driver(peer => peer with { PrefixLimit = 1000 });
        driver.LimitExceeded(driver.Establish());
        driver.Apply(peer => peer with { Description = "core" }).Should().BeEmpty();
        driver.Apply(peer => peer with { PrefixLimit = 2000 }).Should().Equal("connect");
    }

    [Fact]
    public void Rfc8538_Section3_T07_PrefixLimitWithNBit_IsAHardReset()
    {
        var driver = GracefulRestartTests.Graceful(peer => peer with { PrefixLimit = 1 });
        driver.LimitExceeded(driver.Establish()).Should().Equal("1 notification 6/9", "1 close", "down []");
        driver.Session.LastError!.Notification!.Data.Should().Equal(6, 1, 0, 1, 1, 0, 0, 0, 1);
    }

    [Fact]
    public void AdministrativelyDown_StopsAndStarts()
    {
        var driver = new Driver();
        driver.Establish();
        driver.Apply(peer => peer with { AdministrativelyDown = true }).Should().Equal("1 notification 6/2", "1 close", "down []");
        driver.Session.Hold.Should().Be(HoldReason.AdministrativelyDown);
        driver.Apply(peer => peer with { AdministrativelyDown = false }).Should().Equal("connect");
    }

    public static TheoryData<string, Func<BgpPeerSettings, BgpPeerSettings>> Harmless => new()
    {
        { "description", peer => peer with { Description = "core" } },
        { "policies", peer => peer with { ImportPolicies = ["in"], ExportPolicies = ["out"], ImportDefaultAccept = true, ExportDefaultAccept = true } },
        { "prefix limit", peer => peer with { PrefixLimit = 5, PrefixWarningPercent = 50, PrefixLimitRestart = TimeSpan.FromSeconds(5) } },
        { "retry times", peer => peer with { ConnectRetryTime = TimeSpan.FromSeconds(2), ConnectRetryLimit = TimeSpan.FromSeconds(4), OpenHoldTime = TimeSpan.FromSeconds(9) } },
        { "send hold time", peer => peer with { SendHoldTime = TimeSpan.FromSeconds(99), KeepaliveInterval = TimeSpan.FromSeconds(5) } },
        { "BFD", peer => peer with { Bfd = BgpBfdMode.StrictLocal } },
        { "passive", peer => peer with { Passive = true } },
        { "routes", peer => peer with { NextHopSelf = true, AllowOwnAs = 1, EnforceFirstAs = false, IsClusterMember = true } },
    };

    public static TheoryData<string, Func<BgpPeerSettings, BgpPeerSettings>> Harmful => new()
    {
        { "AS", peer => peer with { RemoteAs = 64_999 } },
        { "local AS", peer => peer with { LocalAs = 64_999 } },
        { "port", peer => peer with { RemotePort = 1179 } },
        { "local address", peer => peer with { LocalAddress = System.Net.IPAddress.Parse("192.0.2.1") } },
        { "interface", peer => peer with { Interface = "eth0" } },
        { "families", peer => peer with { Families = [BgpFamily.Ipv4Unicast] } },
        { "TTL", peer => peer with { MultihopTtl = 3 } },
        { "GTSM", peer => peer with { GtsmHops = 1 } },
        { "MD5", peer => peer with { Md5Password = "secret" } },
        { "hold time", peer => peer with { HoldTime = TimeSpan.FromSeconds(9) } },
        { "graceful restart", peer => peer with { GracefulRestart = true } },
        { "ADD-PATH", peer => peer with { AddPathReceive = true } },
        { "ADD-PATH send", peer => peer with { AddPathSend = 2 } },
        { "role", peer => peer with { Role = BgpRole.Peer } },
        { "next hop", peer => peer with { Ipv4OverIpv6NextHop = true } },
        { "extended messages", peer => peer with { ExtendedMessages = false } },
    };

    [Theory]
    [MemberData(nameof(Harmless))]
    public void Apply_WhatNeitherOpenNorTcpSay_NeverTouchesTheSession(string what, Func<BgpPeerSettings, BgpPeerSettings> change)
    {
        var driver = new Driver();
        driver.Establish();
        driver.Apply(change).Should().BeEmpty(what);
        driver.Session.State.Should().Be(BgpState.Established);
    }

    [Theory]
    [MemberData(nameof(Harmful))]
    public void Rfc4486_Section4_Apply_WhatOpenOrTcpSay_ResetsWithOtherConfigurationChange(string what, Func<BgpPeerSettings, BgpPeerSettings> change)
    {
        var driver = new Driver();
        driver.Establish();
        driver.Apply(change).Should().Equal(["1 notification 6/6", "1 close", "down []", "connect"], what);
        driver.Apply(static peer => peer).Should().BeEmpty("the same again changes nothing");
    }

    [Fact]
    public void Apply_Passive_FollowsWithoutASession()
    {
        var driver = new Driver();
        driver.Start();
        driver.Apply(peer => peer with { Passive = true }).Should().Equal("abort");
        driver.Session.State.Should().Be(BgpState.Active);
        driver.Apply(peer => peer with { Passive = false }).Should().Equal("connect");
    }
}
