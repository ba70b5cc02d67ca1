using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.4: detection time; and how arrival times and late steps decide it.</summary>
public sealed class Rfc5880DetectionTests
{
    [Theory]
    [InlineData(3, 50, 50, 150)]
    [InlineData(5, 50, 50, 250)]
    [InlineData(3, 20, 50, 150)]
    [InlineData(3, 90, 50, 270)]
    [InlineData(1, 90, 50, 90)]
    public void Rfc5880_6_8_4_DetectionTime_IsThePeersMultiplierTimesTheAgreedInterval(byte multiplier, int remoteDesired, int required, int expected)
    {
        // Our own multiplier has no part in it.
        var bench = new Bench(Bench.Settings with { RequiredMinRxInterval = TimeSpan.FromMilliseconds(required), DetectMult = 9 });
        bench.Peer = bench.Peer with { DetectMult = multiplier, DesiredMinTxInterval = (uint)remoteDesired * 1000 };
        bench.BringUp();
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(expected);
        bench.Advance(expected - 0.001);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(0.001);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.ControlDetectionTimeExpired);
    }

    [Fact]
    public void Rfc5880_6_8_4_DetectionTimeExpires_TellsThePeerAtOnce()
    {
        var bench = new Bench().BringUp();
        bench.Advance(150);
        bench.SentControl.Last().Packet.Should().Match<BfdControlPacket>(p => p.State == BfdState.Down && p.Diagnostic == BfdDiagnostic.ControlDetectionTimeExpired);
        bench.At(bench.SentControl.Last().Time).Should().Be(bench.Now);
    }

    [Fact]
    public void Rfc5880_6_8_4_ThePeersIntervalChanges_TheDetectionTimeFollowsAtOnce()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with { DesiredMinTxInterval = 200_000 });
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(600);
        bench.Receive(BfdState.Up);
        bench.Session.DetectionTime.TotalMilliseconds.Should().Be(150);
    }

    [Fact]
    public void Rfc5880_6_8_4_DetectionTimeInDown_ChangesNoState()
    {
        var bench = new Bench().BringUp();
        bench.Receive(BfdState.Down);
        var transitions = bench.Session.TransitionCount;
        bench.Advance(10_000);
        bench.Session.TransitionCount.Should().Be(transitions);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.NeighborSignaledSessionDown);
    }

    [Fact]
    public void LateTick_WithoutADrain_DeclaresNothing()
    {
        var bench = new Bench().BringUp();
        bench.Stop(500);
        var step = bench.Tick(drained: false);
        step.DrainNeeded.Should().BeTrue();
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Session.Deadline.Should().BeLessThanOrEqualTo(bench.Clock, "the drain is due");
    }

    [Fact]
    public void LateTick_WithPacketsThatArrivedInTime_StaysUp()
    {
        var bench = new Bench().BringUp();
        bench.Stop(500);
        bench.Tick(drained: false);
        for (var ago = 450; ago >= 50; ago -= 50)
        {
            bench.Receive(bench.Say(BfdState.Up), ago: ago);
        }

        bench.Tick();
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(99);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(2);
        bench.Session.State.Should().Be(BfdState.Down, "the last one arrived 50 ms before it was read");
    }

    [Fact]
    public void LateTick_WithoutPackets_IsDownAndSaysHowLate()
    {
        var bench = new Bench().BringUp();
        bench.Stop(500);
        bench.Tick(drained: false);
        bench.Tick();
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastTransition.LateBy.Should().Be(350 * Bench.Millisecond);
        bench.LastTransition.Time.Should().Be(bench.Clock);
    }

    [Fact]
    public void LatePacket_ThatArrivedAfterTheTimeHadRunOut_ComesToASessionThatIsDown()
    {
        var bench = new Bench().BringUp();
        bench.Stop(500);
        bench.Receive(bench.Say(BfdState.Up), ago: 300);
        bench.Session.State.Should().Be(BfdState.Down, "between the last packet and this one lie 200 ms");
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
        bench.LastTransition.LateBy.Should().Be(350 * Bench.Millisecond);
    }

    [Fact]
    public void PacketAtTheVeryEndOfTheDetectionTime_KeepsTheSession()
    {
        var bench = new Bench().BringUp();
        bench.Stop(150);
        bench.Receive(BfdState.Up);
        bench.Tick();
        bench.Session.State.Should().Be(BfdState.Up);
    }

    /// <summary>The verdict does not depend on when the process had time to look.</summary>
    [Fact]
    public void ArrivalTimes_GiveTheSameStatesWheneverTheyAreLookedAt()
    {
        int[] arrivals = [40, 90, 140, 330, 380, 430, 480, 700];
        List<(BfdState, double)> Run(int look)
        {
            var bench = new Bench().BringUp();
            var start = bench.Now;
            var before = bench.Session.TransitionCount;
            var waiting = new Queue<int>(arrivals);
            for (var time = look; time <= 1_000; time += look)
            {
                bench.Stop(look);
                while (waiting.TryPeek(out var arrival) && arrival <= time)
                {
                    bench.Receive(bench.Say(BfdState.Up), ago: time - waiting.Dequeue());
                }

                bench.Tick();
            }

            return [.. Enumerable.Range((int)before, (int)(bench.Session.TransitionCount - before)).Select(i => bench.Session.GetTransition(i)).Select(t => (t.To, bench.At(t.Time - t.LateBy) - start))];
        }

        // 150 ms after the packet at 140 ms; what comes later says Up to a session that is down.
        foreach (var look in new[] { 1, 5, 20, 50, 200, 1_000 })
        {
            Run(look).Should().Equal([(BfdState.Down, 290)], $"looked every {look} ms");
        }
    }

    [Fact]
    public void ArrivalAfterNow_IsTakenAsNow()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up), ago: -10_000);
        bench.Advance(151);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void LateStep_IsCountedWhenItIsLaterThanHalfTheDetectionTime()
    {
        var bench = new Bench().BringUp();
        bench.AdvanceWithPeer(500);
        bench.Session.LateSteps.Should().Be(0);
        bench.Notifications.Should().NotHaveFlag(BfdNotifications.Late);

        bench.Advance(50 - (bench.Now % 50));
        bench.Receive(BfdState.Up);
        bench.Stop(50 + 76);
        bench.Tick(drained: false);
        bench.Session.LateSteps.Should().Be(1);
        bench.Session.GreatestLateness.TotalMilliseconds.Should().BeApproximately(76, 1);
        bench.Notifications.Should().HaveFlag(BfdNotifications.Late);
    }

    [Fact]
    public void LateStep_OfALittle_IsNotCounted()
    {
        var bench = new Bench().BringUp();
        bench.Receive(BfdState.Up);
        bench.Stop(50 + 70);
        bench.Tick(drained: false);
        bench.Session.LateSteps.Should().Be(0);
    }

    [Fact]
    public void DetectionTimeAlarm_ComesAndGoesWithThePeersInterval()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with { DesiredMinTxInterval = 500_000 });
        bench.Session.DetectionTimeAlarm.Should().BeFalse("1,500 ms is not more than 10 x 150 ms");
        bench.Receive(bench.Say(BfdState.Up) with { DesiredMinTxInterval = 500_001 });
        bench.Session.DetectionTimeAlarm.Should().BeTrue();
        bench.Notifications.Should().HaveFlag(BfdNotifications.DetectionTimeAlarmChanged);
        bench.Receive(BfdState.Up);
        bench.Session.DetectionTimeAlarm.Should().BeFalse();
    }

    [Fact]
    public void DetectionTimeAlarm_DoesNotOverflowWithTheGreatestSettings()
    {
        var bench = new Bench(Bench.Settings with { RequiredMinRxInterval = BfdLimits.LongestInterval, DetectMult = 255 }).BringUp();
        bench.Session.DetectionTime.Should().Be(3 * BfdLimits.LongestInterval);
        bench.Session.DetectionTimeAlarm.Should().BeFalse("the configured one is longer");
    }

    [Fact]
    public void DetectionTimeAlarm_IsNotRaisedDuringTheHandshake()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { DesiredMinTxInterval = 1_000_000 };
        bench.Advance(0);
        bench.Receive(BfdState.Down);
        bench.Receive(BfdState.Init);
        bench.Session.DetectionTimeAlarm.Should().BeFalse();
        bench.Notifications.Should().NotHaveFlag(BfdNotifications.DetectionTimeAlarmChanged);
    }
}
