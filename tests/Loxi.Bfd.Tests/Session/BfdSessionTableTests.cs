using System.Net;
using FluentAssertions;
using Loxi.Bfd.Session;
using Loxi.Bfd.Tests.Support;
using Loxi.Bfd.Wire;
using Loxi.Linux;
using Xunit;

namespace Loxi.Bfd.Tests.Session;

public sealed class BfdSessionTableTests
{
    private static readonly byte[] First = Support.Packets.Bytes(new BfdControlPacket { State = BfdState.Down, DetectMult = 3, Length = 24, MyDiscriminator = 5 });

    private readonly BfdSessionTable _table = new(new TestRandom());
    private readonly byte[] _transmit = new byte[BfdSession.TransmitLength];

    private BfdSession? Find(IPAddress source, IPAddress destination, int interfaceIndex)
    {
        _table.Receive(new BfdDatagram { Payload = First, Source = source, Destination = destination, InterfaceIndex = interfaceIndex, Ttl = 255 }, 0, _transmit, out var session);
        return session;
    }

    [Fact]
    public void Add_TheSameAgain_IsAnError()
    {
        _table.Add(Bench.Settings, default, 0, 0);
        var act = () => _table.Add(Bench.Settings with { DetectMult = 5 }, default, 0, 0);
        act.Should().Throw<ArgumentException>().WithMessage("The session with 192.0.2.2 has the same addresses, interface and kind as the one with 192.0.2.2.*");
    }

    [Fact]
    public void Add_WrongSettings_IsAnErrorThatNamesAll()
    {
        var act = () => _table.Add(Bench.Settings with { DetectMult = 0, DesiredMinTxInterval = TimeSpan.Zero }, default, 0, 0);
        act.Should().Throw<ArgumentException>().WithMessage("*desiredMinTxInterval*detectMult*");
        _table.Sessions.Should().BeEmpty();
    }

    [Fact]
    public void Add_LocalAddressOfTheTransport_IsUsedWhenTheSettingsHaveNone()
    {
        var session = _table.Add(Bench.Settings with { LocalAddress = null }, Bench.LocalAddress, 0, 0);
        Find(Bench.PeerAddress, Bench.LocalAddress, 1).Should().Be(session);
        Find(Bench.PeerAddress, IPAddress.Parse("192.0.2.50"), 1).Should().BeNull();
    }

    [Fact]
    public void Receive_SessionWithoutLocalAddress_TakesAny()
    {
        var session = _table.Add(Bench.Settings with { LocalAddress = null }, default, 0, 0);
        Find(Bench.PeerAddress, IPAddress.Parse("192.0.2.50"), 1).Should().Be(session);
    }

    [Fact]
    public void Receive_LinkLocalPeersOfTheSameAddress_AreToldApartByTheInterface()
    {
        var peer = IPAddress.Parse("fe80::1");
        var first = _table.Add(new BfdSessionSettings(peer) { Interface = "eth0" }, default, 2, 0);
        var second = _table.Add(new BfdSessionSettings(peer) { Interface = "eth1" }, default, 3, 0);
        var scoped = _table.Add(new BfdSessionSettings(IPAddress.Parse("fe80::1%4")), default, 4, 0);
        var self = IPAddress.Parse("fe80::2");
        Find(peer, self, 2).Should().Be(first);
        Find(peer, self, 3).Should().Be(second);
        Find(peer, self, 4).Should().Be(scoped);
        Find(peer, self, 5).Should().BeNull();
    }

    [Fact]
    public void Remove_ForgetsBothWays()
    {
        var session = _table.Add(Bench.Settings, default, 0, 0);
        _table.TryGet(session.LocalDiscriminator, out var found).Should().BeTrue();
        found.Should().Be(session);
        _table.Remove(session).Should().BeTrue();
        _table.Remove(session).Should().BeFalse();
        _table.TryGet(session.LocalDiscriminator, out _).Should().BeFalse();
        Find(Bench.PeerAddress, Bench.LocalAddress, 0).Should().BeNull();
        _table.Add(Bench.Settings, default, 0, 0).LocalDiscriminator.Should().NotBe(session.LocalDiscriminator);
    }

    [Fact]
    public void Remove_SessionOfAnotherTable_DoesNothing()
    {
        var other = new BfdSessionTable(new TestRandom());
        var session = _table.Add(Bench.Settings, default, 0, 0);
        other.Add(Bench.Settings, default, 0, 0).LocalDiscriminator.Should().Be(session.LocalDiscriminator, "both have the same seed");
        other.Remove(session).Should().BeFalse();
        other.Sessions.Should().ContainSingle();
    }

    [Fact]
    public void Rebind_FindsTheSessionByItsNewInterface()
    {
        var session = _table.Add(Bench.Settings with { Interface = "eth0" }, default, 2, 0);
        _table.Rebind(session, default, 9);
        Find(Bench.PeerAddress, Bench.LocalAddress, 2).Should().BeNull();
        Find(Bench.PeerAddress, Bench.LocalAddress, 9).Should().Be(session);
        _table.Rebind(session, default, 9);
        Find(Bench.PeerAddress, Bench.LocalAddress, 9).Should().Be(session);
    }

