using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Xunit;

namespace Loxi.Bfd.Tests.HostileInput;

/// <summary>What a hostile or broken peer sends, and what is right then; each with the good sender going on and with it paused.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 7)]
    public void B01_Version_IsDiscarded(bool paused, byte version)
    {
        var input = new BadInput(paused);
        var bytes = Packets.Bytes(input.Bench.Say(BfdState.Up));
        bytes[0] = (byte)(version << 5);
        input.MustBeDiscarded(bytes, BfdDiscardReason.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B02_VersionWithStateDown_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        var bytes = Packets.Bytes(input.Bench.Say(BfdState.Down));
        bytes[0] = 0;
        input.MustBeDiscarded(bytes, BfdDiscardReason.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B03_LengthBelow24_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down) with { Length = 23 }, BfdDiscardReason.LengthTooSmall);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B04_LengthBeyondThePayload_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down) with { Length = 48 }, BfdDiscardReason.LengthBeyondPayload);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B05_DatagramOf20Octets_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(Packets.Bytes(input.Bench.Say(BfdState.Down), 20), BfdDiscardReason.LengthBeyondPayload);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B06_EmptyDatagram_IsDiscarded(bool paused) => new BadInput(paused).MustBeDiscarded([], BfdDiscardReason.Truncated);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B07_DetectMultZero_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down) with { DetectMult = 0 }, BfdDiscardReason.DetectMultZero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B08_MultipointBit_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down) with { Multipoint = true }, BfdDiscardReason.Multipoint);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B09_MyDiscriminatorZero_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down) with { MyDiscriminator = 0 }, BfdDiscardReason.MyDiscriminatorZero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B10_YourDiscriminatorZeroWithStateUp_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Peer with { State = BfdState.Up }, BfdDiscardReason.YourDiscriminatorZero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B11_YourDiscriminatorZeroWithStateInit_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Peer with { State = BfdState.Init }, BfdDiscardReason.YourDiscriminatorZero);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B12_DiscriminatorOfNoSession_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down) with { YourDiscriminator = ~input.Bench.Session.LocalDiscriminator }, BfdDiscardReason.UnknownYourDiscriminator);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B13_AuthenticationBitWithoutAuthentication_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        var bytes = Packets.Bytes(input.Bench.Say(BfdState.Down) with { AuthenticationPresent = true, Length = 26 }, 26);
        input.MustBeDiscarded(bytes, BfdDiscardReason.AuthenticationUnexpected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B14_AuthenticationSectionWithoutAuthentication_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(Signed.By(Keys.Sha1, input.Bench.Say(BfdState.Down)), BfdDiscardReason.AuthenticationUnexpected);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void B15_AuthenticationLengthBeyondThePacket_IsDiscarded(bool paused, bool authenticated)
    {
        if (!authenticated)
        {
            var input = new BadInput(paused);
            var bytes = Signed.By(Keys.Sha1, input.Bench.Say(BfdState.Down));
            bytes[25] = 255;
            input.MustBeDiscarded(bytes, BfdDiscardReason.AuthenticationUnexpected);
            return;
        }

        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        var packet = Signed.By(Keys.Sha1, bench.Peer with { State = BfdState.Down });
        foreach (var length in new byte[] { 0, 1, 2, 3, 27, 29, 255 })
        {
            packet[25] = length;
            bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.AuthenticationLength);
        }

        // The section says 28, the packet ends before.
        packet[25] = 28;
        packet[3] = 40;
        bench.Receive(packet).Discard.Should().Be(BfdDiscardReason.AuthenticationLength);
        bench.Session.State.Should().Be(BfdState.Down);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B16_Ttl254_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down), BfdDiscardReason.Ttl, ttl: 254);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B17_Ttl1_IsDiscarded(bool paused)
    {
        var input = new BadInput(paused);
        input.MustBeDiscarded(input.Bench.Say(BfdState.Down), BfdDiscardReason.Ttl, ttl: 1);
    }

    [Fact]
    public void B18_PollAndFinal_GetNoFinal()
    {
        var input = new BadInput(senderPaused: false);
        input.Three(input.Bench.Say(BfdState.Up) with { Poll = true, Final = true }).Should().OnlyContain(s => s.Discard == BfdDiscardReason.None && s.Transmission == BfdTransmission.None);
        input.Bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void B19_DemandWhileUp_StopsPeriodicPackets()
    {
        var input = new BadInput(senderPaused: false);
        input.Bench.Peer = input.Bench.Peer with { Demand = true };
        input.Three(input.Bench.Say(BfdState.Up));
        input.GoOn(2_000);
        input.Bench.Session.State.Should().Be(BfdState.Up);
        input.Bench.Sent.Should().BeEmpty();
        input.Bench.Receive(input.Bench.Say(BfdState.Up) with { Poll = true }).Transmission.Should().Be(BfdTransmission.Control);
        input.Bench.LastSent.Final.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B20_RequiredMinRxZero_StopsPeriodicPackets(bool paused)
    {
        var input = new BadInput(paused);
        input.Three(input.Bench.Say(BfdState.Up) with { RequiredMinRxInterval = 0 });
        input.Bench.Advance(299);
        input.Bench.Sent.Should().BeEmpty();
        input.Bench.Session.State.Should().Be(BfdState.Up);
        input.GoOn(200);
        if (paused)
        {
            input.Bench.Session.State.Should().Be(BfdState.Down, "the sender is silent");
            input.Bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
        }
        else
        {
            input.Bench.Sent.Should().NotBeEmpty("the good packets ask for them again");
            input.Bench.Session.State.Should().Be(BfdState.Up);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void B21_DesiredMinTxZero_IsTakenAsOurOwnInterval(bool paused)
    {
        var input = new BadInput(paused);
        input.Three(input.Bench.Say(BfdState.Up) with { DesiredMinTxInterval = 0 });
        input.Bench.Session.DetectionTime.TotalMilliseconds.Should().Be(300);
        input.Bench.Advance(299);
        input.Bench.Session.State.Should().Be(BfdState.Up);
        input.GoOn(200);
        input.Bench.Session.State.Should().Be(paused ? BfdState.Down : BfdState.Up);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    [InlineData(true, 255)]
    [InlineData(false, 255)]
    public void B22_B23_DesiredMinTxOf4294Seconds_DoesNotOverflowAndIsAlarmed(bool paused, byte multiplier)
    {
        var input = new BadInput(paused);
        input.Three(input.Bench.Say(BfdState.Up) with { DesiredMinTxInterval = uint.MaxValue, DetectMult = multiplier });
        input.Bench.Session.DetectionTime.Should().Be(TimeSpan.FromMicroseconds(multiplier * (double)uint.MaxValue));
        input.Bench.Session.DetectionTimeAlarm.Should().BeTrue();
        input.Bench.Session.Deadline.Should().BeGreaterThan(input.Bench.Clock);
        if (paused)
        {
            input.Bench.Stop((multiplier * (double)uint.MaxValue / 1_000) - 1);
            input.Bench.Tick();
            input.Bench.Session.State.Should().Be(BfdState.Up);
            input.Bench.Stop(2);
            input.Bench.Tick();
            input.Bench.Session.State.Should().Be(BfdState.Down);
        }
        else
        {
            input.GoOn(500);
            input.Bench.Session.DetectionTime.TotalMilliseconds.Should().Be(300);
            input.Bench.Session.DetectionTimeAlarm.Should().BeFalse();
        }
    }

    [Fact]
    public void B24_ReservedDiagnostic_IsAcceptedAndShownAsANumber()
    {
        var input = new BadInput(senderPaused: false);
        input.Three(input.Bench.Say(BfdState.Up) with { Diagnostic = (BfdDiagnostic)29 }).Should().OnlyContain(s => s.Discard == BfdDiscardReason.None);
        input.Bench.Session.RemoteDiagnostic.ToString().Should().Be("29");
        input.Bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void B25_DatagramOf1224Octets_IsAccepted()
    {
        var input = new BadInput(senderPaused: false);
        input.Three(Packets.Bytes(input.Bench.Say(BfdState.Down), 1224));
        input.Bench.Session.State.Should().NotBe(BfdState.Up);
    }

    [Fact]
    public void B26_Poll_IsAnsweredAtOnce()
    {
        var input = new BadInput(senderPaused: false);
        input.Bench.Advance(30);
        input.Three(input.Bench.Say(BfdState.Up) with { Poll = true }).Should().OnlyContain(s => s.Transmission == BfdTransmission.Control);
        input.Bench.SentControl.Should().HaveCount(3).And.OnlyContain(s => s.Packet.Final);
    }

    [Fact]
    public void B27_InitWhileUp_IsNoTransition()
    {
        var input = new BadInput(senderPaused: false);
        var transitions = input.Bench.Session.TransitionCount;
        input.Three(input.Bench.Say(BfdState.Init));
        input.Bench.Session.TransitionCount.Should().Be(transitions);
    }

    [Fact]
    public void B28_PeersDiscriminatorChanges_TheNewOneIsUsed()
    {
        var input = new BadInput(senderPaused: false);
        input.Three(input.Bench.Say(BfdState.Up) with { MyDiscriminator = 0x77 });
        input.Bench.Advance(100);
        input.Bench.LastSent.YourDiscriminator.Should().Be(0x77);
        input.Bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void B29_Down_TakesTheSessionDownWithDiagnostic3()
    {
        var input = new BadInput(senderPaused: false);
        input.Bench.Receive(BfdState.Down);
        input.Bench.LastSent.Should().Match<BfdControlPacket>(p => p.State == BfdState.Down && (int)p.Diagnostic == 3);
    }

    [Fact]
    public void B30_AdminDown_IsDownWithACauseThatClientsCanTellApart()
    {
        var input = new BadInput(senderPaused: false);
        input.Three(input.Bench.Say(BfdState.AdminDown));
        input.Bench.Session.State.Should().Be(BfdState.Down);
        input.Bench.LastTransition.Cause.Should().Be(BfdTransitionCause.NeighborSignaledAdminDown);
    }

    [Fact]
    public void B31_NoAuthenticationBitOnAnAuthenticatedSession_IsDiscarded()
    {
        var bench = AuthenticatedAndUp(out _, out _);
        bench.Receive(bench.Say(BfdState.Down)).Discard.Should().Be(BfdDiscardReason.AuthenticationMissing);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(25)]
    public void B31_AuthenticationBitWithALengthOf24Or25_IsDiscarded(byte length)
    {
        var bench = AuthenticatedAndUp(out _, out _);
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down) with { AuthenticationPresent = true, Length = length }, 52)).Discard.Should().Be(BfdDiscardReason.LengthTooSmall);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void B31_KeyIsRemovedWhileUp_StaysUpOnTheOtherKeyAndGoesDownByTimeWhenNoneIsLeft()
    {
        var bench = AuthenticatedAndUp(out var keys, out var sequence);
        bench.Do((s, now, t) => s.ChangeKeys(keys with { Keys = [keys.Keys[1]] }, now, t));
        for (var i = 0; i < 10; i++)
        {
            bench.Receive(Signed.By(keys, bench.Say(BfdState.Up), sequence++, key: 1)).Discard.Should().Be(BfdDiscardReason.None);
            bench.Advance(50);
        }

        bench.Session.State.Should().Be(BfdState.Up);
        bench.Sent[^1].Bytes[26].Should().Be((byte)keys.Keys[1].Id);

        bench.Do((s, now, t) => s.ChangeKeys(keys with { Keys = [] }, now, t));
        bench.Sent.Clear();
        bench.Receive(Signed.By(keys, bench.Say(BfdState.Up), sequence++, key: 1)).Discard.Should().Be(BfdDiscardReason.AuthenticationKeyId);
        bench.Receive(bench.Say(BfdState.Up)).Discard.Should().Be(BfdDiscardReason.AuthenticationMissing);
        bench.Session.State.Should().Be(BfdState.Up, "no key is no reason to go down before the time");
        bench.Advance(151);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.LastTransition.Cause.Should().Be(BfdTransitionCause.DetectionTimeExpired);
        bench.Advance(5_000);
        bench.Sent.Should().BeEmpty("an unauthenticated packet must not leave");
    }

    [Fact]
    public void B32_FinalWithoutPoll_IsIgnored()
    {
        var input = new BadInput(senderPaused: false);
        input.Three(input.Bench.Say(BfdState.Up) with { Final = true }).Should().OnlyContain(s => s.Transmission == BfdTransmission.None);
        input.Bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void B32_PollFlood_IsRateLimited()
    {
        var input = new BadInput(senderPaused: false);
        for (var i = 0; i < 1_000; i++)
        {
            input.Three(input.Bench.Say(BfdState.Up) with { Poll = true });
        }

        input.Bench.SentControl.Should().HaveCount(8);
        input.Bench.Session.SuppressedFinals.Should().Be(2_992);
    }

    [Fact]
    public void B32_AdminDownThenUp_FollowsTheStateMachine()
    {
        var input = new BadInput(senderPaused: true);
        input.Bench.Receive(BfdState.AdminDown);
        input.Bench.Receive(BfdState.Up);
        input.Bench.Session.State.Should().Be(BfdState.Down, "Up is no answer to Down");
        input.Bench.Receive(BfdState.Init);
        input.Bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void SecondHostWithTheRightDiscriminator_IsHeardAndSeen()
    {
        // RFC 5880 6.3 and RFC 5881 6: the discriminator selects, the address may change; who is not one hop away has no TTL of 255.
        var input = new BadInput(senderPaused: false);
        input.Bench.Receive(Packets.Bytes(input.Bench.Say(BfdState.Down)), ttl: 254, source: System.Net.IPAddress.Parse("203.0.113.5")).Discard.Should().Be(BfdDiscardReason.Ttl);
        input.Bench.Receive(Packets.Bytes(input.Bench.Say(BfdState.Up)), source: System.Net.IPAddress.Parse("203.0.113.5")).Notifications.Should().HaveFlag(BfdNotifications.SourceChanged);
    }

    private static Bench AuthenticatedAndUp(out BfdAuthentication keys, out uint sequence)
    {
        keys = Keys.Of(BfdAuthenticationType.MeticulousKeyedSha1, (1, "first"), (2, "second"));
        sequence = 100;
        var bench = new Bench(Bench.Settings with { Authentication = keys });
        bench.Advance(0);
        bench.Receive(Signed.By(keys, bench.Peer with { State = BfdState.Down }, sequence++));
        bench.Receive(Signed.By(keys, bench.Say(BfdState.Init), sequence++));
        bench.Receive(Signed.By(keys, bench.Say(BfdState.Up), sequence++));
        bench.Session.State.Should().Be(BfdState.Up);
        return bench;
    }
}
