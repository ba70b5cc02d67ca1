using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.6, 6.8.4, 6.8.14: demand mode, ours and the peer's.</summary>
public sealed class Rfc5880DemandTests
{
    private static readonly BfdSessionSettings Demanding = Bench.Settings with { Demand = true };

    [Fact]
    public void Rfc5880_6_6_DemandBit_IsSetOnlyWhenBothSidesAreUp()
    {
        var bench = new Bench(Demanding);
        bench.Advance(0);
        bench.LastSent.Demand.Should().BeFalse();
        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.LastSent.Demand.Should().BeFalse();
        bench.Receive(BfdState.Init);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.State == BfdState.Up && !p.Demand);
        bench.Receive(BfdState.Up);
        bench.Advance(50);
        bench.LastSent.Demand.Should().BeTrue();
        bench.Session.LocalDemandActive.Should().BeTrue();
    }

    [Fact]
    public void Rfc5880_6_6_DemandBit_IsNotSetWithoutDemandMode()
    {
        var bench = new Bench().BringUp();
        bench.AdvanceWithPeer(500);
        bench.SentControl.Should().OnlyContain(s => !s.Packet.Demand);
    }

    [Fact]
    public void Rfc5880_6_6_DemandBitChanges_BeginsAPollSequence()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Demanding, now, t));
        bench.Session.PollActive.Should().BeTrue();
        bench.Advance(50);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.Demand && p.Poll);
        bench.AnswerPoll();

        bench.Do((s, now, t) => s.Change(Bench.Settings, now, t));
        bench.Session.PollActive.Should().BeTrue();
        bench.Advance(50);
        bench.LastSent.Should().Match<BfdControlPacket>(p => !p.Demand && p.Poll);
    }

    [Fact]
    public void Rfc5880_6_6_PeerDemands_PeriodicPacketsStopAndPollsAreAnswered()
    {
        var bench = new Bench().BringUp();
        bench.Peer = bench.Peer with { Demand = true };
        bench.AdvanceWithPeer(1_000);
        bench.Sent.Should().BeEmpty();
        bench.Session.RemoteDemandActive.Should().BeTrue();
        bench.Session.State.Should().Be(BfdState.Up);

        bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
        bench.Sent.Should().ContainSingle().Which.Packet.Final.Should().BeTrue();
    }

    [Fact]
    public void Rfc5880_6_6_PeerDemandsAndIsNotUp_PeriodicPacketsGoOn()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { Demand = true };
        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.Receive(BfdState.Init);
        bench.Advance(40);
        bench.Sent.Clear();
        for (var i = 0; i < 5; i++)
        {
            bench.Receive(BfdState.Init);
            bench.Advance(50);
        }

        bench.Session.RemoteDemandActive.Should().BeFalse();
        bench.SentControl.Should().HaveCount(5);
    }

    [Fact]
    public void Rfc5880_6_8_14_PeerNoLongerDemands_PeriodicPacketsBeginAgain()
    {
        var bench = new Bench().BringUp();
        bench.AdvanceWithPeer(500, bench.Say(BfdState.Up) with { Demand = true });
        bench.Sent.Should().BeEmpty();
        bench.AdvanceWithPeer(500);
        bench.SentControl.Should().HaveCountGreaterOrEqualTo(10);
    }

    [Fact]
    public void Rfc5880_6_6_PeerDemandsAndTheContentChanges_BeginsAPollSequence()
    {
        var bench = new Bench().BringUp();
        bench.Peer = bench.Peer with { Demand = true };
        bench.AdvanceWithPeer(200);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DetectMult = 5 }, now, t));
        bench.Session.PollActive.Should().BeTrue();
        bench.Advance(0);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.Poll && p.DetectMult == 5);
        bench.Receive(bench.Say(BfdState.Up) with { Final = true });
        bench.Session.PollActive.Should().BeFalse();
    }

    [Fact]
    public void Rfc5880_6_6_ContentChangesAgainDuringASequence_IsPolledAfterIt()
    {
        var bench = new Bench().BringUp();
        bench.Peer = bench.Peer with { Demand = true };
        bench.AdvanceWithPeer(200);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DetectMult = 5 }, now, t));
        bench.Advance(10);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DetectMult = 6 }, now, t));
        bench.AdvanceWithPeer(50);
        bench.Receive(bench.Say(BfdState.Up) with { Final = true });
        bench.Session.PollActive.Should().BeFalse();
        bench.Receive(BfdState.Up);
        bench.Session.PollActive.Should().BeTrue("the Final may have answered the packet before the second change");
    }

    [Fact]
    public void Rfc5880_6_8_4_OwnDemandMode_SilenceIsNoFailure()
    {
        var bench = new Bench(Demanding).BringUp();
        bench.Session.LocalDemandActive.Should().BeTrue();
        bench.Advance(60_000);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.SentControl.Should().NotBeEmpty("the peer does not demand");
    }

    [Fact]
    public void Rfc5880_6_8_4_OwnDemandModeAndAPollWithoutAnswer_GoesDownAfterOurMultiplierTimesOurInterval()
    {
        var bench = new Bench(Demanding with { DetectMult = 4, DesiredMinTxInterval = TimeSpan.FromMilliseconds(60) }).BringUp();
        bench.Advance(1_000);
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Sent.Clear();
        while (bench.Sent.Count == 0)
        {
            bench.Advance(1);
        }

        bench.LastSent.Poll.Should().BeTrue();
        bench.Advance(238);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(2);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.ControlDetectionTimeExpired);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.PollExpired);
    }

    [Fact]
    public void Rfc5880_6_8_4_OwnDemandModeAndAPollWithAnswer_StaysUp()
    {
        var bench = new Bench(Demanding).BringUp();
        bench.Advance(1_000);
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Advance(50);
        bench.AnswerPoll();
        bench.Advance(10_000);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_4_PollSequenceOfBeforeDemandMode_DoesNotEndTheSession()
    {
        var bench = new Bench(Demanding);
        bench.Advance(0);
        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.Receive(BfdState.Init);
        // The peer does not hear us: no Final, and it is not Up.
        bench.AdvanceWithPeer(2_000, bench.Say(BfdState.Init));
        bench.Session.PollActive.Should().BeTrue();
        bench.Receive(BfdState.Up);
        bench.Session.LocalDemandActive.Should().BeTrue();
        bench.Advance(100);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.AnswerPoll();
        bench.Advance(5_000);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_14_OwnDemandModeEnds_SilenceCountsFromThen()
    {
        var bench = new Bench(Demanding).BringUp();
        bench.Advance(10_000);
        bench.Do((s, now, t) => s.Change(Bench.Settings, now, t));
        bench.Advance(149);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(2);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
    }

    [Fact]
    public void DemandPollInterval_VerifiesThePathAgainAndAgain()
    {
        var bench = new Bench(Demanding with { DemandPollInterval = TimeSpan.FromSeconds(1) }).BringUp();
        var answered = bench.Now;
        for (var i = 0; i < 3; i++)
        {
            while (!bench.Session.PollActive)
            {
                bench.Advance(1);
            }

            (bench.Now - answered).Should().BeApproximately(1_000, i == 0 ? 100 : 1);
            bench.Advance(50);
            bench.AnswerPoll();
            answered = bench.Now;
        }

        bench.Advance(1_400);
        bench.Session.State.Should().Be(BfdState.Down, "nobody answered the last one");
    }

    [Fact]
    public void BothDemand_OnlyPollsAreSent()
    {
        var bench = new Bench(Demanding).BringUp();
        bench.Peer = bench.Peer with { Demand = true };
        bench.Receive(BfdState.Up);
        bench.Advance(10_000);
        bench.Sent.Should().BeEmpty();
        bench.Session.State.Should().Be(BfdState.Up);

        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Advance(149);
        bench.SentControl.Should().HaveCount(3).And.OnlyContain(s => s.Packet.Poll);
        bench.AnswerPoll();
        bench.Sent.Clear();
        bench.Advance(10_000);
        bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public void BothDemand_SettlingEndsByTimeAlone()
    {
        var bench = new Bench(Demanding).BringUp();
        bench.Peer = bench.Peer with { Demand = true };
        bench.Receive(BfdState.Up);
        bench.Do((s, now, t) => s.Change(Demanding with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) }, now, t));
        while (bench.Sent.Count == 0)
        {
            bench.Advance(1);
        }

        bench.Do((s, now, t) => s.Change(Demanding with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(200) }, now, t));
        bench.Advance(20);
        bench.AnswerPoll();
        bench.Advance(25);
        bench.Session.PollActive.Should().BeTrue("a round trip has passed since the Final");
        bench.Advance(120);
        bench.LastSent.DesiredMinTxInterval.Should().Be(200_000);
    }
}
