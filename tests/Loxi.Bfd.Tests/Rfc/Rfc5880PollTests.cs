using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.5: Poll Sequences.</summary>
public sealed class Rfc5880PollTests
{
    [Fact]
    public void Rfc5880_6_5_PollSequence_IsOnTheScheduledPacketsAndAddsNone()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.AdvanceWithPeer(500);
        bench.SentControl.Should().HaveCount(10).And.OnlyContain(s => s.Packet.Poll);
    }

    [Fact]
    public void Rfc5880_6_5_Final_EndsTheSequence()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.AdvanceWithPeer(100);
        bench.AnswerPoll();
        bench.Sent.Clear();
        bench.AdvanceWithPeer(500);
        bench.SentControl.Should().HaveCount(10).And.OnlyContain(s => !s.Packet.Poll);
    }

    [Fact]
    public void Rfc5880_6_5_PollAndFinal_AreNeverSentTogether()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Advance(50);
        bench.LastSent.Poll.Should().BeTrue();

        bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.Final && !p.Poll);
        bench.Session.PollActive.Should().BeTrue("the peer's Poll is no answer to ours");
        bench.Advance(50);
        bench.LastSent.Should().Match<BfdControlPacket>(p => !p.Final && p.Poll);
    }

    [Fact]
    public void Rfc5880_6_5_FinalWithoutASequence_IsIgnored()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with { Final = true }).Discard.Should().Be(BfdDiscardReason.None);
        bench.Notifications.Should().NotHaveFlag(BfdNotifications.PollEnded);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_5_FinalBeforeThePollWasSent_DoesNotEndTheSequence()
    {
        var bench = new Bench().BringUp();
        bench.Advance(10);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) }, now, t));
        bench.Receive(bench.Say(BfdState.Up) with { Final = true });
        bench.Session.PollActive.Should().BeTrue();
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(50);
    }

    [Fact]
    public void Rfc5880_6_5_FinalToAPeerInDemandMode_IsTheEndOfPeriodicPackets()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with { Demand = true });
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Advance(60);
        bench.SentControl.Should().NotBeEmpty().And.OnlyContain(s => s.Packet.Poll);
        bench.Receive(bench.Say(BfdState.Up) with { Demand = true, Final = true });
        bench.Sent.Clear();
        for (var i = 0; i < 10; i++)
        {
            bench.Advance(50);
            bench.Receive(bench.Say(BfdState.Up) with { Demand = true });
        }

        bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_5_WithoutAPeer_NothingIsPolled()
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Advance(5_000);
        bench.SentControl.Should().OnlyContain(s => !s.Packet.Poll);
    }
}
