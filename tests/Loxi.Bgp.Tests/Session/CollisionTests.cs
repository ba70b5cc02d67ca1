using FluentAssertions;
using Loxi.Bgp.Tests.Session.Support;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Session;

/// <summary>Collisions of two connections (RFC 4271 6.8, 6286 2.3), and new connections beside an Established one (RFC 4724 5).</summary>
public sealed class CollisionTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.2", "192.0.2.1", true)]
    public void Rfc4271_Section6_8_T05_TheConnectionOfTheHigherIdentifierStays(string ours, string theirs, bool ownStays)
    {
        foreach (var ownFirst in new[] { true, false })
        {
            var driver = new Driver(identifier: ours) { PeerOpen = Driver.OpenOf(64_513, theirs) };
            var (own, other) = Both(driver);
            var (first, second) = ownFirst ? (own, other) : (other, own);
            var lines = driver.Open(first).Concat(driver.Open(second)).ToArray();

            var (stays, goes) = ownStays ? (own, other) : (other, own);
            lines.Should().Contain($"{goes} notification 6/7").And.Contain($"{goes} close").And.Contain($"{stays} keepalive");
            driver.Keepalive(stays).Should().Equal($"{stays} up");
        }
    }

    [Theory]
    [InlineData(64_513u, 64_512u, true)]
    [InlineData(64_512u, 64_513u, false)]
    public void Rfc6286_Section2_3_T05_EqualIdentifiers_TheConnectionOfTheLargerAsStays(uint ours, uint theirs, bool ownStays)
    {
        var driver = new Driver(localAs: ours, remoteAs: theirs, identifier: "192.0.2.9") { PeerOpen = Driver.OpenOf(theirs, "192.0.2.9") };
        var (own, other) = Both(driver);
        var lines = driver.Open(own).Concat(driver.Open(other)).ToArray();
        lines.Should().Contain($"{(ownStays ? other : own)} notification 6/7");
    }

    [Fact]
    public void Rfc4271_Section6_8_IdentifiersAreComparedAsUnsignedNumbers()
    {
        var driver = new Driver(identifier: "10.0.0.1") { PeerOpen = Driver.OpenOf(64_513, "200.0.0.1") };
        var (own, other) = Both(driver);
        driver.Open(other).Should().Contain($"{own} notification 6/7");
    }

    [Fact]
    public void LosingConnection_WhoseOpenComesFirst_WaitsForTheOtherOne()
    {
        var driver = new Driver(identifier: "192.0.2.9");
        var (own, other) = Both(driver);
        driver.Open(other).Should().BeEmpty("a KEEPALIVE could bring it up on the other side, where it is about to be dropped");
        driver.Keepalive(other).Should().BeEmpty();
        driver.Open(own).Should().Equal($"{other} notification 6/7", $"{other} close", $"{own} keepalive");
    }

    [Fact]
    public void LosingConnection_GoesOnWhenTheOtherOneDoesNot()
    {
        var driver = new Driver(identifier: "192.0.2.9");
        var (own, other) = Both(driver);
        driver.Open(other);
        driver.Pass(1).Should().Equal($"{other} keepalive");
        driver.Keepalive(other).Should().Equal($"{own} notification 6/7", $"{own} close", $"{other} up");

        driver = new Driver(identifier: "192.0.2.9");
        (own, other) = Both(driver);
        driver.Open(other);
        driver.Keepalive(other);
        driver.Closed(own).Should().Equal($"{own} close", $"{other} keepalive", $"{other} up");
    }

    [Fact]
    public void Rfc4271_Section6_8_T12_Established_ANewConnectionIsRefused()
    {
        var driver = new Driver();
        driver.Establish();
        var other = driver.Accepted(out var lines);
        lines.Should().Equal($"{other} notification 6/7", $"{other} close");
        driver.Session.State.Should().Be(BgpState.Established);

        driver.Pass(1);
        other = driver.Accepted(out lines);
        lines.Should().Equal([$"{other} notification 6/7", $"{other} close", "1 keepalive"], "where the peer has lost the session, its system answers with a reset");
        driver.Accepted(out lines);
        lines.Should().NotContain("1 keepalive", "RFC 4271 4.4: not more than one a second");
    }

    [Fact]
    public void Rfc4724_Section5_T12_EstablishedWithGracefulRestart_ANewConnectionReplacesIt()
    {
        var driver = GracefulRestartTests.Graceful();
        driver.Establish();
        var other = driver.Accepted(out var lines);
        lines.Should().Equal("1 close", "down [Ipv4Unicast Ipv6Unicast]", $"{other} open");
        driver.Session.State.Should().Be(BgpState.OpenSent);
        driver.Pass(2).Should().Equal(["connect"], "if the new one stays silent, the own attempt comes all the same");
    }

    [Fact]
    public void SecondIncomingConnection_ReplacesTheFirst()
    {
        var driver = new Driver(peer => peer with { Passive = true });
        driver.Start();
        var first = driver.Accepted();
        var second = driver.Accepted(out var lines);
        lines.Should().Equal($"{first} notification 6/7", $"{first} close", $"{second} open");
    }

    [Fact]
    public void Established_TheAttemptUnderWay_IsGivenUp()
    {
        var driver = new Driver();
        driver.Start();
        var connection = driver.Accepted();
        driver.Open(connection).Should().Equal("abort", $"{connection} keepalive");
        driver.Keepalive(connection);
        driver.Pass(60, each: () => driver.Keepalive(connection)).Should().NotContain("connect");
    }

    [Fact]
    public void IncomingConnectionInSilence_DoesNotStopOwnAttempts()
    {
        var driver = new Driver(identifier: "192.0.2.9");
        driver.Start();
        driver.ConnectFailed();
        driver.Accepted();
        driver.Pass(1).Should().Equal("connect");
        var own = driver.Connected();
        driver.Open(own);
        driver.Keepalive(own).Should().Contain($"{own} up");
    }

    private static (int Own, int Other) Both(Driver driver)
    {
        driver.Start();
        return (driver.Connected(), driver.Accepted());
    }
}
