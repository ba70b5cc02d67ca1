using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.7: transmission of control packets.</summary>
public sealed class Rfc5880TransmissionTests
{
    [Theory]
    [InlineData(0.0, 3, 50)]
    [InlineData(0.5, 3, 43.75)]
    [InlineData(0.999999, 3, 37.5)]
    [InlineData(0.0, 1, 45)]
    [InlineData(0.999999, 1, 37.5)]
    public void Rfc5880_6_8_7_Jitter_IsWithinItsBounds(double random, int multiplier, double expected)
    {
        var bench = new Bench(Bench.Settings with { DetectMult = multiplier }).BringUp();
        bench.Random.Jitter = random;
        bench.AdvanceWithPeer(100);
        bench.Sent.Clear();
        bench.AdvanceWithPeer(1_000);
        var times = bench.SentControl.Select(s => bench.At(s.Time)).ToArray();
        times.Skip(1).Zip(times, (a, b) => a - b).Should().HaveCountGreaterThan(10).And.OnlyContain(g => Math.Abs(g - expected) < 0.001);
    }

    /// <summary>With a real random: never below 75 %, never above 100 %, or 90 % with a multiplier of 1, and not always the same.</summary>
    [Theory]
    [InlineData(3, 37.5, 50)]
    [InlineData(1, 37.5, 45)]
    public void Rfc5880_6_8_7_Jitter_IsPerPacket(int multiplier, double least, double most)
    {
        var table = new BfdSessionTable(new Random(5));
        var session = table.Add(Bench.Settings with { DetectMult = multiplier, DesiredMinTxInterval = TimeSpan.FromSeconds(1) }, default, 0, 0);
        var transmit = new byte[BfdSession.TransmitLength];
        var gaps = new HashSet<double>();
        long last = 0;
        session.Tick(0, true, transmit).Transmission.Should().Be(BfdTransmission.Control);
        for (var i = 0; i < 500; i++)
        {
            var now = session.Deadline;
            session.Tick(now, true, transmit).Transmission.Should().Be(BfdTransmission.Control);
            gaps.Add((now - last) / 1e6 / 20);
            last = now;
        }

        gaps.Should().HaveCountGreaterThan(400).And.OnlyContain(g => g >= least && g <= most);
        gaps.Max().Should().BeGreaterThan(most - 1);
        gaps.Min().Should().BeLessThan(least + 1);
    }

    [Fact]
    public void Rfc5880_6_8_7_EarlyTick_SendsNothing()
    {
        var bench = new Bench().BringUp();
        bench.Stop(49.999);
        bench.Tick().Transmission.Should().Be(BfdTransmission.None);
        bench.Stop(0.001);
        bench.Tick().Transmission.Should().Be(BfdTransmission.Control);
    }

    [Fact]
    public void Rfc5880_6_8_7_LateTick_SendsOnePacketAndNotAllThatWereMissed()
    {
        var bench = new Bench().BringUp();
        bench.Stop(145);
        bench.Advance(0);
        bench.SentControl.Should().ContainSingle();
        bench.Advance(49);
        bench.SentControl.Should().HaveCount(2, "the other one says that the session is down");
    }

    [Fact]
    public void Rfc5880_6_8_7_RemoteMinRxZero_StopsPeriodicPackets()
    {
        var bench = new Bench().BringUp();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 0 };
        bench.AdvanceWithPeer(5_000);
        bench.Sent.Should().BeEmpty();
        bench.Session.State.Should().Be(BfdState.Up);

        bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
        bench.Sent.Should().ContainSingle().Which.Packet.Final.Should().BeTrue("a Poll is answered whatever the timer says");
    }

    [Fact]
    public void Rfc5880_6_8_7_RemoteMinRxZero_AChangeOfStateIsStillTold()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with { RequiredMinRxInterval = 0 });
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.LastSent.State.Should().Be(BfdState.AdminDown);
    }

    [Fact]
    public void Rfc5880_6_8_7_RemoteMinRxZero_APollSequenceIsOnePacket()
    {
        var bench = new Bench().BringUp();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 0 };
        bench.Receive(BfdState.Up);
        bench.Do((s, now, t) => s.Change(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(20) }, now, t));
        bench.AdvanceWithPeer(2_000);
        bench.SentControl.Should().ContainSingle().Which.Packet.Poll.Should().BeTrue();
    }

    [Fact]
    public void Rfc5880_6_8_7_RemoteMinRxNoLongerZero_PeriodicPacketsBeginAgain()
    {
        var bench = new Bench().BringUp();
        bench.AdvanceWithPeer(500, bench.Say(BfdState.Up) with { RequiredMinRxInterval = 0 });
        bench.Sent.Should().BeEmpty();
        bench.Receive(BfdState.Up);
        bench.Advance(0);
        bench.SentControl.Should().ContainSingle();
    }

    [Theory]
    [InlineData(BfdState.Down)]
    [InlineData(BfdState.Init)]
    public void Rfc5880_6_8_7_Poll_IsAnsweredInAnyState(BfdState said)
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Receive((said == BfdState.Down ? bench.Peer with { State = said } : bench.Say(said)) with { Poll = true });
        bench.LastSent.Final.Should().BeTrue();
        bench.LastSent.State.Should().Be(bench.Session.State);
    }

    [Fact]
    public void Rfc5880_6_8_7_Final_DoesNotMoveTheTimer()
    {
        var bench = new Bench().BringUp();
        bench.Advance(49);
        bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
        bench.Sent.Clear();
        bench.Advance(1);
        bench.SentControl.Should().ContainSingle().Which.Packet.Final.Should().BeFalse();
    }

    [Fact]
    public void Rfc5880_6_8_7_Finals_AreLimitedNotBelowTheAdvertisedRate()
    {
        var bench = new Bench().BringUp();
        // A peer that polls as often as we say that we send is always answered.
        for (var i = 0; i < 100; i++)
        {
            bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
            bench.Advance(50);
        }

        bench.SentControl.Count(s => s.Packet.Final).Should().Be(100);
        bench.Session.SuppressedFinals.Should().Be(0);
    }

    [Fact]
    public void Rfc5880_6_8_7_PollFlood_IsAnsweredSeldom()
    {
        var bench = new Bench().BringUp();
        for (var i = 0; i < 10_000; i++)
        {
            bench.Receive(bench.Say(BfdState.Up) with { Poll = true });
            bench.Advance(0.1);
        }

        var finals = bench.SentControl.Count(s => s.Packet.Final);
        finals.Should().BeInRange(100, 110);
        bench.Session.SuppressedFinals.Should().Be((ulong)(10_000 - finals));
        bench.Notifications.Should().HaveFlag(BfdNotifications.FinalSuppressed);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_7_StateChange_IsSentAtOnce()
    {
        var bench = new Bench();
        bench.Advance(100);
        bench.Sent.Clear();
        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.SentControl.Should().ContainSingle().Which.Packet.State.Should().Be(BfdState.Init);
        bench.Receive(BfdState.Init);
        bench.LastSent.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_7_FloodOfStateChanges_IsNotAnsweredOneByOne()
    {
        var bench = new Bench().BringUp();
        for (var i = 0; i < 1_000; i++)
        {
            bench.Receive(bench.Say(BfdState.Down));
            bench.Receive(bench.Say(BfdState.Init));
            bench.Advance(0.1);
        }

        bench.SentControl.Count().Should().BeLessThan(40);
        bench.Advance(10);
        bench.LastSent.State.Should().Be(bench.Session.State, "the last state is told as soon as there is room");
    }

    [Fact]
    public void Rfc5880_6_8_7_Fields_AreThoseOfTheSession()
    {
        var bench = new Bench(Bench.Settings with { DetectMult = 7, RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(30), RequiredMinRxInterval = TimeSpan.FromMilliseconds(40) }).BringUp();
        bench.AdvanceWithPeer(50);
        bench.LastSent.Should().Be(new BfdControlPacket
        {
            State = BfdState.Up,
            DetectMult = 7,
            Length = 24,
            MyDiscriminator = bench.Session.LocalDiscriminator,
            YourDiscriminator = Bench.PeerDiscriminator,
            DesiredMinTxInterval = 50_000,
            RequiredMinRxInterval = 40_000,
            RequiredMinEchoRxInterval = 30_000,
        });
        bench.Sent[^1].Bytes.Should().HaveCount(24);
    }

    /// <summary>C and M are zero: the session lives in this process, and M is reserved.</summary>
    [Fact]
    public void Rfc5880_6_8_7_ControlPlaneIndependentAndMultipointBits_AreZero()
    {
        var bench = new Bench().BringUp();
        bench.AdvanceWithPeer(500);
        bench.Sent.Should().OnlyContain(s => (s.Bytes[1] & 0x09) == 0);
    }
}
