using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.5, 6.8.8, 6.8.9, 6.8.13: the echo function.</summary>
public sealed class Rfc5880EchoTests
{
    private static readonly BfdSessionSettings Echoing = Bench.Settings with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(10) };

    private static Bench Up(BfdSessionSettings? settings = null, uint remote = 10_000)
    {
        var bench = new Bench(settings ?? Echoing);
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = remote };
        return bench.BringUp();
    }

    [Fact]
    public void Rfc5880_6_8_9_NotUp_SendsNoEcho()
    {
        var bench = new Bench(Echoing);
        bench.Peer = bench.Peer with { RequiredMinEchoRxInterval = 10_000 };
        bench.Advance(1_000);
        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.Advance(20);
        bench.Session.State.Should().Be(BfdState.Init);
        bench.SentEcho.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_8_9_PeerAllowsNone_SendsNoEcho()
    {
        var bench = Up(remote: 0);
        bench.AdvanceWithPeer(1_000);
        bench.SentEcho.Should().BeEmpty();
        bench.Session.EchoActive.Should().BeFalse();
    }

    [Theory]
    [InlineData(10, 10_000, 10)]
    [InlineData(10, 40_000, 40)]
    [InlineData(30, 10_000, 30)]
    public void Rfc5880_6_8_9_Interval_IsNotBelowWhatThePeerAdvertises(int desired, int remote, int expected)
    {
        var bench = Up(Echoing with { DesiredMinEchoTxInterval = TimeSpan.FromMilliseconds(desired) }, (uint)remote);
        bench.AdvanceWithPeer(500);
        var times = bench.SentEcho.Select(s => bench.At(s.Time)).ToArray();
        times.Skip(1).Zip(times, (a, b) => a - b).Should().HaveCountGreaterThan(5).And.OnlyContain(g => Math.Abs(g - expected) < 0.001);
    }

    [Fact]
    public void Rfc5880_6_8_9_Jitter_IsAtMostAQuarter()
    {
        var bench = Up();
        bench.Random.Jitter = 0.999999;
        bench.AdvanceWithPeer(100);
        bench.Sent.Clear();
        bench.AdvanceWithPeer(500);
        var times = bench.SentEcho.Select(s => bench.At(s.Time)).ToArray();
        times.Skip(1).Zip(times, (a, b) => a - b).Should().OnlyContain(g => g >= 7.5 && g < 7.51);
    }

    [Fact]
    public void Rfc5880_6_8_6_PeerNoLongerAllowsEcho_ItCeases()
    {
        var bench = Up();
        bench.Receive(bench.Say(BfdState.Up) with { RequiredMinEchoRxInterval = 0 });
        bench.Sent.Clear();
        bench.AdvanceWithPeer(1_000, bench.Say(BfdState.Up) with { RequiredMinEchoRxInterval = 0 });
        bench.SentEcho.Should().BeEmpty();
        bench.Session.State.Should().Be(BfdState.Up, "what was not returned no longer matters");
    }

    [Fact]
    public void Rfc5880_6_8_5_EchoPacketsDoNotReturn_TheSessionIsDown()
    {
        var bench = Up();
        bench.AdvanceWithPeer(100);
        bench.EchoReturns = false;
        var last = bench.SentEcho.Last().Time;
        bench.AdvanceWithPeer(60);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.EchoFunctionFailed);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.EchoFailed);
        // The first one that did not return, two more, and the time that the last of them had.
        ((bench.LastTransition.Time - last) / (double)Bench.Millisecond).Should().BeApproximately(40, 0.01);
    }

    [Fact]
    public void Rfc5880_6_8_5_FewerEchoPacketsThanTheMultiplierAreLost_TheSessionStays()
    {
        var bench = Up();
        for (var i = 0; i < 30; i++)
        {
            bench.EchoReturns = i % 3 == 0;
            bench.AdvanceWithPeer(10);
        }

        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_5_EchoFails_TellsThePeerAndSendsNoMore()
    {
        var bench = Up();
        bench.EchoReturns = false;
        bench.AdvanceWithPeer(100);
        bench.LastSent.Should().Match<BfdControlPacket>(p => p.State == BfdState.Down && p.Diagnostic == BfdDiagnostic.EchoFunctionFailed);
        bench.Sent.Clear();
        bench.AdvanceWithPeer(500);
        bench.SentEcho.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_8_8_EchoPacket_GoesToTheSessionOfItsDiscriminator()
    {
        var bench = Up();
        bench.EchoReturns = false;
        bench.Advance(10);
        var packet = bench.SentEcho.Last();
        packet.Echo.Discriminator.Should().Be(bench.Session.LocalDiscriminator);
        bench.ReceiveEcho(packet.Bytes).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.ReceivedEchoPackets.Should().BePositive();
    }

    [Fact]
    public void Rfc5880_6_8_8_EchoPacketTwice_CountsOnce()
    {
        var bench = Up();
        bench.EchoReturns = false;
        bench.Advance(10);
        bench.ReceiveEcho(bench.SentEcho.Last().Bytes).Discard.Should().Be(BfdDiscardReason.None);
        bench.ReceiveEcho(bench.SentEcho.Last().Bytes).Discard.Should().Be(BfdDiscardReason.EchoForged);
    }

    [Fact]
    public void Rfc5880_6_8_8_ForgedEchoPackets_DoNotKeepTheSessionUp()
    {
        var bench = Up();
        bench.EchoReturns = false;
        for (var i = 0; i < 10; i++)
        {
            bench.Receive(BfdState.Up);
            bench.Advance(10);
            var forged = bench.Sent.Last(s => s.Transmission == BfdTransmission.Echo).Bytes.ToArray();
            forged[^1] ^= 2;
            bench.ReceiveEcho(forged).Discard.Should().Be(BfdDiscardReason.EchoForged);
        }

        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc5880_6_8_8_EchoPacketOfNobody_IsDiscarded()
    {
        var bench = Up();
        bench.Advance(10);
        var foreign = bench.SentEcho.Last().Bytes.ToArray();
        foreign[4] ^= 1;
        bench.ReceiveEcho(foreign).Discard.Should().Be(BfdDiscardReason.EchoUnknown);
        bench.ReceiveEcho([]).Discard.Should().Be(BfdDiscardReason.EchoUnknown);
    }

    [Fact]
    public void OwnPause_IsNotTakenForAPathThatIsDown()
    {
        var bench = Up();
        bench.AdvanceWithPeer(100);
        // Nothing was sent in this time, so that nothing could return.
        bench.EchoReturns = false;
        bench.Stop(900);
        bench.Tick(drained: false).DrainNeeded.Should().BeFalse();
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void EchoPacketsThatWaitedDuringAPause_AreJudgedByTheirArrival()
    {
        var bench = Up();
        bench.AdvanceWithPeer(100);
        bench.EchoReturns = false;
        bench.Advance(25);
        var waiting = bench.SentEcho.Last().Bytes;
        bench.Stop(900);
        bench.Tick(drained: false);
        bench.ReceiveEcho(waiting, ago: 899);
        bench.Tick();
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void EchoFailed_IsNotJudgedByControlPacketsThatWereReadFirst()
    {
        var bench = Up();
        bench.AdvanceWithPeer(100);
        bench.EchoReturns = false;
        bench.Advance(25);
        var waiting = bench.SentEcho.Last().Bytes;
        bench.Stop(100);
        bench.Receive(BfdState.Up);
        bench.Session.State.Should().Be(BfdState.Up, "the echo packets wait in another socket");
        bench.ReceiveEcho(waiting, ago: 99);
        bench.Tick();
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_13_EchoOfThePeerIsReturned_OnlyWhenWeSaidSo()
    {
        foreach (var allowed in new[] { true, false })
        {
            var bench = new Bench(Bench.Settings with { RequiredMinEchoRxInterval = allowed ? TimeSpan.FromMilliseconds(10) : TimeSpan.Zero }).BringUp();
            bench.Channel = BfdChannel.Echo;
            bench.Receive([1, 2, 3]).Should().Match<BfdStep>(s => allowed
                ? s.Transmission == BfdTransmission.EchoReturn && s.Discard == BfdDiscardReason.None
                : s.Transmission == BfdTransmission.None && s.Discard == BfdDiscardReason.EchoUnknown);
        }
    }

    [Fact]
    public void EchoOfThePeer_IsReturnedOnlyFromOneHopAwayAndWhileUp()
    {
        var bench = new Bench(Bench.Settings with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(10) }).BringUp();
        bench.Channel = BfdChannel.Echo;
        bench.Receive([1, 2, 3], ttl: 254).Discard.Should().Be(BfdDiscardReason.Ttl);
        bench.Channel = BfdChannel.SingleHop;
        bench.Receive(BfdState.Down);
        bench.Channel = BfdChannel.Echo;
        bench.Receive([1, 2, 3]).Discard.Should().Be(BfdDiscardReason.EchoUnknown);
    }

    [Fact]
    public void EchoOfThePeer_IsNotReturnedMoreOftenThanWeAdvertise()
    {
        var bench = new Bench(Bench.Settings with { RequiredMinEchoRxInterval = TimeSpan.FromMilliseconds(10) }).BringUp();
        bench.Channel = BfdChannel.Echo;
        var returned = 0;
        for (var i = 0; i < 1_000; i++)
        {
            returned += bench.Receive([1, 2, 3]).Transmission == BfdTransmission.EchoReturn ? 1 : 0;
            bench.Stop(0.1);
        }

        returned.Should().BeInRange(13, 20, "100 ms at 75 % of 10 ms, and a burst");
        bench.Session.GetDiscards(BfdDiscardReason.EchoRate).Should().Be((ulong)(1_000 - returned));
    }

    [Fact]
    public void Rfc5880_6_8_13_OwnEcho_MayBeginAndEndAnyTime()
    {
        var bench = Up(Bench.Settings);
        bench.Session.EchoActive.Should().BeFalse();
        bench.Do((s, now, t) => s.Change(Echoing, now, t));
        bench.Session.EchoActive.Should().BeTrue();
        bench.Advance(20);
        bench.SentEcho.Should().NotBeEmpty();
        bench.Do((s, now, t) => s.Change(Bench.Settings, now, t));
        bench.Sent.Clear();
        bench.AdvanceWithPeer(100);
        bench.SentEcho.Should().BeEmpty();
    }
}
