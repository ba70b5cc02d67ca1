using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.8.6: which packets are discarded, in which order, and what those that are not change.</summary>
public sealed class Rfc5880ReceptionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(7)]
    public void Rfc5880_6_8_6_VersionIsNotOne_IsDiscarded(byte version)
    {
        var bench = new Bench().BringUp();
        var bytes = Packets.Bytes(bench.Say(BfdState.Down));
        bytes[0] = (byte)((bytes[0] & 0x1f) | (version << 5));

        bench.Receive(bytes).Discard.Should().Be(BfdDiscardReason.Version);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_VersionIsOne_IsTaken()
    {
        var bench = new Bench().BringUp();
        bench.Receive(BfdState.Down).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    public void Rfc5880_6_8_6_LengthBelow24_IsDiscarded(byte length)
    {
        var bench = new Bench().BringUp();
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down) with { Length = length })).Discard.Should().Be(BfdDiscardReason.LengthTooSmall);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    public void Rfc5880_6_8_6_LengthBelow26WithAuthentication_IsDiscarded(byte length)
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down) with { Length = length, AuthenticationPresent = true }, 52)).Discard.Should().Be(BfdDiscardReason.LengthTooSmall);
    }

    [Fact]
    public void Rfc5880_6_8_6_LengthBeyondThePayload_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down) with { Length = 25 })).Discard.Should().Be(BfdDiscardReason.LengthBeyondPayload);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_PayloadBeyondTheLength_IsTaken()
    {
        var bench = new Bench().BringUp();
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down), 200)).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc5880_6_8_6_DetectMultZero_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Down) with { DetectMult = 0 }).Discard.Should().Be(BfdDiscardReason.DetectMultZero);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Session.RemoteDetectMult.Should().Be(3);
    }

    [Fact]
    public void Rfc5880_6_8_6_MultipointBit_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Down) with { Multipoint = true }).Discard.Should().Be(BfdDiscardReason.Multipoint);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_MyDiscriminatorZero_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Down) with { MyDiscriminator = 0 }).Discard.Should().Be(BfdDiscardReason.MyDiscriminatorZero);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_YourDiscriminatorOfNoSession_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Down) with { YourDiscriminator = bench.Session.LocalDiscriminator ^ 1 }).Discard.Should().Be(BfdDiscardReason.UnknownYourDiscriminator);
        bench.Session.State.Should().Be(BfdState.Up);
        bench.Table.GetDiscards(BfdDiscardReason.UnknownYourDiscriminator).Should().Be(1);
    }

    [Theory]
    [InlineData(BfdState.Init)]
    [InlineData(BfdState.Up)]
    public void Rfc5880_6_8_6_YourDiscriminatorZeroAndStateIsNeitherDownNorAdminDown_IsDiscarded(BfdState state)
    {
        var bench = new Bench();
        bench.Receive(bench.Peer with { State = state }).Discard.Should().Be(BfdDiscardReason.YourDiscriminatorZero);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.RemoteDiscriminator.Should().Be(0);
    }

    [Theory]
    [InlineData(BfdState.Down, BfdState.Init)]
    [InlineData(BfdState.AdminDown, BfdState.Down)]
    public void Rfc5880_6_8_6_YourDiscriminatorZeroAndStateDownOrAdminDown_SelectsTheSessionByAddresses(BfdState said, BfdState expected)
    {
        var bench = new Bench();
        bench.Receive(bench.Peer with { State = said }).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(expected);
        bench.Session.RemoteDiscriminator.Should().Be(Bench.PeerDiscriminator);
    }

    [Fact]
    public void Rfc5880_6_8_6_YourDiscriminatorZeroFromAPeerThatStartsAnew_TakesTheSessionDown()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Peer with { State = BfdState.Down, MyDiscriminator = 99 });
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.RemoteDiscriminator.Should().Be(99);
    }

    [Fact]
    public void Rfc5880_6_8_6_YourDiscriminatorZeroFromNoPeer_IsDiscarded()
    {
        var bench = new Bench();
        bench.Receive(bench.Peer with { State = BfdState.Down }, source: System.Net.IPAddress.Parse("192.0.2.77")).Discard.Should().Be(BfdDiscardReason.UnknownPeer);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc5880_6_8_6_AuthenticationBitWithoutAuthentication_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Receive(Signed.By(Keys.Sha1, bench.Say(BfdState.Down))).Discard.Should().Be(BfdDiscardReason.AuthenticationUnexpected);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_NoAuthenticationBitWithAuthentication_IsDiscarded()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        bench.Receive(bench.Peer with { State = BfdState.Down }).Discard.Should().Be(BfdDiscardReason.AuthenticationMissing);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Fact]
    public void Rfc5880_6_8_6_AuthenticationThatFails_IsDiscarded()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        bench.Receive(Signed.By(Keys.OtherSha1, bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.AuthenticationDigest);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Receive(Signed.By(Keys.Sha1, bench.Peer with { State = BfdState.Down })).Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(BfdState.Init);
    }

    /// <summary>Each packet breaks two rules; the reason is the rule that comes first.</summary>
    [Fact]
    public void Rfc5880_6_8_6_Rules_AreLookedAtInOrder()
    {
        var bench = new Bench().BringUp();
        var version = Packets.Bytes(bench.Say(BfdState.Down) with { Length = 3 });
        version[0] = 0;

        bench.Receive(version).Discard.Should().Be(BfdDiscardReason.Version);
        bench.Receive(bench.Say(BfdState.Down) with { Length = 23, DetectMult = 0 }).Discard.Should().Be(BfdDiscardReason.LengthTooSmall);
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down) with { Length = 99, DetectMult = 0 })).Discard.Should().Be(BfdDiscardReason.LengthBeyondPayload);
        bench.Receive(bench.Say(BfdState.Down) with { DetectMult = 0, Multipoint = true }).Discard.Should().Be(BfdDiscardReason.DetectMultZero);
        bench.Receive(bench.Say(BfdState.Down) with { Multipoint = true, MyDiscriminator = 0 }).Discard.Should().Be(BfdDiscardReason.Multipoint);
        bench.Receive(bench.Say(BfdState.Down) with { MyDiscriminator = 0, YourDiscriminator = 1 }).Discard.Should().Be(BfdDiscardReason.MyDiscriminatorZero);
        bench.Receive(bench.Say(BfdState.Down) with { YourDiscriminator = 1 }, ttl: 1).Discard.Should().Be(BfdDiscardReason.UnknownYourDiscriminator);
        bench.Receive(bench.Peer, source: System.Net.IPAddress.Parse("192.0.2.77")).Discard.Should().Be(BfdDiscardReason.YourDiscriminatorZero);
        bench.Receive(Signed.By(Keys.Sha1, bench.Say(BfdState.Down)), ttl: 1).Discard.Should().Be(BfdDiscardReason.Ttl);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    /// <summary>Neither state nor timers nor discriminators: the session is afterwards as one that has not had the packet.</summary>
    [Theory]
    [InlineData(BfdDiscardReason.DetectMultZero)]
    [InlineData(BfdDiscardReason.Multipoint)]
    [InlineData(BfdDiscardReason.Ttl)]
    [InlineData(BfdDiscardReason.AuthenticationUnexpected)]
    [InlineData(BfdDiscardReason.UnknownYourDiscriminator)]
    public void Rfc5880_6_8_6_DiscardedPacket_ChangesNothing(BfdDiscardReason reason)
    {
        var bench = new Bench().BringUp();
        bench.Advance(20);
        var before = bench.Session.GetStatus();
        var deadline = bench.Session.Deadline;
        var packet = new BfdControlPacket
        {
            State = BfdState.Down,
            Poll = true,
            Demand = true,
            DetectMult = 9,
            Length = 24,
            MyDiscriminator = 7,
            YourDiscriminator = bench.Session.LocalDiscriminator,
            DesiredMinTxInterval = 9,
        };

        var step = reason switch
        {
            BfdDiscardReason.DetectMultZero => bench.Receive(packet with { DetectMult = 0 }),
            BfdDiscardReason.Multipoint => bench.Receive(packet with { Multipoint = true }),
            BfdDiscardReason.Ttl => bench.Receive(packet, ttl: 254),
            BfdDiscardReason.AuthenticationUnexpected => bench.Receive(Signed.By(Keys.Sha1, packet)),
            _ => bench.Receive(packet with { YourDiscriminator = 5 }),
        };

        step.Discard.Should().Be(reason);
        step.Transmission.Should().Be(BfdTransmission.None);
        step.Notifications.Should().Be(BfdNotifications.None);
        bench.Session.Deadline.Should().Be(deadline);
        bench.Session.GetStatus().Should().BeEquivalentTo(before, o => o.Excluding(s => s.Discards));
        (bench.Session.GetDiscards(reason) + bench.Table.GetDiscards(reason)).Should().Be(1);
    }

    [Fact]
    public void Rfc5880_6_8_6_AcceptedPacket_SetsTheVariablesOfTheRemoteSystem()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with
        {
            MyDiscriminator = 0x99,
            Diagnostic = BfdDiagnostic.PathDown,
            DetectMult = 7,
            Demand = true,
            ControlPlaneIndependent = true,
            DesiredMinTxInterval = 60_000,
            RequiredMinRxInterval = 70_000,
            RequiredMinEchoRxInterval = 80_000,
        });

        bench.Session.RemoteDiscriminator.Should().Be(0x99);
        bench.Session.RemoteState.Should().Be(BfdState.Up);
        bench.Session.RemoteDiagnostic.Should().Be(BfdDiagnostic.PathDown);
        bench.Session.RemoteDetectMult.Should().Be(7);
        bench.Session.RemoteDemand.Should().BeTrue();
        bench.Session.RemoteControlPlaneIndependent.Should().BeTrue();
        bench.Session.RemoteDesiredMinTxInterval.Should().Be(60_000);
        bench.Session.RemoteMinRxInterval.Should().Be(70_000);
        bench.Session.RemoteMinEchoRxInterval.Should().Be(80_000);
    }

    [Fact]
    public void Rfc5880_6_8_6_FinalDuringAPollSequence_EndsIt()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.Verify(now, t));
        bench.Advance(50);
        bench.LastSent.Poll.Should().BeTrue();

        bench.Receive(bench.Say(BfdState.Up) with { Final = true });
        bench.Session.PollActive.Should().BeFalse();
        bench.Notifications.Should().HaveFlag(BfdNotifications.PollEnded);
    }

    [Fact]
    public void Rfc5880_6_8_6_PacketInAdminDown_IsDiscardedAfterTheVariablesAreSet()
    {
        var bench = new Bench().BringUp();
        bench.Do((s, now, t) => s.SetAdministrativelyDown(true, now, t));
        bench.Sent.Clear();

        var step = bench.Receive(bench.Say(BfdState.Down) with { Poll = true, DesiredMinTxInterval = 77_000 });

        step.Discard.Should().Be(BfdDiscardReason.AdministrativelyDown);
        bench.Session.State.Should().Be(BfdState.AdminDown);
        bench.Session.RemoteDesiredMinTxInterval.Should().Be(77_000);
        bench.Sent.Should().BeEmpty("the packet is discarded before its P bit is looked at");
    }

    [Fact]
    public void Rfc5880_6_8_6_PollBit_IsAnsweredByAFinalAtOnce()
    {
        var bench = new Bench().BringUp();
        bench.Advance(10);
        bench.Receive(bench.Say(BfdState.Up) with { Poll = true });

        bench.Sent.Should().ContainSingle().Which.Packet.Should().Match<BfdControlPacket>(p => p.Final && !p.Poll && p.State == BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_NoPollBit_IsNotAnswered()
    {
        var bench = new Bench().BringUp();
        bench.Advance(10);
        bench.Receive(BfdState.Up);
        bench.Sent.Should().BeEmpty();
    }

    [Fact]
    public void Rfc5880_6_8_6_AcceptedPacket_CountsForTheDetectionTime()
    {
        var bench = new Bench().BringUp();
        bench.Advance(149);
        bench.Receive(BfdState.Up);
        bench.Advance(149);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5880_6_8_6_DiscardedPacket_DoesNotCountForTheDetectionTime()
    {
        var bench = new Bench().BringUp();
        bench.Advance(149);
        bench.Receive(bench.Say(BfdState.Up), ttl: 254);
        bench.Advance(2);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
    }
}
