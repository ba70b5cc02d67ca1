using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.2 timer negotiation, 6.8.3 timer manipulation.</summary>
public sealed class Rfc5880TimersTests
{
    private static double[] Gaps(IEnumerable<Sent> sent)
    {
        var times = sent.Select(s => s.Time).ToArray();
        return [.. times.Skip(1).Zip(times, (later, earlier) => (later - earlier) / (double)Bench.Millisecond)];
    }

    [Theory]
    [InlineData(50, 20, 50)]
    [InlineData(50, 80, 80)]
    [InlineData(20, 50, 50)]
    public void Rfc5880_6_8_2_TransmitInterval_IsTheGreaterOfOursAndThePeers(int desired, int remoteRequired, int expected)
    {
        var bench = new Bench(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(desired) });
        bench.Peer = bench.Peer with { RequiredMinRxInterval = (uint)remoteRequired * 1000 };
        bench.BringUp();
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(expected);

        bench.AdvanceWithPeer(1_000);
        Gaps(bench.SentControl).Should().HaveCountGreaterThan(5).And.OnlyContain(g => g == expected);
    }

    [Fact]
    public void Rfc5880_6_8_3_NotUp_AdvertisesAndSendsNotMoreOftenThanEachSecond()
    {
        var bench = new Bench();
        bench.Advance(10_000);
        bench.SentControl.Should().OnlyContain(s => s.Packet.DesiredMinTxInterval == 1_000_000);
        Gaps(bench.SentControl).Should().OnlyContain(g => g == 1_000);
    }

    [Fact]
    public void Rfc5880_6_8_3_LeavingUp_GoesBackToOneSecondAtOnce()
    {
        var bench = new Bench().BringUp();
        bench.Receive(BfdState.Down);
        bench.LastSent.DesiredMinTxInterval.Should().Be(1_000_000);
        bench.Session.TransmitInterval.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Rfc5880_6_8_3_ComingUp_BeginsAPollSequenceWithTheFasterInterval()
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Receive(BfdState.Down);
        bench.Receive(BfdState.Init);
        bench.Session.PollActive.Should().BeTrue();
        bench.Advance(50);
        bench.LastSent.Poll.Should().BeTrue();
        bench.LastSent.DesiredMinTxInterval.Should().Be(50_000);
    }

    [Fact]
    public void Rfc5880_6_8_3_DesiredMinTxChanges_BeginsAPollSequence()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Session.PollActive.Should().BeTrue();
        bench.Notifications.Should().HaveFlag(BfdNotifications.PollStarted);
    }

    [Fact]
    public void Rfc5880_6_8_3_RequiredMinRxChanges_BeginsAPollSequence()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Session.PollActive.Should().BeTrue();
    }

    [Fact]
    public void Rfc5880_6_8_3_NothingChanges_BeginsNoPollSequence()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings, now, t));
        bench.Session.PollActive.Should().BeFalse();
        bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_8_3_LongerTransmitIntervalWhileUp_WaitsForTheFinal()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) }, now, t));
        bench.AdvanceWithPeer(500);
        bench.SentControl.Should().OnlyContain(s => s.Packet.DesiredMinTxInterval == 120_000 && s.Packet.Poll);
        Gaps(bench.SentControl).Should().OnlyContain(g => g == 50, "the Final has not come");

        bench.AnswerPoll();
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(120);
        bench.Sent.Clear();
        bench.AdvanceWithPeer(1_000);
        Gaps(bench.SentControl).Should().HaveCountGreaterThan(3).And.OnlyContain(g => g == 120);
    }

    [Fact]
    public void Rfc5880_6_8_3_ShorterTransmitIntervalWhileUp_IsEffectiveAtOnce()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 10_000 };
        bench.BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(20);
        bench.AdvanceWithPeer(200);
        Gaps(bench.SentControl).Should().OnlyContain(g => g == 20);
    }

    [Fact]
    public void Rfc5880_6_8_3_ReducedRequiredMinRxWhileUp_LeavesTheDetectionTimeUntilTheFinal()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { DesiredMinTxInterval = 10_000 };
        bench.BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(150);
        bench.Advance(50);
        bench.LastSent.RequiredMinRxInterval.Should().Be(20_000);
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(150);

        bench.AnswerPoll();
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(60);
    }

    [Fact]
    public void Rfc5880_6_8_3_IncreasedRequiredMinRxWhileUp_LengthensTheDetectionTimeAtOnce()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(90) }, now, t));
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(270);
    }

    [Fact]
    public void Rfc5880_6_8_3_ThePeerReducesItsRequiredMinRx_IsHonoredAtOnce()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 500_000 };
        bench.BringUp();
        bench.AdvanceWithPeer(600);
        bench.Sent.Clear();
        var last = bench.Session.Deadline;
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 50_000 };

        bench.Receive(BfdState.Up);
        bench.Advance(0);

        bench.SentControl.Should().ContainSingle("more than the new interval has passed").Which.Time.Should().BeLessThan(last);
        bench.AdvanceWithPeer(200);
        Gaps(bench.SentControl).Should().OnlyContain(g => g == 50);
    }

    [Fact]
    public void Rfc5880_6_8_3_ThePeerReducesItsRequiredMinRxALittle_DoesNotSendBeforeTheNewIntervalHasPassed()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 500_000 };
        bench.BringUp();
        bench.AdvanceWithPeer(550);
        var last = bench.SentControl.Last().Time;
        bench.Sent.Clear();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 400_000 };
        bench.AdvanceWithPeer(600);
        ((bench.Sent[0].Time - last) / Bench.Millisecond).Should().Be(400);
    }

    [Fact]
    public void Rfc5880_6_8_3_SecondChangeDuringAPollSequence_WaitsForAPacketWithoutFinal()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) }, now, t));
        bench.Advance(50);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(200) }, now, t));
        bench.AdvanceWithPeer(100);
        bench.SentControl.Should().OnlyContain(s => s.Packet.DesiredMinTxInterval == 120_000, "one Poll Sequence speaks of one change");

        bench.AnswerPoll();
        bench.Session.PollActive.Should().BeFalse("a Final of the first sequence may still be on its way");
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(120);

        bench.Receive(BfdState.Up);
        bench.Session.PollActive.Should().BeTrue();
        bench.AdvanceWithPeer(120);
        bench.LastSent.DesiredMinTxInterval.Should().Be(200_000);
        bench.AnswerPoll();
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(200);
    }

    [Fact]
    public void Rfc5880_6_8_3_SecondChangeAfterAPollSequence_WaitsNoLongerThanARoundTrip()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) }, now, t));
        bench.Advance(50);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(200) }, now, t));
        bench.Advance(30);
        bench.AnswerPoll();
        bench.Advance(29);
        bench.Session.PollActive.Should().BeFalse();
        bench.Advance(1);
        bench.Session.PollActive.Should().BeTrue();
    }

    [Fact]
    public void Rfc5880_6_8_3_ChangeThatIsTakenBackWhileItWaits_BeginsNothing()
    {
        var bench = new Bench().BringUp();
        var slower = Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) };
        bench.Do((s, now, t) => s.Change(slower, now, t));
        bench.Advance(50);
        bench.Do((s, now, t) => s.Change(Bench.Settings, now, t));
        bench.Do((s, now, t) => s.Change(slower, now, t));
        bench.AnswerPoll();
        bench.AdvanceWithPeer(500);
        bench.Session.PollActive.Should().BeFalse();
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(120);
    }

    [Fact]
    public void Rfc5880_6_8_3_LeavingUpDuringAPollSequence_AllIsEffectiveAtOnce()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { DesiredMinTxInterval = 10_000 };
        bench.BringUp();
        bench.Do((s, now, t) => s.Change(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.Receive(BfdState.Down);
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(60);
    }

    [Fact]
    public void Rfc5880_6_8_3_EchoActive_RequiresOneSecondAtLeast()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(10) });
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.BringUp();
        bench.Session.EchoActive.Should().BeTrue();
        bench.Session.DetectionTime.Should().Be(TimeSpan.FromSeconds(3));
        bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
        bench.LastSent.RequiredMinRxInterval.Should().Be(1_000_000);
    }

    [Fact]
    public void Rfc5880_6_8_3_EchoEnds_TheShorterDetectionTimeWaitsForTheFinal()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(10) });
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.BringUp();
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 0 };
        bench.Receive(BfdState.Up);
        bench.Session.PollActive.Should().BeTrue();
        bench.Session.DetectionTime.Should().Be(TimeSpan.FromSeconds(3));
        bench.Advance(50);
        bench.LastSent.RequiredMinRxInterval.Should().Be(50_000);
        bench.AnswerPoll();
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(150);
    }
}