    [Fact]
    public void Rebind_ToWhatAnotherHas_IsAnErrorAndChangesNothing()
    {
        var session = _table.Add(Bench.Settings with { Interface = "eth0" }, default, 2, 0);
        _table.Add(Bench.Settings with { Interface = "eth1" }, default, 3, 0);
        var act = () => _table.Rebind(session, default, 3);
        act.Should().Throw<ArgumentException>();
        Find(Bench.PeerAddress, Bench.LocalAddress, 2).Should().Be(session);
    }

    [Fact]
    public void Rebind_SessionOfNoTable_IsAnError()
    {
        var session = new BfdSessionTable(new TestRandom(3)).Add(Bench.Settings, default, 0, 0);
        var act = () => _table.Rebind(session, default, 3);
        act.Should().Throw<ArgumentException>().WithMessage("*is not in this table.*");
    }

    [Fact]
    public void Change_ToAnotherPeer_IsAnError()
    {
        var session = _table.Add(Bench.Settings, default, 0, 0);
        foreach (var other in new[]
        {
            Bench.Settings with { PeerAddress = IPAddress.Parse("192.0.2.3") },
            Bench.Settings with { LocalAddress = null },
            Bench.Settings with { Interface = "eth0" },
            Bench.Settings with { Kind = BfdSessionKind.Multihop },
        })
        {
            var act = () => session.Change(other, 0, _transmit);
            act.Should().Throw<ArgumentException>().WithMessage("The session with 192.0.2.2 cannot become*");
        }
    }

    [Fact]
    public void Steps_WithTooLittleRoom_AreErrors()
    {
        var session = _table.Add(Bench.Settings, default, 0, 0);
        var act = () => session.Tick(0, false, new byte[51]);
        act.Should().Throw<ArgumentException>().WithMessage("52 bytes of room are needed, there are 51.*");
    }

    [Fact]
    public void Discards_AreCountedWhereTheSessionIsKnown()
    {
        var session = _table.Add(Bench.Settings, default, 0, 0);
        _table.Receive(new BfdDatagram { Payload = First, Source = Bench.PeerAddress, Destination = Bench.LocalAddress, Ttl = 3 }, 0, _transmit, out var found);
        found.Should().Be(session);
        session.GetDiscards(BfdDiscardReason.Ttl).Should().Be(1);
        _table.GetDiscards(BfdDiscardReason.Ttl).Should().Be(0);
        session.GetStatus().Discards[(int)BfdDiscardReason.Ttl].Should().Be(1);

        _table.Receive(new BfdDatagram { Payload = First.AsSpan(0, 10) }, 0, _transmit, out found);
        found.Should().BeNull();
        _table.GetDiscards(BfdDiscardReason.LengthBeyondPayload).Should().Be(1);
    }

    [Fact]
    public void EveryReason_CanBeAskedFor()
    {
        var session = _table.Add(Bench.Settings, default, 0, 0);
        foreach (var reason in Enum.GetValues<BfdDiscardReason>())
        {
            session.GetDiscards(reason).Should().Be(0);
            _table.GetDiscards(reason).Should().Be(0);
        }

        var act = () => session.GetDiscards((BfdDiscardReason)200);
        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void ManySessions_HaveDiscriminatorsOfTheirOwn()
    {
        for (var i = 0; i < 2_000; i++)
        {
            _table.Add(Bench.Settings with { PeerAddress = new IPAddress([198, 18, (byte)(i / 250), (byte)(1 + (i % 250))]) }, default, 0, 0);
        }

        _table.Sessions.Select(s => s.LocalDiscriminator).Should().OnlyHaveUniqueItems().And.NotContain(0u);
    }

    [Fact]
    public void History_KeepsTheLast32InOrder()
    {
        var bench = new Bench();
        bench.Advance(0);
        bench.Session.CopyHistory(new BfdTransition[BfdLimits.HistoryLength]).Should().Be(0);
        for (var i = 0; i < 20; i++)
        {
            bench.Receive(BfdState.Down);
            bench.Receive(BfdState.Init);
            bench.Receive(BfdState.Down);
            bench.Advance(20);
        }

        bench.Session.TransitionCount.Should().BeGreaterThan(BfdLimits.HistoryLength);
        var history = new BfdTransition[BfdLimits.HistoryLength + 5];
        bench.Session.CopyHistory(history).Should().Be(BfdLimits.HistoryLength);
        history.Take(BfdLimits.HistoryLength).Select(t => t.Time).Should().BeInAscendingOrder();
        history.Skip(1).Take(BfdLimits.HistoryLength - 1).Zip(history, (later, earlier) => later.From == earlier.To).Should().OnlyContain(same => same);
        history[BfdLimits.HistoryLength - 1].Should().Be(bench.LastTransition);
        bench.Session.GetStatus().History.Should().Equal(history.Take(BfdLimits.HistoryLength));
        bench.Session.CopyHistory(history.AsSpan(0, 3)).Should().Be(3);
        history[2].Should().Be(bench.LastTransition);

        var forgotten = () => bench.Session.GetTransition(bench.Session.TransitionCount - BfdLimits.HistoryLength - 1);
        forgotten.Should().Throw<ArgumentOutOfRangeException>();
        var future = () => bench.Session.GetTransition(bench.Session.TransitionCount);
        future.Should().Throw<ArgumentOutOfRangeException>();
    }
}
