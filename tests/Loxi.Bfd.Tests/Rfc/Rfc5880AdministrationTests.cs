using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.10 to 6.8.18: what the own side changes.</summary>
public sealed class Rfc5880AdministrationTests
{
    [Fact]
    public void Rfc5880_6_8_10_RequiredMinRx_IsAdvertisedByPoll()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(33) }, now, t));
        bench.Advance(50);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.Poll && p.RequiredMinRxInterval == 33_000);
    }

    [Fact]
    public void Rfc5880_6_8_11_DesiredMinTx_IsAdvertisedByPoll()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(33) }, now, t));
        bench.Advance(50);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.Poll && p.DesiredMinTxInterval == 33_000);
    }

    [Fact]
    public void Rfc5880_6_8_12_DetectMult_ChangesWithTheNextPacketAndNeedsNoPoll()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DetectMult = 9 }, now, t));
        bench.Session.PollActive.Should().BeFalse();
        bench.Advance(50);
        bench.LastSent.Should().Match<BfdControlPacket>(p => !p.Poll && p.DetectMult == 9);
    }

    [Fact]
    public void Rfc5880_6_8_13_RequiredMinEchoRx_ChangesWithTheNextPacket()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Advance(50);
        bench.LastSent.RequiredMinEchoRxInterval.Should().Be(20_000);
    }

    [Theory]
    [InlineData(BfdState.Init)]
    [InlineData(BfdState.Up)]
    public void Rfc5880_6_8_15_ForwardingPlaneReset_TakesTheSessionDown(BfdState state)
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Receive(BfdState.Down);
        if (state == BfdState.Up)
        {
            bench.Receive(BfdState.Init);
        }

        bench.Session.State.Should().Be(state);
        bench.Do((s, now, t) => s.ResetForwardingPlane(now, t));
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.State == BfdState.Down && p.Diagnostic == BfdDiagnostic.ForwardingPlaneReset);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.ForwardingPlaneReset);
    }

    [Fact]
    public void Rfc5880_6_8_15_ForwardingPlaneResetInDown_SetsTheDiagnostic()
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Do((s, now, t) => s.ResetForwardingPlane(now, t));
        bench.Session.TransitionCount.Should().Be(0);
        bench.LastSent.Diagnostic.Should().Be(BfdDiagnostic.ForwardingPlaneReset);
    }

    [Fact]
    public void Rfc5880_6_8_16_Disable_IsAdminDownWithItsDiagnostic()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Session.State.Should().Be(BfdState.AdminDown);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.State == BfdState.AdminDown && p.Diagnostic == BfdDiagnostic.AdministrativelyDown);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.AdministrativelyDisabled);
        bench.Session.Settings.AdministrativelyDown.Should().BeTrue();
    }

    [Fact]
    public void Rfc5880_6_8_16_Disable_CeasesEcho()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(10) });
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.BringUp();
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Sent.Clear();
        bench.Advance(500);
        bench.SentEcho.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_8_16_AdminDown_GoesOnTellingThePeer()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Sent.Clear();
        bench.Advance(10_000);
        bench.SentControl.Should().HaveCountGreaterThan(8).And.OnlyContain(s => s.Packet.State == BfdState.AdminDown);
    }

    /// <summary>Until when a peer must be told (6.8.16): it goes by the interval that it knows of, and that it is aware it says by its state.</summary>
    [Theory]
    [InlineData(BfdState.Down)]
    [InlineData(BfdState.AdminDown)]
    public void Rfc5880_6_8_16_AdminDown_IsNewsForThePeerUntilItSaysThatItIsDown(BfdState answer)
    {
        var bench = new Bench().BringUp();
        bench.Session.PeerDetectionNanoseconds.Should().Be(150 * Bench.Millisecond);
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Session.HasPeerToTell.Should().BeTrue();
        bench.Receive(BfdState.Up);
        bench.Session.HasPeerToTell.Should().BeTrue("it sent that before it knew");
        bench.Receive(answer);
        bench.Session.HasPeerToTell.Should().BeFalse();
    }

    [Fact]
    public void Rfc5880_6_8_16_AdminDownWithoutAPeer_IsNoNews()
    {
        var bench = new Bench();
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Session.HasPeerToTell.Should().BeFalse("nobody was heard");
    }

    [Fact]
    public void Rfc5880_6_8_16_PeerDetectionTime_DoesNotForgetAnIntervalThatThePeerHasBeenTold()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(400) }, now, t));
        bench.Session.TransmitInterval.Should().Be(TimeSpan.FromMilliseconds(50), "6.8.3: until the Final");
        bench.Session.PeerDetectionNanoseconds.Should().Be(1200 * Bench.Millisecond);
    }

    [Fact]
    public void Rfc5880_6_8_16_Enable_IsDown()
    {
        var bench = new Bench(Bench.Settings with { AdministrativelyDown = true });
        bench.Session.State.Should().Be(BfdState.AdminDown);
        bench.Advance(1_000);
        bench.Do((s, now, t) => s.SetAdministrativelyDown(false, now, t));
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastSent.State.Should().Be(BfdState.Down);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.AdministrativelyEnabled);
        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.Session.State.Should().Be(BfdState.Init);
    }

    [Fact]
    public void Rfc5880_6_8_16_Settings_DisableAndEnableToo()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { AdministrativelyDown = true }, now, t));
        bench.Session.State.Should().Be(BfdState.AdminDown);
        bench.Do((s, now, t) => s.Change(Bench.Settings, now, t));
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc5880_6_8_16_PathDown_IsAdminDownWithThatDiagnostic()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.SetPathDown(true, now, t));
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.State == BfdState.AdminDown && p.Diagnostic == BfdDiagnostic.PathDown);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.PathDown);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DetectMult = 4 }, now, t));
        bench.Session.State.Should().Be(BfdState.AdminDown, "other settings do not bring the path back");
        bench.Do((s, now, t) => s.SetPathDown(false, now, t));
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc5880_6_8_16_PathIsBack_DoesNotReleaseWhatTheAdministratorHolds()
    {
        var bench = new Bench(Bench.Settings with { AdministrativelyDown = true });
        bench.Do((s, now, t) => s.SetPathDown(true, now, t));
        bench.Do((s, now, t) => s.SetPathDown(false, now, t));
        bench.Session.State.Should().Be(BfdState.AdminDown);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.AdministrativelyDown);
    }

    [Theory]
    [InlineData(BfdDiagnostic.ConcatenatedPathDown)]
    [InlineData(BfdDiagnostic.ReverseConcatenatedPathDown)]
    public void Rfc5880_6_8_17_ConcatenatedPathDown_IsToldAndTheSessionStaysUp(BfdDiagnostic diagnostic)
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.SignalConcatenatedPath(diagnostic, now, t));
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Session.PollActive.Should().BeFalse();
        bench.LastSent.Diagnostic.Should().Be(diagnostic);
    }

    [Fact]
    public void Rfc5880_6_8_17_ConcatenatedPathDownToAPeerInDemandMode_BeginsAPollSequence()
    {
        var bench = new Bench().BringUp();
        bench.Peer = bench.Peer with { Demand = true };
        bench.Receive(BfdState.Up);
        bench.Do((s, now, t) => s.SignalConcatenatedPath(BfdDiagnostic.ConcatenatedPathDown, now, t));
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.Poll && p.Diagnostic == BfdDiagnostic.ConcatenatedPathDown);
    }

    [Fact]
    public void Rfc5880_6_8_17_SessionFails_OverwritesTheDiagnostic()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.SignalConcatenatedPath(BfdDiagnostic.ConcatenatedPathDown, now, t));
        bench.Advance(151);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.ControlDetectionTimeExpired);
    }

    [Fact]
    public void Rfc5880_6_8_17_OtherDiagnostic_IsAnError()
    {
        var bench = new Bench().BringUp();
        var act = () => bench.Do((s, now, t) => s.SignalConcatenatedPath(BfdDiagnostic.PathDown, now, t));
        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Rfc5880_6_8_18_PeerHoldsTheSessionDownWithALongInterval_IsObeyedWhileItIsHeard()
    {
        var bench = new Bench();
        bench.Advance(0);
        var holding = bench.Peer with { State = BfdState.AdminDown, DesiredMinTxInterval = 1_000_000, RequiredMinRxInterval = 60_000_000 };
        bench.Receive(holding);
        bench.Sent.Clear();
        for (var i = 0; i < 30; i++)
        {
            bench.Advance(1_000);
            bench.Receive(holding);
        }

        bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_8_18_PeerHeldTheSessionDownAndIsSilent_IsForgottenAfterADetectionTime()
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Receive(bench.Peer with { State = BfdState.AdminDown, DesiredMinTxInterval = 1_000_000, RequiredMinRxInterval = 0 });
        bench.Sent.Clear();
        bench.Advance(2_900);
        bench.Sent.Should().BeEmpty();
        bench.Advance(1_200);
        bench.Session.RemoteMinRxInterval.Should().Be(1);
        bench.SentControl.Should().NotBeEmpty("its own rate is its own again");
    }
}
