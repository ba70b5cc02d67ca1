using System.Net;
using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Loxi.Linux;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5881 one hop, RFC 5883 several hops, RFC 5882 what clients hear.</summary>
public sealed class OtherRfcTests
{
    private static readonly BfdSessionSettings Multihop = Bench.Settings with { Kind = BfdSessionKind.Multihop };

    [Fact]
    public void Rfc5881_5_EveryTtlBut255_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        for (var ttl = -1; ttl < 255; ttl++)
        {
            bench.Receive(bench.Say(BfdState.Down), ttl).Discard.Should().Be(BfdDiscardReason.Ttl);
        }

        bench.Session.State.Should().Be(BfdState.Up);
        bench.Receive(bench.Say(BfdState.Down), 255).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Fact]
    public void Rfc5881_5_WithAuthentication_ALowerTtlMayBeAccepted()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1, MinimumTtl = 200 });
        bench.Receive(Signed.By(Keys.Sha1, bench.Peer with { State = BfdState.Down }, 1), ttl: 199).Discard.Should().Be(BfdDiscardReason.Ttl);
        bench.Receive(Signed.By(Keys.Sha1, bench.Peer with { State = BfdState.Down }, 1), ttl: 200).Discard.Should().Be(BfdDiscardReason.None);
    }

    [Fact]
    public void Rfc5881_6_PointToPoint_TakesAFirstPacketFromAnySource()
    {
        var table = new BfdSessionTable(new TestRandom());
        var session = table.Add(Bench.Settings with { Interface = "tun0", PointToPoint = true }, default, 7, 0);
        var transmit = new byte[BfdSession.TransmitLength];
        var packet = Packets.Bytes(new BfdControlPacket { State = BfdState.Down, DetectMult = 3, Length = 24, MyDiscriminator = 5 });

        table.Receive(new BfdDatagram { Payload = packet, Source = IPAddress.Parse("198.51.100.1"), Destination = IPAddress.Parse("198.51.100.2"), InterfaceIndex = 8, Ttl = 255 }, 0, transmit, out _)
            .Discard.Should().Be(BfdDiscardReason.UnknownPeer);
        table.Receive(new BfdDatagram { Payload = packet, Source = IPAddress.Parse("2001:db8::1"), Destination = IPAddress.Parse("2001:db8::2"), InterfaceIndex = 7, Ttl = 255 }, 0, transmit, out _)
            .Discard.Should().Be(BfdDiscardReason.UnknownPeer, "the other family is another session");
        table.Receive(new BfdDatagram { Payload = packet, Source = IPAddress.Parse("198.51.100.1"), Destination = IPAddress.Parse("198.51.100.2"), InterfaceIndex = 7, Ttl = 255 }, 0, transmit, out var found)
            .Discard.Should().Be(BfdDiscardReason.None);
        found.Should().Be(session);
    }

    [Fact]
    public void Rfc5881_6_AnotherSource_IsNotifiedAndTheSessionStays()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up), source: IPAddress.Parse("192.0.2.99")).Discard.Should().Be(BfdDiscardReason.None);
        bench.Notifications.Should().HaveFlag(BfdNotifications.SourceChanged);
        bench.Session.Source.Should().Be((InternetAddress)IPAddress.Parse("192.0.2.99"));
        bench.Session.Settings.PeerAddress.Should().Be(Bench.PeerAddress);
    }

    [Fact]
    public void Rfc5881_4_ControlPacketOnThePortOfSeveralHops_IsDiscarded()
    {
        var bench = new Bench().BringUp();
        bench.Channel = BfdChannel.Multihop;
        bench.Receive(BfdState.Down).Discard.Should().Be(BfdDiscardReason.Port);
        bench.Receive(bench.Peer with { State = BfdState.Down }).Discard.Should().Be(BfdDiscardReason.UnknownPeer);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Fact]
    public void Rfc5883_5_ControlPacketOnThePortOfOneHop_IsDiscarded()
    {
        var bench = new Bench(Multihop).BringUp();
        bench.Channel = BfdChannel.SingleHop;
        bench.Receive(BfdState.Down).Discard.Should().Be(BfdDiscardReason.Port);
        bench.Session.State.Should().Be(BfdState.Up);
    }

    [Theory]
    [InlineData(null, 1, true)]
    [InlineData(null, 255, true)]
    [InlineData(250, 249, false)]
    [InlineData(250, 250, true)]
    public void Rfc5883_MinimumTtl_IsWhatTheSettingsSay(int? minimum, int ttl, bool accepted)
    {
        var bench = new Bench(Multihop with { MinimumTtl = minimum });
        bench.Receive(bench.Peer with { State = BfdState.Down }, ttl).Discard.Should().Be(accepted ? BfdDiscardReason.None : BfdDiscardReason.Ttl);
    }

    [Fact]
    public void Rfc5883_SessionsBetweenTheSameHosts_AreToldApart()
    {
        var table = new BfdSessionTable(new TestRandom());
        var second = IPAddress.Parse("192.0.2.9");
        var sessions = new[]
        {
            table.Add(Multihop, default, 0, 0),
            table.Add(Multihop with { LocalAddress = second }, default, 0, 0),
            table.Add(Bench.Settings, default, 0, 0),
            table.Add(Bench.Settings with { Interface = "eth1" }, default, 5, 0),
        };
        var transmit = new byte[BfdSession.TransmitLength];
        var packet = Packets.Bytes(new BfdControlPacket { State = BfdState.Down, DetectMult = 3, Length = 24, MyDiscriminator = 5 });

        BfdSession? Find(BfdChannel channel, IPAddress to, int interfaceIndex)
        {
            table.Receive(new BfdDatagram { Payload = packet, Channel = channel, Source = Bench.PeerAddress, Destination = to, InterfaceIndex = interfaceIndex, Ttl = 255 }, 0, transmit, out var session);
            return session;
        }

        Find(BfdChannel.Multihop, Bench.LocalAddress, 3).Should().Be(sessions[0]);
        Find(BfdChannel.Multihop, second, 3).Should().Be(sessions[1]);
        Find(BfdChannel.SingleHop, Bench.LocalAddress, 3).Should().Be(sessions[2]);
        Find(BfdChannel.SingleHop, Bench.LocalAddress, 5).Should().Be(sessions[3]);
        Find(BfdChannel.SingleHop, second, 3).Should().BeNull();
    }

    [Theory]
    [InlineData(BfdState.Down, BfdTransitionCause.NeighborSignaledDown)]
    [InlineData(BfdState.AdminDown, BfdTransitionCause.NeighborSignaledAdminDown)]
    public void Rfc5882_3_2_AdminDown_IsToldApartFromDown(BfdState said, BfdTransitionCause cause)
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(said) with { Diagnostic = BfdDiagnostic.AdministrativelyDown });
        bench.LastTransition.Should().Match<BfdTransition>(t => t.From == BfdState.Up && t.To == BfdState.Down && t.Cause == cause && t.RemoteState == said
            && t.RemoteDiagnostic == BfdDiagnostic.AdministrativelyDown && !t.Authenticated);
    }

    [Fact]
    public void Transition_SaysWhetherTheSessionWasAuthenticated()
    {
        var bench = new Bench(Bench.Settings with { Authentication = Keys.Sha1 });
        bench.Receive(Signed.By(Keys.Sha1, bench.Peer with { State = BfdState.Down }, 1));
        bench.LastTransition.Authenticated.Should().BeTrue();
    }

    [Fact]
    public void Rfc5882_4_3_ControlPlaneIndependentBitOfThePeer_IsShown()
    {
        var bench = new Bench().BringUp();
        bench.Receive(bench.Say(BfdState.Up) with { ControlPlaneIndependent = true });
        bench.Session.RemoteControlPlaneIndependent.Should().BeTrue();
        bench.Session.GetStatus().RemoteControlPlaneIndependent.Should().BeTrue();
    }
}
