using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 9747: unaffiliated echo. The neighbor only forwards our packets back to us.</summary>
public sealed class Rfc9747Tests
{
    private static readonly BfdSessionSettings Settings = Bench.Settings with { Kind = BfdSessionKind.UnaffiliatedEcho };

    private static Bench Up(BfdSessionSettings? settings = null)
    {
        var bench = new Bench(settings ?? Settings);
        bench.Advance(2_500);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Sent.Clear();
        return bench;
    }

    [Fact]
    public void Rfc9747_2_OwnPacketsReturn_TheSessionComesUpByTheStateMachineOfRfc5880()
    {
        var bench = new Bench(Settings);
        bench.Advance(2_500);
        Enumerable.Range(0, (int)bench.Session.TransitionCount).Select(i => bench.Session.GetTransition(i).To).Should().Equal(BfdState.Init, BfdState.Up);
        bench.SentEcho.Select(s => s.Packet.State).Distinct().Should().Equal(BfdState.Down, BfdState.Init, BfdState.Up);
        bench.SentControl.Should().BeEmpty("port 3785 is for all packets");
    }

    [Fact]
    public void Rfc9747_2_NotUp_SendsOnePacketPerSecondAtMost()
    {
        var bench = new Bench(Settings) { EchoReturns = false };
        bench.Advance(10_000);
        var times = bench.SentEcho.Select(s => bench.At(s.Time)).ToArray();
        times.Should().HaveCount(11);
        times.Skip(1).Zip(times, (a, b) => a - b).Should().OnlyContain(g => g == 1_000);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc9747_2_Up_SendsAtTheProvisionedInterval()
    {
        var bench = Up();
        bench.Advance(1_000);
        var times = bench.SentEcho.Select(s => bench.At(s.Time)).ToArray();
        times.Skip(1).Zip(times, (a, b) => a - b).Should().HaveCountGreaterThan(15).And.OnlyContain(g => g == 50);
    }

    [Fact]
    public void Rfc9747_2_Packet_SaysOneSecondAndNoEcho()
    {
        var bench = Up(Settings with { DetectMult = 5 });
        bench.Advance(60);
        bench.SentEcho.Last().Packet.Should().Be(new BfdControlPacket
        {
            State = BfdState.Up,
            DetectMult = 5,
            Length = 24,
            MyDiscriminator = bench.Session.LocalDiscriminator,
            YourDiscriminator = bench.Session.LocalDiscriminator,
            DesiredMinTxInterval = 1_000_000,
            RequiredMinRxInterval = 1_000_000,
        });
    }

    [Fact]
    public void Rfc9747_2_FirstPacket_HasYourDiscriminatorZero()
    {
        var bench = new Bench(Settings) { EchoReturns = false };
        bench.Advance(0);
        bench.SentEcho.Single().Packet.YourDiscriminator.Should().Be(0);
    }

    [Fact]
    public void Rfc9747_2_DetectMultPacketsDoNotReturn_TheSessionIsDownWithEchoFunctionFailed()
    {
        var bench = Up();
        bench.Advance(500);
        bench.EchoReturns = false;
        bench.Advance(195);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Advance(10);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.EchoFunctionFailed);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.EchoFailed);
    }

    [Fact]
    public void Rfc9747_2_PathIsBack_TheSessionComesUpAgain()
    {
        var bench = Up();
        bench.EchoReturns = false;
        bench.Advance(1_000);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.EchoReturns = true;
        bench.Advance(3_500);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(253)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Rfc9747_TtlOtherThan254_IsDiscarded(int ttl)
    {
        var bench = new Bench(Settings) { EchoReturns = false };
        bench.Advance(0);
        bench.ReceiveEcho(bench.Sent[0].Bytes, ttl).Discard.Should().Be(BfdDiscardReason.Ttl);
        bench.ReceiveEcho(bench.Sent[0].Bytes, 254).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(BfdState.Init);
    }

    [Fact]
    public void Rfc9747_OwnPause_IsNotTakenForAPathThatIsDown()
    {
        var bench = Up();
        bench.Advance(500);
        bench.Stop(5_000);
        bench.Tick(drained: false).DrainNeeded.Should().BeFalse();
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc9747_PacketOfAnother_IsDiscarded()
    {
        var bench = Up();
        var packet = bench.Say(BfdState.Down) with { MyDiscriminator = bench.Session.LocalDiscriminator };
        bench.ReceiveEcho(Packets.Bytes(packet with { MyDiscriminator = 5 })).Discard.Should().Be(BfdDiscardReason.EchoUnknown);
        bench.ReceiveEcho(Packets.Bytes(packet with { YourDiscriminator = 5 })).Discard.Should().Be(BfdDiscardReason.EchoForged);
        bench.ReceiveEcho(Packets.Bytes(packet with { YourDiscriminator = 0, State = BfdState.Up })).Discard.Should().Be(BfdDiscardReason.YourDiscriminatorZero);
        bench.ReceiveEcho(Packets.Bytes(packet with { State = BfdState.AdminDown })).Discard.Should().Be(BfdDiscardReason.EchoForged);
        bench.Channel = BfdChannel.SingleHop;
        bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.Port);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc9747_AdminDown_SendsNothing()
    {
        var bench = Up();
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Advance(5_000);
        bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public void Rfc9747_PollBit_IsNeitherSetNorAnswered()
    {
        var bench = Up();
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Do((s, now, t) => s.Change(Settings with { DesiredMinTxInterval = TimeSpan.FromMilliseconds(120) }, now, t));
        bench.Session.TransmitInterval.TotalMilliseconds.Should().Be(120, "there is nobody whose Final could be waited for");
        bench.ReceiveEcho(Packets.Bytes(bench.Say(BfdState.Up) with { MyDiscriminator = bench.Session.LocalDiscriminator, Poll = true })).Transmission.Should().Be(BfdTransmission.None);
        bench.Advance(1_000);
        bench.SentEcho.Should().OnlyContain(s => !s.Packet.Poll && !s.Packet.Final);
    }

    [Fact]
    public void Rfc9747_Authentication_IsThatOfControlPackets()
    {
        var bench = Up(Settings with { Authentication = Keys.Sha1 });
        bench.Advance(500);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.ReceiveEcho(Packets.Bytes(bench.Say(BfdState.Down) with { MyDiscriminator = bench.Session.LocalDiscriminator })).Discard.Should().Be(BfdDiscardReason.AuthenticationMissing);
        bench.ReceiveEcho(bench.Sent[0].Bytes).Discard.Should().Be(BfdDiscardReason.AuthenticationSequence, "a packet of ours that returns twice");
    }
}
