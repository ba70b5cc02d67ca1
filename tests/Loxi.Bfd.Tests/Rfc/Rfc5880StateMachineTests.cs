using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Xunit;

namespace Loxi.Bfd.Tests.Rfc;

/// <summary>RFC 5880 6.1 roles, 6.2 and 6.8.6 state machine, 6.3 demultiplexing.</summary>
public sealed class Rfc5880StateMachineTests
{
    [Fact]
    public void Rfc5880_6_1_ActiveRole_SendsWithoutHavingHeardThePeer()
    {
        var bench = new Bench();
        bench.Advance(3_000);
        bench.SentControl.Should().HaveCountGreaterThan(2).And.OnlyContain(s => s.Packet.State == BfdState.Down && s.Packet.YourDiscriminator == 0);
    }

    [Fact]
    public void Rfc5880_6_1_PassiveRole_DoesNotSendBeforeThePeerIsHeard()
    {
        var bench = new Bench(Bench.Settings with { Passive = true });
        bench.Advance(30_000);
        bench.Sent.Should().BeEmpty();

        bench.Receive(bench.Peer with { State = BfdState.Down });
        bench.LastSent.State.Should().Be(BfdState.Init);
        bench.LastSent.YourDiscriminator.Should().Be(Bench.PeerDiscriminator);
    }

    [Fact]
    public void Rfc5880_6_1_PassiveRole_DoesNotSendAfterThePeerIsForgotten()
    {
        var bench = new Bench(Bench.Settings with { Passive = true }).BringUp();
        bench.Advance(151);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Sent.Clear();
        bench.Advance(30_000);
        bench.Sent.Should().BeEmpty();
    }

    // RFC 5880 6.8.6, every state against every state.
    [Theory]
    [InlineData(BfdState.Down, BfdState.AdminDown, BfdState.Down)]
    [InlineData(BfdState.Down, BfdState.Down, BfdState.Init)]
    [InlineData(BfdState.Down, BfdState.Init, BfdState.Up)]
    [InlineData(BfdState.Down, BfdState.Up, BfdState.Down)]
    [InlineData(BfdState.Init, BfdState.AdminDown, BfdState.Down)]
    [InlineData(BfdState.Init, BfdState.Down, BfdState.Init)]
    [InlineData(BfdState.Init, BfdState.Init, BfdState.Up)]
    [InlineData(BfdState.Init, BfdState.Up, BfdState.Up)]
    [InlineData(BfdState.Up, BfdState.AdminDown, BfdState.Down)]
    [InlineData(BfdState.Up, BfdState.Down, BfdState.Down)]
    [InlineData(BfdState.Up, BfdState.Init, BfdState.Up)]
    [InlineData(BfdState.Up, BfdState.Up, BfdState.Up)]
    [InlineData(BfdState.AdminDown, BfdState.AdminDown, BfdState.AdminDown)]
    [InlineData(BfdState.AdminDown, BfdState.Down, BfdState.AdminDown)]
    [InlineData(BfdState.AdminDown, BfdState.Init, BfdState.AdminDown)]
    [InlineData(BfdState.AdminDown, BfdState.Up, BfdState.AdminDown)]
    public void Rfc5880_6_8_6_State_FollowsWhatThePeerSays(BfdState state, BfdState said, BfdState expected)
    {
        var bench = new Bench(Bench.Settings with { AdministrativelyDown = state == BfdState.AdminDown });
        bench.Advance(0);
        if (state is BfdState.Init or BfdState.Up)
        {
            bench.Receive(BfdState.Down);
        }

        if (state == BfdState.Up)
        {
            bench.Receive(BfdState.Init);
        }

        bench.Session.State.Should().Be(state);
        var transitions = bench.Session.TransitionCount;

        bench.Receive(said);

        bench.Session.State.Should().Be(expected);
        (bench.Session.TransitionCount - transitions).Should().Be(state == expected ? 0 : 1);
        if (state is BfdState.Init or BfdState.Up && expected == BfdState.Down)
        {
            bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.NeighborSignaledSessionDown);
            bench.LastTransition.Cause.Should().Be(said == BfdState.AdminDown ? BfdTransitionCause.NeighborSignaledAdminDown : BfdTransitionCause.NeighborSignaledDown);
        }
    }

    [Fact]
    public void Rfc5880_6_2_DownStays_UntilThePeerSaysSomethingElseThanUp()
    {
        var bench = new Bench().BringUp();
        bench.Advance(151);
        for (var i = 0; i < 5; i++)
        {
            bench.Receive(BfdState.Up);
            bench.Session.State.Should().Be(BfdState.Down);
        }

        bench.Receive(BfdState.Down);
        bench.Session.State.Should().Be(BfdState.Init);
    }

    [Fact]
    public void Rfc5880_6_2_Init_EndsByTheDetectionTime()
    {
        var bench = new Bench();
        bench.Receive(bench.Peer with { State = BfdState.Down, DesiredMinTxInterval = 1_000_000 });
        bench.Advance(2_999);
        bench.Session.State.Should().Be(BfdState.Init);
        bench.Advance(2);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Session.LocalDiagnostic.Should().Be(BfdDiagnostic.ControlDetectionTimeExpired);
    }

    [Fact]
    public void Rfc5880_6_3_KnownDiscriminator_SelectsTheSessionWhateverTheSourceAndTheInterface()
    {
        var bench = new Bench().BringUp();
        bench.Receive(Packets.Bytes(bench.Say(BfdState.Down)), source: System.Net.IPAddress.Parse("192.0.2.200"), destination: System.Net.IPAddress.Parse("198.51.100.9"), interfaceIndex: 42)
            .Discard.Should().Be(BfdDiscardReason.None);
        bench.Session.State.Should().Be(BfdState.Down);
        bench.Notifications.Should().HaveFlag(BfdNotifications.SourceChanged);
        bench.Session.Source.ToString().Should().Be("192.0.2.200");
    }

    [Fact]
    public void Rfc5880_6_3_Discriminators_AreUniqueAndNotZero()
    {
        var random = new TestRandom();
        foreach (var value in new uint[] { 0, 7, 1, 7, 7, 0, 9 })
        {
            random.Scripted.Enqueue(value);
        }

        var table = new BfdSessionTable(random);
        // Each session takes a discriminator and a first sequence number.
        var first = table.Add(Bench.Settings, default, 0, 0);
        var second = table.Add(Bench.Settings with { PeerAddress = System.Net.IPAddress.Parse("192.0.2.3") }, default, 0, 0);

        first.LocalDiscriminator.Should().Be(7);
        second.LocalDiscriminator.Should().Be(9);
    }

    [Fact]
    public void Rfc5880_6_3_Discriminators_SayNothingOfTheAddresses()
    {
        var one = new Bench(random: new TestRandom(1)).Session.LocalDiscriminator;
        var other = new Bench(random: new TestRandom(2)).Session.LocalDiscriminator;
        one.Should().NotBe(other);
    }
}
