using FluentAssertions;
using Loxi.Bgp.Session;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>BFD beside BGP (RFC 5882, 9384, draft-ietf-idr-bgp-bfd-strict-mode).</summary>
public sealed class BfdTests
{
    [Theory]
    [InlineData(BgpBfdMode.Follow)]
    [InlineData(BgpBfdMode.Strict)]
    [InlineData(BgpBfdMode.StrictLocal)]
    public void Rfc9384_T14_BfdGoesDown_EndsTheSession(BgpBfdMode mode)
    {
        var driver = With(mode);
        driver.BfdUp();
        driver.Establish();
        driver.BfdDown().Should().Equal("1 notification 6/10", "1 close", "down []");
        driver.LastError.Should().Be("6/10");
    }

    [Fact]
    public void T14_ModeOff_BfdMeansNothing()
    {
        var driver = With(BgpBfdMode.Off);
        driver.BfdUp();
        driver.Establish();
        driver.BfdDown().Should().BeEmpty();
    }

    [Fact]
    public void Rfc5882_Section3_2_T14_AdminDown_NeverResets()
    {
        var driver = With(BgpBfdMode.Follow);
        driver.BfdUp();
        driver.Establish();
        driver.BfdAdminDown().Should().BeEmpty();
        driver.BfdDown().Should().BeEmpty("it was not Up");
        driver.BfdUp().Should().BeEmpty();
        driver.BfdDown().Should().Contain("1 notification 6/10");
    }

    [Fact]
    public void Rfc5882_Section4_BfdThatWasNeverUp_DoesNotEndASession()
    {
        var driver = With(BgpBfdMode.Follow);
        driver.Establish();
        driver.BfdDown().Should().BeEmpty();
    }

    [Fact]
    public void Rfc5882_Section4_3_GracefulRestart_KeepsRoutesUnlessTheCBitIsSet()
    {
        foreach (var independent in new[] { false, true })
        {
            var driver = GracefulRestartTests.Graceful(static peer => peer with { Bfd = BgpBfdMode.Follow });
            driver.BfdUp();
            driver.Establish();
            driver.BfdDown(independent).Should().Contain(independent ? "down []" : "down [Ipv4Unicast Ipv6Unicast]");
        }
    }

    [Fact]
    public void StrictMode_T15_BothHaveTheCapability_TheKeepaliveWaitsForBfd()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: true);
        driver.Start();
        driver.Open(driver.Connected()).Should().BeEmpty();
        driver.Session.State.Should().Be(BgpState.OpenSent);
        driver.Session.Hold.Should().Be(HoldReason.WaitsForBfd);
        driver.Pass(20).Should().BeEmpty();
        driver.BfdUp().Should().Equal("1 keepalive");
        driver.Session.State.Should().Be(BgpState.OpenConfirm);
        driver.Keepalive(1).Should().Equal("1 up");
    }

    [Fact]
    public void StrictMode_T15_ThePeersKeepaliveCameBefore_ItIsUpAtOnce()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: true);
        driver.Start();
        driver.Open(driver.Connected());
        driver.Keepalive(1).Should().BeEmpty();
        driver.BfdUp().Should().Equal("1 keepalive", "1 up");
    }

    [Fact]
    public void StrictMode_T15_BfdNeverComesUp_TheHoldTimeEndsTheWait()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: true);
        driver.Start();
        driver.Open(driver.Connected());
        driver.Pass(89.9).Should().BeEmpty();
        driver.Pass(0.1).Should().Equal("1 notification 4/0", "1 close");
        driver.Session.State.Should().Be(BgpState.Active);
    }

    [Fact]
    public void StrictMode_T15_HoldTimeZero_TheBfdHoldTimeEndsTheWait()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: true);
        driver.PeerOpen = driver.PeerOpen with { HoldTime = 0 };
        driver.Start();
        driver.Open(driver.Connected());
        driver.Pass(29.9).Should().BeEmpty();
        driver.Pass(0.1).Should().Equal("1 notification 6/10", "1 close");
    }

    [Fact]
    public void StrictMode_T15_CapabilityOnOneSideOnly_DoesNotWait()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: false);
        driver.Start();
        driver.Open(driver.Connected()).Should().Equal("1 keepalive");

        driver = With(BgpBfdMode.Follow, peerIsStrict: true);
        driver.Start();
        driver.Open(driver.Connected()).Should().Equal("1 keepalive");
    }

    [Fact]
    public void StrictLocal_T15_WaitsWhateverThePeerSays()
    {
        var driver = With(BgpBfdMode.StrictLocal, peerIsStrict: false);
        driver.Start();
        driver.Open(driver.Connected()).Should().BeEmpty();
        driver.BfdUp().Should().Equal("1 keepalive");
    }

    [Fact]
    public void StrictMode_T15_BfdIsUpAlready_DoesNotWait()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: true);
        driver.BfdUp();
        driver.Start();
        driver.Open(driver.Connected()).Should().Equal("1 keepalive");
    }

    [Fact]
    public void StrictMode_T15_AdminDown_EndsTheWait()
    {
        var driver = With(BgpBfdMode.Strict, peerIsStrict: true);
        driver.Start();
        driver.Open(driver.Connected());
        driver.BfdAdminDown().Should().Equal("1 keepalive");
    }

    [Fact]
    public void StrictMode_T15_ModeTurnedOff_EndsTheWait()
    {
        var driver = With(BgpBfdMode.StrictLocal);
        driver.Start();
        driver.Open(driver.Connected());
        driver.Apply(static peer => peer with { Bfd = BgpBfdMode.Off }).Should().Equal("1 keepalive");
    }

    [Fact]
    public void StrictMode_T15_BfdDownInOpenConfirm_EndsIt()
    {
        foreach (var strict in new[] { true, false })
        {
            var driver = With(BgpBfdMode.Strict, strict);
            driver.BfdUp();
            driver.Start();
            driver.Open(driver.Connected());
            driver.BfdDown().Should().Equal(strict ? ["1 notification 6/10", "1 close"] : []);
        }
    }

    private static Driver With(BgpBfdMode mode, bool peerIsStrict = false)
    {
        var driver = new Driver(peer => peer with { Bfd = mode });
        driver.PeerOpen = driver.PeerOpen with { Capabilities = driver.PeerOpen.Capabilities with { BfdStrict = peerIsStrict } };
        return driver;
    }
}
