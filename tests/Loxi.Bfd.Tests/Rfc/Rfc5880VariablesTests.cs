using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.1: state variables.</summary>
public sealed class Rfc5880VariablesTests
{
    [Fact]
    public void Rfc5880_6_8_1_NewSession_HasTheInitialValues()
    {
        var session = new Bench().Session;
        session.State.Should().Be(BfdState.Down);
        session.RemoteState.Should().Be(BfdState.Down);
        session.LocalDiscriminator.Should().NotBe(0);
        session.RemoteDiscriminator.Should().Be(0);
        session.LocalDiagnostic.Should().Be(BfdDiagnostic.None);
        session.RemoteMinRxInterval.Should().Be(1);
        session.RemoteDemand.Should().BeFalse();
        session.TransmitInterval.Should().Be(TimeSpan.FromSeconds(1));
        session.DetectionTime.Should().Be(Timeout.InfiniteTimeSpan);
    }

    [Fact]
    public void Rfc5880_6_8_1_NewSession_AdvertisesOneSecondAtLeast()
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.LastSent.DesiredMinTxInterval.Should().Be(1_000_000);
    }

    [Fact]
    public void Rfc5880_6_8_1_NewSessionWithALongerInterval_AdvertisesThat()
    {
        var bench = new Bench(Bench.Settings with { DesiredMinTxInterval = TimeSpan.FromSeconds(5) });
        bench.Advance(0);
        bench.LastSent.DesiredMinTxInterval.Should().Be(5_000_000);
    }

    [Fact]
    public void Rfc5880_6_8_1_ADetectionTimeWithoutPackets_SetsRemoteDiscrToZero()
    {
        var bench = new Bench().BringUp();
        bench.Advance(149);
        bench.Session.RemoteDiscriminator.Should().Be(Bench.PeerDiscriminator);
        bench.Advance(2);
        bench.Session.RemoteDiscriminator.Should().Be(0);
        bench.LastSent.YourDiscriminator.Should().Be(0);
    }

    [Fact]
    public void Rfc5880_6_8_1_ADetectionTimeWithoutPacketsInDown_SetsRemoteDiscrToZero()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Down) with { DesiredMinTxInterval = 1_000_000 });
        bench.Advance(2_990);
        bench.Session.RemoteDiscriminator.Should().Be(Bench.PeerDiscriminator);
        bench.Advance(20);
        bench.Session.RemoteDiscriminator.Should().Be(0);
    }

    [Theory]
    [InlineData(BfdState.Down)]
    [InlineData(BfdState.AdminDown)]
    public void Rfc5880_6_8_1_StateOfTheSession_IsPreservedForADetectionTime(BfdState said)
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(said) with { DesiredMinTxInterval = 1_000_000, RequiredMinRxInterval = 400_000 });
        bench.Advance(2_990);
        bench.Session.RemoteMinRxInterval.Should().Be(400_000);
        bench.Session.RemoteDiscriminator.Should().Be(Bench.PeerDiscriminator);
    }

    [Fact]
    public void Rfc5880_6_8_1_XmitAuthSeq_IsRandomAtFirst()
    {
        var random = new TestRandom();
        random.Scripted.Enqueue(5);
        random.Scripted.Enqueue(0xfffffffe);
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 }, random);
        bench.Advance(0);
        // The first packet carries the number after it.
        bench.Sent[0].Bytes[28..32].Should().Equal(0xff, 0xff, 0xff, 0xff);
    }

    [Fact]
    public void Rfc5880_6_8_1_AuthSeqKnown_IsForgottenAfterTwiceTheDetectionTime()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        var packet = bench.Peer with { State = BfdState.Down, DesiredMinTxInterval = 1_000_000 };
        bench.Receive(Signed.By(Keys.Sha1, packet, 500)).Discard.Should().Be(BfdDiscardReason.None);
        bench.Stop(5_999);
        bench.Receive(Signed.By(Keys.Sha1, packet, 7)).Discard.Should().Be(BfdDiscardReason.AuthenticationSequence);
        bench.Stop(1);
        bench.Receive(Signed.By(Keys.Sha1, packet, 7)).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Fact]
    public void Rfc5880_6_8_1_AuthSeqKnown_IsNotForgottenBecauseOfWhatIsDiscarded()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        var packet = bench.Peer with { State = BfdState.Down, DesiredMinTxInterval = 1_000_000 };
        bench.Receive(Signed.By(Keys.OtherSha1, packet, 500)).Discard.Should().Be(BfdDiscardReason.AuthenticationDigest);
        // A forged number is not taken for the first one.
        bench.Receive(Signed.By(Keys.Sha1, packet, 7)).Discard.Should().Be(BfdDiscardReason.None);
    }
}
