using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Xunit;

namespace Loxi.Bfd.Tests.Session;

/// <summary>What the own side has lost, taken in the wrong order, or come late for, is not the peer's fault.</summary>
public sealed class BfdSessionLossTests
{
    [Fact]
    public void ForgiveSilence_TheDetectionTimeBeginsAnew()
    {
        var bench = Up();
        bench.Stop(140);

        bench.Session.ForgiveSilence(bench.Clock);
        bench.Advance(149);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(2);

        bench.Session.State.Should().Be(BfdState.Down, "it is forgiven once");
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
    }

    [Fact]
    public void ForgiveSilence_APacketAfterTheLoss_DoesNotEndTheSession()
    {
        var bench = Up();
        bench.Stop(400);
        bench.Session.ForgiveSilence(bench.Clock);

        bench.Receive(BfdState.Up);

        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void WithoutForgiveness_APacketAfterTheDetectionTime_EndsTheSession()
    {
        var bench = Up();
        bench.Stop(400);

        bench.Receive(BfdState.Up);

        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void ForgiveSilence_AnEarlierTime_TakesNothingBack()
    {
        var bench = Up();
        bench.Stop(100);
        bench.Session.ForgiveSilence(bench.Clock);
        bench.Session.ForgiveSilence(bench.Clock - (90 * Bench.Millisecond));

        bench.Advance(149);

        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Theory]
    [InlineData(true, 1, BfdDiscardReason.Outdated)]
    [InlineData(true, 0, BfdDiscardReason.None)]
    [InlineData(false, 1, BfdDiscardReason.None)]
    public void Outdated_APacketThatArrivedBeforeOneThatWasTaken_ChangesNothing(bool mayBeOutdated, int ago, BfdDiscardReason expected)
    {
        var bench = Up();
        bench.Stop(10);
        bench.Receive(BfdState.Up);

        var step = bench.ReceiveOutOfOrder(bench.Say(BfdState.Down), mayBeOutdated, ago);

        step.Discard.Should().Be(expected);
        bench.Session.State.Should().Be(expected == BfdDiscardReason.Outdated ? BfdState.Up : BfdState.Down);
        bench.Session.GetDiscards(BfdDiscardReason.Outdated).Should().Be(expected == BfdDiscardReason.Outdated ? 1u : 0);
    }

    [Fact]
    public void EchoNotPossible_NoneAreSent_UntilItIs()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(20) });
        bench.Do(static (session, now, transmit) => session.SetEchoPossible(false, now, transmit));
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.BringUp();
        bench.Advance(100);
        bench.SentEcho.Should().BeEmpty();
        bench.Session.EchoActive.Should().BeFalse();
        bench.Receive(BfdState.Up);

        bench.Do(static (session, now, transmit) => session.SetEchoPossible(true, now, transmit));
        bench.Advance(100);

        bench.Session.EchoActive.Should().BeTrue();
        bench.SentEcho.Should().HaveCountGreaterThan(3);
    }

    [Fact]
    public void ForgiveLostEchoes_TheCountBeginsAnew()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(20) });
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.BringUp();
        bench.EchoReturns = false;
        for (var i = 0; i < 10; i++)
        {
            bench.Advance(30);
            bench.Session.ForgiveLostEchoes(bench.Clock);
            bench.Receive(BfdState.Up);
        }

        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(100);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.EchoFailed);
    }

    /// <summary>A packet that waited is taken before the tick; that nobody looked for so long is recorded all the same.</summary>
    [Fact]
    public void Late_NoticedByWhateverStepComesFirst()
    {
        var bench = Up();
        bench.Stop(140);

        bench.Receive(bench.Say(BfdState.Up), ago: 5);

        bench.Session.LateSteps.Should().Be(1);
        bench.Notifications.Should().HaveFlag(BfdNotifications.Late);
        bench.Tick();
        bench.Session.LateSteps.Should().Be(1, "once for each time");
    }

    /// <summary>The peer wants packets more often: the one that is due by the new interval was not due before.</summary>
    [Fact]
    public void DueSinceThisMoment_IsNotLate()
    {
        var bench = new Bench();
        bench.Peer = bench.Peer with { RequiredMinRxInterval = 1_000_000 };
        bench.BringUp();
        bench.Advance(0);
        bench.AdvanceWithPeer(900);
        bench.Session.LateSteps.Should().Be(0);

        bench.Receive(bench.Say(BfdState.Up) with { Poll = true, RequiredMinRxInterval = 50_000 });
        bench.At(bench.Session.Deadline).Should().BeLessThan(bench.Now - 75, "the Final was sent, and by the new interval a packet was due long ago");
        bench.Tick();

        bench.Session.LateSteps.Should().Be(0);
    }

    private static Bench Up() => new Bench().BringUp();
}
