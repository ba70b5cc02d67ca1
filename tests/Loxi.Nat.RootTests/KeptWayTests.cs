using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;
using Loxi.Nat.Interfaces;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>The way to an endpoint is kept for the connections that follow, and only where it is the same for all.</summary>
public sealed class KeptWayTests
{
    private const int Routes = Shared.ControlRoutesByDestination;

    [Theory]
    [ClassData(typeof(Cases))]
    public void WhereTheDestinationDecides_TheNextConnectionGoesTheSameWay(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        world.Maps.SetControlFlag(Routes, true);
        Sandbox.StayOnOneCpu();
        Open(world, 40000).Should().Be(World.EndpointMac(0));

        Move(world);

        Open(world, 40001).Should().Be(World.EndpointMac(0), "the kernel is not asked");
        world.LookAgain();
        Open(world, 40002).Should().Be(World.EndpointMac(2), "the network has changed since");
        world.Send(world.FromEndpoint().Tcp(World.EndpointPort, 40001, TcpBits.Syn | TcpBits.Ack, 5000, 1001)).Packet.DestinationMac.Should().Be(World.ClientMac);
    });

    /// <summary>The process that follows the network may be gone.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void WhereNobodySaysThatTheNetworkHasChanged_ConnectionsFindOutAfterASecond(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        world.Maps.SetControlFlag(Routes, true);
        Sandbox.StayOnOneCpu();
        Open(world, 40000);
        Move(world);

        ushort port = 40000;
        Until(() => Open(world, ++port) == World.EndpointMac(2), "neigh replace");
        port.Should().BeGreaterThan(40001, "it was kept until then");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void WhereMoreDecides_EachConnectionAsks(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        Sandbox.StayOnOneCpu();
        Open(world, 40000).Should().Be(World.EndpointMac(0));

        Move(world);

        Open(world, 40001).Should().Be(World.EndpointMac(2));
    });

    /// <summary>Endpoint 1024 has the place of endpoint 0.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void EndpointsThatShareAPlace_KeepTheirOwnWays(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var service = world.Service(Core.Services.ServiceProtocol.Tcp, 3);
        world.With(service);
        world.Maps.SetControlFlag(Routes, true);
        Sandbox.StayOnOneCpu();
        Open(world, 40000).Should().Be(World.EndpointMac(0));

        // As if the second endpoint had the number that falls on the place of the first.
        var members = world.Maps.Members;
        members.TryLookup(0, out var first).Should().BeTrue();
        members.TryLookup(1, out var second).Should().BeTrue();
        second.Endpoint.Should().NotBe(first.Endpoint);
        world.Maps.Endpoints.TryLookup(second.Endpoint, out var endpoint).Should().BeTrue();
        world.Maps.Endpoints.Update(first.Endpoint + Shared.Ways, endpoint);
        members.Update(1, second with { Endpoint = first.Endpoint + Shared.Ways });

        Open(world, 40001).Should().Be(World.EndpointMac(1));
        Open(world, 40002).Should().Be(World.EndpointMac(2));
        Open(world, 40003).Should().Be(World.EndpointMac(0));
    }, World.SmallOptions with { MaxEndpoints = 4096 });

    [Theory]
    [ClassData(typeof(Cases))]
    public void Answers_GoToTheirClients(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();
        world.Maps.SetControlFlag(Routes, true);
        Sandbox.StayOnOneCpu();
        // A client on the link, which has a neighbour of its own, and one behind the gateway.
        var near = world.Endpoint(3);
        Open(world, 40000);
        world.Send(world.ToVip(near).Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Sent);

        Answer(world, world.Client).Should().Be(World.ClientMac);
        Answer(world, near).Should().Be(World.EndpointMac(3));
    });

    [Theory]
    [InlineData("rule add from 198.51.100.0/24 lookup 100", "rule del from 198.51.100.0/24 lookup 100")]
    [InlineData("-6 rule add fwmark 7 lookup 100", "-6 rule del fwmark 7 lookup 100")]
    [InlineData("rule add iif v0 lookup 100", "rule del iif v0 lookup 100")]
    [InlineData("route add 198.18.1.0/24 nexthop via 192.0.2.11 nexthop via 192.0.2.12", "route del 198.18.1.0/24")]
    [InlineData("-6 route add 2001:db8:18::/64 nexthop via 2001:db8:2::11 nexthop via 2001:db8:2::12", "-6 route del 2001:db8:18::/64")]
    [InlineData("route replace 198.18.1.0/24 nexthop via 192.0.2.11 nexthop via 192.0.2.12", "route replace 198.18.1.0/24 via 192.0.2.11")]
    public void WhatDecides_IsFollowed(string set, string unset) => World.Run(Hook.Tc, 4, world =>
    {
        world.Balancer.Start(new InterfacePolicy { Whitelist = new Regex("^v0$"), DefaultHook = HookMode.Tc });
        Holds(world).Should().BeTrue("there is the kernel's own policy and no route with several ways");

        World.Ip(set);
        Until(() => !Holds(world), set);
        World.Ip(unset);
        Until(() => Holds(world), unset);
    });

    [Theory]
    [InlineData("rule add from 198.51.100.0/24 lookup 100")]
    [InlineData("route add 198.18.1.0/24 nexthop via 192.0.2.11 nexthop via 192.0.2.12")]
    public void WhatDecidesBeforeTheStart_IsSeen(string set) => World.Run(Hook.Tc, 4, world =>
    {
        World.Ip(set);
        world.Balancer.Start(new InterfacePolicy { Whitelist = new Regex("^v0$"), DefaultHook = HookMode.Tc });

        Holds(world).Should().BeFalse();
    });

    private static bool Holds(World world) => (Volatile.Read(ref world.Maps.Control.Span[0].Flags) & Routes) != 0;

    private static void Until(Func<bool> condition, string what) =>
        SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)).Should().BeTrue(string.Create(CultureInfo.InvariantCulture, $"after 'ip {what}'"));

    private static void Move(World world) => World.Ip($"neigh replace {world.Endpoint(0)} lladdr {World.EndpointMac(2)} dev v0 nud permanent");

    private static string Open(World world, ushort port)
    {
        var sent = world.Send(world.ToVip().Tcp(port, World.Port));
        sent.Verdict.Should().Be(Verdict.Sent);
        return sent.Packet.DestinationMac;
    }

    private static string Answer(World world, string client) =>
        world.Send(world.FromEndpoint(0, client).Tcp(World.EndpointPort, 40000, TcpBits.Syn | TcpBits.Ack, 5000, 1001)).Packet.DestinationMac;
}
