using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Xunit;

namespace Loxi.Ha.Tests.Announce;

/// <summary>What goes wrong around an announcer: refusals, links that go away for a moment, other hands, floods.</summary>
public sealed class AnnouncerFaultTests : AnnouncerTests
{
    [Fact]
    public void LinkWasDownBetweenTwoLooks_ItsCarrierTells_AndItIsAnnouncedAnew()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.Sent.Clear();
        _system.Links[1] = _system.Links[1] with { CarrierChanges = 2 };

        _core.Refresh(Seconds(100));

        _system.Sent.Should().HaveCount(3);
        _core.Due.Should().Be(Seconds(100.2));
    }

    [Fact]
    public void LinkWasDownBetweenTwoLooks_TheKernelSaidSo_AndItIsAnnouncedAnew()
    {
        _core.Apply(Group(true), Seconds(0));
        _core.Tick(Seconds(70));
        _system.Sent.Clear();

        _core.Refresh(Seconds(71));
        _system.Sent.Should().BeEmpty("nothing changed");
        _core.WentDown(2);
        _core.Refresh(Seconds(72));

        _system.Sent.Should().HaveCount(3);
    }

    [Fact]
    public void Master_LooksForItselfEvery30S_AndTheRFlagFollowsTheLink()
    {
        _core.Apply(Group(true), Seconds(0));
        _core.Tick(Seconds(5.8));
        FlagsOfLastAdvertisement().Should().Be(0x20);
        _core.Due.Should().Be(Seconds(30));
        _system.Links[1] = _system.Links[1] with { ForwardsIpv6 = true };
        _core.Tick(Seconds(30));

        _core.Tick(Seconds(60));

        FlagsOfLastAdvertisement().Should().Be(0xa0, "RFC 4861 4.4: R, O");
    }

    [Fact]
    public void ApplyRefused_LeavesRolesAndWithheldAddressesAsTheyWere()
    {
        _core.Apply([Group(true)[0] with { Withheld = [Vip4] }], Seconds(0));
        var before = _system.Addresses.ToArray();
        _system.Answer = static change => change.Address.Local == InternetAddress.Parse("192.0.2.101") && !change.IsRemoval ? Errno.EPERM : 0;
        var more = Group(true)[0];

        var act = () => _core.Apply([more with { Addresses = more.Addresses.Add(new(IPAddress.Parse("192.0.2.101"), AddressPlacement.Interface, "lo")) }], Seconds(1));

        act.Should().Throw<LinuxException>().WithMessage("*192.0.2.101 on lo*");
        _system.Addresses.Should().Equal(before, "192.0.2.100 was free to be taken, and is taken back");
        Conditions().Should().Equal(AnnouncedAddressCondition.Withheld, AnnouncedAddressCondition.Placed);
        _core.Refresh(Seconds(2));
        _system.Addresses.Should().Equal(before);
    }

    [Fact]
    public void ApplyBreaksOffInTheMiddle_WhatWasAddedIsTakenBack()
    {
        _system.ChangesUntilFailure = 1;
        var act = () => _core.Apply(Group(true), Seconds(0));

        act.Should().Throw<LinuxException>();
        _system.Addresses.Should().HaveCount(2);
        Status().Groups.Should().BeEmpty();
    }

    [Fact]
    public void RemovalRefused_IsTriedAgain()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.Answer = static change => change.IsRemoval ? Errno.EPERM : 0;
        _core.SetRole("g", false, default, Seconds(1));
        _system.Addresses.Should().HaveCount(4);

        _system.Answer = static _ => 0;
        _core.Due.Should().Be(Seconds(6));
        _core.Tick(Seconds(6));

        _system.Addresses.Should().HaveCount(2);
        _core.Due.Should().Be(TimeSpan.MaxValue);
    }

    [Fact]
    public void LinksCannotBeRead_TheAddressesOfARoleThatEndsGoAllTheSame()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.IsBroken = true;

        _core.SetRole("g", false, default, Seconds(1));

        _system.Addresses.Should().HaveCount(2);
    }

    [Fact]
    public void LinksCannotBeRead_TheAddressesGoAllTheSameWhenItStops()
    {
        _core.Apply(Group(true), Seconds(0));
        _system.IsBroken = true;

        _core.Stop();

        _system.Addresses.Should().HaveCount(2);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(24)]
    public void AddressOfSomebodyElse_OnAnotherInterface_IsAnnouncedAndNeitherAddedNorRemoved(int prefix)
    {
        _system.Addresses.Add(new(2, InternetAddress.Parse("192.0.2.100"), prefix));
        _core.Apply(Group(true), Seconds(0));
        _system.Addresses.Should().HaveCount(4, "the IPv6 one alone is added");
        Conditions().Should().Equal(AnnouncedAddressCondition.Owned, AnnouncedAddressCondition.Placed);
        _system.CountOf(AddressFamily.InterNetwork).Should().Be(2);

        _core.SetRole("g", false, default, Seconds(1));

        _system.Addresses.Should().HaveCount(3);
        Status().Groups[0].Addresses[0].Fault.Should().Contain("eth0").And.Contain("somebody else");
    }

    [Fact]
    public void AddressOfSomebodyElse_GoesAway_ItIsPlaced()
    {
        _system.Addresses.Add(new(2, InternetAddress.Parse("192.0.2.100"), 32));
        _core.Apply(Group(true), Seconds(0));
        _system.Addresses.RemoveAll(static a => a.Local == InternetAddress.Parse("192.0.2.100"));

        _core.Refresh(Seconds(1));

        _system.Addresses.Should().Contain(static a => a.InterfaceIndex == 1 && a.Local == InternetAddress.Parse("192.0.2.100"));
        Conditions().Should().Equal(AnnouncedAddressCondition.Placed, AnnouncedAddressCondition.Placed);
    }

    [Fact]
    public void Handover_ThousandClaimsOfAPeer_AskTheKernelOnce()
    {
        var vips = Enumerable.Range(0, 1000).Select(static i => IPAddress.Parse($"2001:db8::1:{i:x}")).ToArray();
        _system.Neighbours.Add(Stranger);
        _core.SetPeers([IPAddress.Parse("192.0.2.2")]);
        _core.Apply([new("g", [.. vips.Select(static v => new AnnouncedAddress(v, AddressPlacement.Interface, "lo"))], true)], Seconds(0));

        foreach (var half in vips.Chunk(500))
        {
            _core.Claimed([.. half.Select(static v => new Claim(2, v, Stranger))], Seconds(0.1));
        }

        _system.NeighbourReads.Should().Be(1);
        _conflicts.Should().BeEmpty();
        _core.Claimed([new(2, vips[0], Stranger)], Seconds(0.4));
        _system.NeighbourReads.Should().Be(2, "it is no longer fresh");
    }

    [Fact]
    public void ClaimsOfOneTurn_AreAnsweredInOneBatch()
    {
        _core.Apply(Group(true), Seconds(0));
        var before = _system.Flushes;

        _core.Claimed([new(2, Vip4, Stranger), new(2, Vip6, Stranger)], Seconds(10));

        (_system.Flushes - before).Should().Be(1);
        _conflicts.Should().HaveCount(2);
    }

    [Fact]
    public void PeersCannotBeRead_TheirClaimsAreConflicts()
    {
        _system.Neighbours.Add(Stranger);
        _core.SetPeers([IPAddress.Parse("192.0.2.2")]);
        _core.Apply(Group(true), Seconds(0));
        _system.IsBroken = true;

        _core.Claimed([new(2, Vip4, Stranger)], Seconds(0.1));

        _conflicts.Should().HaveCount(1);
    }

    [Theory]
    [InlineData(0, 0, "lo", false)]
    [InlineData(1, 0, "lo", true)]
    [InlineData(0, 2, "lo", true)]
    [InlineData(1, 0, "eth0", false)]
    [InlineData(3, 0, "lo", false)]
    [InlineData(0, 8, "eth0", true)]
    public void ArpIgnore_ThatKeepsTheKernelSilent_IsSaid(int all, int own, string place, bool isSilent)
    {
        _system.ArpIgnoreOfAll = all;
        _system.Links[1] = _system.Links[1] with { ArpIgnore = own };
        _core.Apply([new("g", [new(Vip4, AddressPlacement.Interface, place)], true)], Seconds(0));

        (Status().Groups[0].Addresses[0].Fault is { } fault && fault.Contains("arp_ignore of eth0", StringComparison.Ordinal)).Should().Be(isSilent);
        Conditions().Should().Equal(AnnouncedAddressCondition.Placed);
    }

    [Fact]
    public void Applied_AddressNoLongerWithheld_IsAnnouncedAtOnce()
    {
        _core.Apply([Group(true)[0] with { Withheld = [Vip4] }], Seconds(0));
        _core.Tick(Seconds(70));
        _system.Sent.Clear();

        _core.Apply(Group(true), Seconds(71));

        _system.CountOf(AddressFamily.InterNetwork).Should().Be(2);
    }

    [Fact]
    public void ListOfLinksThatNamesOneTwice_IsReadAllTheSame()
    {
        _system.Links.Add(_system.Links[1] with { Index = 3 });

        _core.Apply(Group(true), Seconds(0));

        Conditions().Should().Equal(AnnouncedAddressCondition.Placed, AnnouncedAddressCondition.Placed);
    }

    private byte FlagsOfLastAdvertisement() => _system.Sent.FindLast(static f => f[12] == 0x86)![58];

    private IEnumerable<AnnouncedAddressCondition> Conditions() => Status().Groups[0].Addresses.Select(static a => a.Condition);
}
