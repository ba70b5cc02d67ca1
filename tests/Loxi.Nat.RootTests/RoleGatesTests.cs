using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.Tests.Shared;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Gates and redirects of VIP groups in the tables.</summary>
public sealed class RoleGatesTests
{
    private static readonly PhysicalAddress Peer = PhysicalAddress.Parse("02:00:00:00:00:aa");
    private static readonly PhysicalAddress Own = PhysicalAddress.Parse("02:00:00:00:00:01");

    [Fact]
    public void Gates_AreClosedUntilRefreshed() => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        world.Tables(world.Service(ServiceProtocol.Tcp) with { VipGroup = "red" });
        gates.Refresh("red", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)).Should().BeFalse("it has none");

        gates.SetGate("red", sharedLink: true);
        Group(world, 1).Should().Match<RawGroup>(g => g.Flags == (Shared.GroupGated | Shared.GroupL2) && g.AliveUntil == 0 && g.AnswerUntil == 0);
        Control(world).Should().Be(Shared.ControlGates);

        gates.Refresh("red", TimeSpan.FromSeconds(100), TimeSpan.FromMilliseconds(1500)).Should().BeTrue();
        Group(world, 1).Should().Match<RawGroup>(g => g.AliveUntil == 100_000_000_000 && g.AnswerUntil == 1_500_000_000);
        gates.SetGate("red", sharedLink: false);
        Group(world, 1).Should().Match<RawGroup>(g => g.Flags == Shared.GroupGated && g.AliveUntil == 100_000_000_000);
        gates.Refresh("red", TimeSpan.FromTicks(-1), TimeSpan.MaxValue);
        Group(world, 1).Should().Match<RawGroup>(g => g.AliveUntil == 0 && g.AnswerUntil == long.MaxValue);

        gates.RemoveGate("red");
        gates.RemoveGate("red");
        Group(world, 1).Flags.Should().Be(0);
        Control(world).Should().Be(0);
        gates.Refresh("red", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)).Should().BeFalse();
        world.Balancer.Tables.Groups.NameOf(1).Should().Be("red", "a service is of it");
    });

    [Theory]
    [InlineData(7, 5, 7u)]
    [InlineData((1L << 26) + 7, 63, 7u)]
    public void Owner_IsNotedBesideTheGates_AndTheNextProcessReadsIt(long term, int node, uint noted) => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        gates.SetOwner("red", 9, 1);
        gates.ReadOwner("red").Should().BeNull("it has no gates");
        gates.SetGate("red", sharedLink: true);
        gates.ReadOwner("red").Should().BeNull("nobody's yet");

        gates.SetOwner("red", (ulong)term, (ushort)node);
        gates.Refresh("red", TimeSpan.FromSeconds(100), TimeSpan.FromMilliseconds(1500));

        var expected = new GateOwner(noted, (ushort)node, TimeSpan.FromMilliseconds(1500));
        gates.ReadOwner("red").Should().Be(expected);
        expected.IsOf((ulong)term).Should().BeTrue();
        expected.IsOf((ulong)term + 1).Should().BeFalse();
        var next = NatBalancer.Open(world.Options);
        next.Gates.SetGate("red", sharedLink: true);
        next.Gates.ReadOwner("red").Should().Be(expected);
        next.Gates.RemoveGate("red");
        next.Gates.SetGate("red", sharedLink: true);
        next.Gates.ReadOwner("red").Should().BeNull();
        next.DisposeAsync().AsTask().GetAwaiter().GetResult();
    });

    [Theory]
    [InlineData(64, 7)]
    [InlineData(1, 1L << 26)]
    public void WhatCannotBeNoted_IsNoOwner(int node, long term) => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        gates.SetGate("red", sharedLink: true);
        gates.SetOwner("red", 3, 3);
        gates.SetOwner("red", (ulong)term, (ushort)node);

        gates.ReadOwner("red").Should().BeNull();
    });

    [Fact]
    public void DefaultGroup_HasTwoNames() => World.Run(Hook.Tc, 4, world =>
    {
        world.Balancer.Gates.SetGate(VipGroups.DefaultAlias, sharedLink: false);
        world.Balancer.Gates.Refresh(VipGroups.Default, TimeSpan.FromSeconds(1), default).Should().BeTrue();
        world.Balancer.Gates.Refresh(VipGroups.DefaultAlias, TimeSpan.FromSeconds(2), default).Should().BeTrue();

        Group(world, 0).AliveUntil.Should().Be(2_000_000_000);
    });

    [Fact]
    public void Refresh_AllocatesNothing() => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        gates.SetGate("red", sharedLink: true);
        gates.Refresh("red", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        Allocations.Of(() => gates.Refresh("red", TimeSpan.FromTicks(1), TimeSpan.FromTicks(1))).Should().Be(0);
    });

    [Fact]
    public void Redirect_IsWrittenAndTakenBack() => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        gates.SetRedirect("red", PeerRedirect.OnLink(7, Peer, Own));
        var group = Group(world, 1);
        (group.Flags, group.PeerIfindex).Should().Be((Shared.GroupRedirect | Shared.GroupPrepared, 7));
        Convert.ToHexString(group.PeerMac).Should().Be("0200000000AA");
        Convert.ToHexString(group.OwnMac).Should().Be("020000000001");
        Control(world).Should().Be(Shared.ControlRedirect);

        gates.SetRedirect("red", PeerRedirect.InTunnel(IPAddress.Parse("198.18.0.2"), IPAddress.Parse("198.18.0.1"), IPAddress.Parse("2001:db8::2"), IPAddress.Parse("2001:db8::1")));
        group = Group(world, 1);
        (group.Flags, group.PeerIfindex).Should().Be((Shared.GroupRedirect | Shared.GroupPrepared, 0));
        new IPAddress((ReadOnlySpan<byte>)group.PeerAddr4).Should().Be(IPAddress.Parse("198.18.0.2"));
        new IPAddress((ReadOnlySpan<byte>)group.OwnAddr4).Should().Be(IPAddress.Parse("198.18.0.1"));
        new IPAddress((ReadOnlySpan<byte>)group.PeerAddr6).Should().Be(IPAddress.Parse("2001:db8::2"));
        new IPAddress((ReadOnlySpan<byte>)group.OwnAddr6).Should().Be(IPAddress.Parse("2001:db8::1"));
        Convert.ToHexString(group.PeerMac).Should().Be("000000000000");

        gates.SetRedirect("red", null);
        Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<RawGroup>([Group(world, 1)]))).Trim('0').Should().BeEmpty();
        Control(world).Should().Be(0);
        world.Balancer.Tables.Groups.Count.Should().Be(0);
    });

    [Fact]
    public void Peers_AreAddresses() => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        gates.SetPeers([IPAddress.Parse("198.18.0.2"), IPAddress.Parse("2001:db8::2")]);
        world.Maps.Addresses.ToArray().Should().HaveCount(2).And.OnlyContain(e => e.Value.Flags == Shared.AddressPeer);
        Control(world).Should().Be(Shared.ControlPeers);

        gates.SetPeers([IPAddress.Parse("2001:db8::2")]);
        world.Maps.Addresses.ToArray().Should().ContainSingle();
        gates.Invoking(g => g.SetPeers([IPAddress.Loopback])).Should().Throw<ArgumentException>().WithMessage("*127.0.0.1*");
        gates.SetPeers([]);
        world.Maps.Addresses.ToArray().Should().BeEmpty();
        Control(world).Should().Be(0);
    });

    [Fact]
    public void NextProcess_FindsGatesRedirectsAndPeersAsTheyAre() => World.Run(Hook.Tc, 4, world =>
    {
        world.Balancer.Tables.Groups.Take("other").Should().Be(1);
        world.Balancer.Gates.SetGate("red", sharedLink: true);
        world.Balancer.Gates.Refresh("red", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
        world.Balancer.Gates.SetRedirect("blue", PeerRedirect.OnLink(7, Peer, Own));
        world.Balancer.Gates.SetPeers([IPAddress.Parse("198.18.0.2")]);
        world.Balancer.Tables.Groups.Release("other");

        var next = NatBalancer.Open(world.Options);
        try
        {
            next.ApplyAsync(ServiceModel.Empty).AsTask().GetAwaiter().GetResult();
            Group(world, 2).Should().Match<RawGroup>(g => g.Flags == (Shared.GroupGated | Shared.GroupL2) && g.AliveUntil == 5_000_000_000);
            Control(world).Should().Be(Shared.ControlGates | Shared.ControlRedirect | Shared.ControlPeers);
            next.Gates.Refresh("red", TimeSpan.FromSeconds(6), default).Should().BeTrue();
            Group(world, 2).AliveUntil.Should().Be(6_000_000_000);
            next.Gates.RemoveGate("red");
            next.Gates.SetRedirect("blue", null);
            next.Gates.SetPeers([]);
            Control(world).Should().Be(0);
            world.Maps.Addresses.ToArray().Should().BeEmpty();
            next.Tables.Groups.Count.Should().Be(0);
        }
        finally
        {
            next.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    });

    [Fact]
    public void WrongNamesAndTooManyGroups_AreRefused() => World.Run(Hook.Tc, 4, world =>
    {
        var gates = world.Balancer.Gates;
        gates.Invoking(g => g.SetGate("a b", true)).Should().Throw<ArgumentException>().WithMessage("VIP group 'a b': expected 1 to 63 characters*");
        for (var i = 1; i <= 255; i++)
        {
            gates.SetGate($"group{i}", false);
        }

        gates.Invoking(g => g.SetGate("one-more", false)).Should().Throw<ArgumentException>().WithMessage("VIP group 'one-more': No room for more VIP groups: expected at most 256.*");
        world.Invoking(w => w.With(w.Service(ServiceProtocol.Tcp) with { VipGroup = "one-more" })).Should().Throw<TableFullException>().WithMessage("*VIP groups*");
        world.Maps.Services.ToArray().Should().BeEmpty();
        gates.RemoveGate("group9");
        world.With(world.Service(ServiceProtocol.Tcp) with { VipGroup = "one-more" });
        world.Maps.Services.ToArray().Single().Value.VipGroup.Should().Be(9);
    });

    private static RawGroup Group(World world, int number) => world.Maps.Groups.Span[number];

    private static uint Control(World world) => world.Maps.Control.Span[0].Flags;
}
