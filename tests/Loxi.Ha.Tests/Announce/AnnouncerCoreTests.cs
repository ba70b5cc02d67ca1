using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Ha.Tests.Announce;

public sealed class AnnouncerCoreTests : AnnouncerTests
{
    [Fact]
    public void Master_AnnouncesFiveTimesInTheFirstSecond_FiveMoreAfterFiveSeconds_ThenEveryMinute()
    {
        var start = Seconds(100);
        _core.Apply(Group(true), start);
        var times = new List<double> { 0 };
        while (times.Count < 13)
        {
            var due = _core.Due;
            var before = _system.Sent.Count;
            _core.Tick(due);
            if (_system.Sent.Count > before)
            {
                (_system.Sent.Count - before).Should().Be(3, "both forms of ARP and an advertisement");
                times.Add((due - start).TotalSeconds);
            }
        }

        times.Should().Equal(0, 0.2, 0.4, 0.6, 0.8, 5, 5.2, 5.4, 5.6, 5.8, 60, 120, 180);
    }

    [Fact]
    public void LateTick_DoesNotMakeUpForWhatWasMissed()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.Sent.Clear();

        _core.Tick(Seconds(130));

        _system.Sent.Should().HaveCount(3);
        _core.Tick(Seconds(179.9));
        _system.Sent.Should().HaveCount(3);
        _core.Due.Should().Be(Seconds(180));
    }

    [Fact]
    public void NotMaster_SaysNothingAndHasNoAddress()
    {
        _core.Apply(Group(false), Seconds(0));

        _system.Sent.Should().BeEmpty();
        _system.Addresses.Should().HaveCount(2);
        _core.Due.Should().Be(TimeSpan.MaxValue);
    }

    [Fact]
    public void AppliedAgain_NothingHappens()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.Sent.Clear();

        _core.Apply(Group(true), Seconds(0.1));

        _system.Sent.Should().BeEmpty();
        _core.Due.Should().Be(Seconds(0.2));
    }

    [Fact]
    public void Placed_AsHostAddressWithoutDadAndRoute_AndMarked()
    {
        _core.Apply(Group(true), Seconds(0));

        _system.Addresses.Where(static a => a.InterfaceIndex == 1).Should().HaveCount(2).And.OnlyContain(static a =>
            a.PrefixLength == a.Local.Length * 8 && a.Flags == (AddressFlags.NoDad | AddressFlags.NoPrefixRoute) && a.RoutePriority == NeighbourAnnouncerOptions.DefaultMark && a.Protocol != 0);
    }

    [Fact]
    public void AddressOfAnAnnouncerWithAnotherMark_IsLeftAlone()
    {
        _core.Apply(Group(true), Seconds(0));
        var other = new AnnouncerCore(_system, NullLogger.Instance, _conflicts.Add, mark: 7);

        other.Apply([], Seconds(1));

        _system.Addresses.Where(static a => a.InterfaceIndex == 1).Should().HaveCount(2);
        new AnnouncerCore(_system, NullLogger.Instance, _conflicts.Add).Apply([], Seconds(2));
        _system.Addresses.Where(static a => a.InterfaceIndex == 1).Should().BeEmpty("its own are taken off, also those of an earlier run");
    }

    [Fact]
    public void KernelRefusesOne_ApplyFails_AndNothingIsChanged()
    {
        _system.Answer = static change => change.Address.Local.Family == AddressFamily.InterNetworkV6 && !change.IsRemoval ? Errno.EPERM : 0;

        var act = () => _core.Apply(Group(true), Seconds(0));

        act.Should().Throw<LinuxException>().WithMessage("*2001:db8::100 on lo*CAP_NET_ADMIN*");
        _system.Addresses.Should().HaveCount(2);
        _system.Sent.Should().BeEmpty();
    }

    [Fact]
    public void KernelRefusesOne_ARoleIsTakenAllTheSame_AndThatOneIsTriedAgain()
    {
        _core.Apply(Group(false), Seconds(0));
        _system.Answer = static change => change.Address.Local.Family == AddressFamily.InterNetworkV6 ? Errno.EPERM : 0;

        _core.SetRole("g", true, default, Seconds(1));

        _system.CountOf(AddressFamily.InterNetwork).Should().Be(2);
        _system.CountOf(AddressFamily.InterNetworkV6).Should().Be(0);
        Status().Groups[0].Addresses[1].Condition.Should().Be(AnnouncedAddressCondition.Failed);
        _system.Answer = static _ => 0;
        _core.Tick(Seconds(7));
        _system.CountOf(AddressFamily.InterNetworkV6).Should().Be(1, "it is announced as soon as it is there");
        Status().Groups[0].Addresses[1].Condition.Should().Be(AnnouncedAddressCondition.Placed);
    }

    [Fact]
    public void LinksCannotBeRead_TheRoleIsTakenAsSoonAsTheyCan()
    {
        _core.Apply(Group(false), Seconds(0));
        _system.IsBroken = true;
        _core.SetRole("g", true, default, Seconds(1));
        Status().Groups[0].IsMaster.Should().BeTrue();

        _system.IsBroken = false;
        _core.Tick(Seconds(6));

        _system.Addresses.Should().HaveCount(4);
        _system.Sent.Should().HaveCount(3);
    }

    [Fact]
    public void Withheld_IsNotTakenAndNotAnnounced()
    {
        _core.Apply(Group(false), Seconds(0));

        _core.SetRole("g", true, [Vip4], Seconds(1));

        _system.CountOf(AddressFamily.InterNetwork).Should().Be(0);
        _system.CountOf(AddressFamily.InterNetworkV6).Should().Be(1);
        _system.Addresses.Should().NotContain(static a => a.Local == InternetAddress.Parse("192.0.2.100"));
        _core.SetRole("g", true, default, Seconds(6));
        _system.CountOf(AddressFamily.InterNetwork).Should().Be(2, "nobody has it any more");
    }

    [Fact]
    public void AddressOfSomebodyElse_IsNeverRemoved()
    {
        _system.Addresses.Add(new(1, InternetAddress.Parse("192.0.2.100"), 32));
        _core.Apply(Group(true), Seconds(0));
        Status().Groups[0].Addresses[0].Condition.Should().Be(AnnouncedAddressCondition.Owned);

        _core.Stop();

        _system.Addresses.Should().HaveCount(3);
    }

    [Fact]
    public void Routed_IsAnnouncedOnlyWhenAsked()
    {
        _core.Apply([new("g", [new(Vip4, AddressPlacement.Routed), new(Vip6, AddressPlacement.Routed) { IsAnnouncedWhereRouted = true }], true)], Seconds(0));

        _system.CountOf(AddressFamily.InterNetwork).Should().Be(0);
        _system.CountOf(AddressFamily.InterNetworkV6).Should().Be(1);
        _system.Addresses.Should().HaveCount(2);
    }

    [Fact]
    public void NoSubnetHasTheAddress_TheLinkOfTheNextHopIsUsed_AlsoOnceTheAddressIsTheMachinesOwn()
    {
        _system.Route = 2;
        _core.Apply([new("g", [new(IPAddress.Parse("198.51.100.7"), AddressPlacement.Interface, "lo")], true)], Seconds(0));
        _system.Sent.Should().HaveCount(2);

        _core.Refresh(Seconds(0.1));
        _core.Tick(Seconds(0.2));

        _system.Sent.Should().HaveCount(4);
    }

    [Fact]
    public void LinkDown_NothingIsSent_Up_BeginsAnew()
    {
        _core.Apply(Group(true), Seconds(0));
        var up = _system.Links[1];
        _system.Links[1] = up with { Flags = LinkFlags.Up };
        _core.Refresh(Seconds(100));
        _system.Sent.Clear();
        _core.Tick(Seconds(121));
        _system.Sent.Should().BeEmpty();

        _system.Links[1] = up;
        _core.Refresh(Seconds(125));

        _system.Sent.Should().HaveCount(3);
        _core.Due.Should().Be(Seconds(125.2));
    }

    [Fact]
    public void Repeat_BeginsAnew_OnlyForAMaster()
    {
        _core.Apply(Group(true), Seconds(0));
        _core.Tick(Seconds(70));
        _system.Sent.Clear();

        _core.Repeat(null, Seconds(71));

        _system.Sent.Should().HaveCount(3);
        _core.Due.Should().Be(Seconds(71.2));
        _core.SetRole("g", false, default, Seconds(72));
        _core.Repeat("g", Seconds(73));
        _system.Sent.Should().HaveCount(3);
    }

    [Fact]
    public void Rfc5227_Section2_4_Claims_OneAlarmAndOneDefenceASecond_AndTheRoleStays()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.Sent.Clear();

        for (var i = 0; i < 300; i++)
        {
            _core.Claimed([new(2, Vip4, Stranger)], Seconds(10 + (i * 0.01)));
        }

        _conflicts.Should().HaveCount(3);
        _conflicts[^1].Count.Should().Be(201);
        _system.Sent.Should().HaveCount(6, "both forms, three times");
        Status().Groups[0].IsMaster.Should().BeTrue();
    }

    [Fact]
    public void Claims_OfThisMachine_OfOtherLinks_AndWhileNotMaster_AreNone()
    {
        _core.Apply(Group(true), Seconds(0));
        _core.Claimed([new(2, Vip4, FakeSystem.Mac)], Seconds(10));
        _core.Claimed([new(1, Vip4, Stranger)], Seconds(10));
        _core.SetRole("g", false, default, Seconds(11));
        _core.Claimed([new(2, Vip4, Stranger)], Seconds(12));

        _conflicts.Should().BeEmpty();
    }

    [Fact]
    public void PeersClaim_IsNoConflictForTwoSecondsAfterTheChange_AndOneAfterwards()
    {
        _system.Neighbours.Add(Stranger);
        _core.SetPeers([IPAddress.Parse("192.0.2.2")]);
        _core.Apply(Group(true), Seconds(0));

        _core.Claimed([new(2, Vip4, Stranger)], Seconds(1.9));
        _conflicts.Should().BeEmpty();
        _core.Claimed([new(2, Vip4, Stranger)], Seconds(2.1));

        _conflicts.Should().HaveCount(1);
    }

    [Fact]
    public async Task Probe_AsksThreeTimes_50MsApart_AndTellsWhoAnswered()
    {
        _core.Apply(Group(false), Seconds(0));
        var result = new TaskCompletionSource<ImmutableArray<AddressClaim>>();
        _core.BeginProbe("g", default, result, Seconds(1));
        _core.Claimed([new(2, Vip6, Stranger)], Seconds(1.02));
        var dues = new List<double>();
        while (!result.Task.IsCompleted)
        {
            dues.Add(_core.Due.TotalSeconds - 1);
            _core.Tick(_core.Due);
        }

        dues.Select(static d => Math.Round(d, 3)).Should().Equal(0.05, 0.1, 0.15);
        _system.Sent.Should().HaveCount(6);
        (await result.Task).Should().ContainSingle().Which.Should().Be(new AddressClaim(Vip6, "eth0", new([2, 0, 0x5e, 0, 0x53, 0x66])));
    }

    [Fact]
    public void WrongDeclaration_NamesEverythingThatIs()
    {
        var act = () => _core.Apply(
            [new("g", [new(IPAddress.Loopback, AddressPlacement.Owned), new(Vip4, AddressPlacement.Interface), new(Vip4, AddressPlacement.Routed, "eth0")], true)], Seconds(0));

        act.Should().Throw<InvalidAnnouncementException>().Which.Problems.Should().HaveCount(4);
    }

    [Fact]
    public void UnknownGroupOrAddress_IsNamed()
    {
        _core.Apply(Group(false), Seconds(0));

        ((Action)(() => _core.SetRole("h", true, default, Seconds(1)))).Should().Throw<ArgumentException>().WithMessage("*'h'*");
        ((Action)(() => _core.SetRole("g", true, [IPAddress.Parse("192.0.2.9")], Seconds(1)))).Should().Throw<ArgumentException>().WithMessage("*192.0.2.9*'g'*");
        Status().Groups[0].IsMaster.Should().BeFalse();
    }

    [Fact]
    public void FramesThatAreNotSent_AreCounted()
    {
        _system.SendError = Errno.ENOBUFS;
        _core.Apply(Group(true), Seconds(0));

        Status().Counters.SendErrors.Should().Be(3);
    }
}
