using FluentAssertions;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Composition;
using Loxi.Node.Options;
using Loxi.Node.Tests.Ha;
using Xunit;

namespace Loxi.Node.Tests.Composition;

/// <summary>Which changes of the kernel's network make a look at all routes necessary.</summary>
public sealed class GatewayRoutesTests
{
    private static readonly Route Gatewayed = new() { Destination = InternetAddress.Parse("198.18.0.0"), PrefixLength = 24, Gateway = InternetAddress.Parse("192.0.2.254"), OutputInterface = 2 };

    public static TheoryData<string, bool, bool> Changes => new()
    {
        { "a route by a gateway", true, true },
        { "a route over several ways", true, true },
        { "a route that BGP of the node installed", false, true },
        { "a route without a gateway", false, true },
        { "a route of another table", false, true },
        { "an address of this host", false, false },
        { "a next hop that becomes an address of this host", false, true },
        { "the interface of VIPs", true, true },
        { "another interface", false, true },
        { "an address with a subnet that goes", true, true },
        { "a VIP that goes", false, false },
        { "a VIP that comes", false, false },
        { "too many changes", true, true },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_Matters(string what, bool automatic, bool named)
    {
        Of(GatewayChoice.Automatic).Matters(Change(what)).Should().Be(automatic);
        GatewayChoice.TryParse("192.0.2.254", out var choice).Should().BeTrue();
        Of(choice).Matters(Change(what)).Should().Be(named);
    }

    [Fact]
    public void NothingWasLookedFor_NoInterfaceMatters() => new GatewayRoutes(new NodeOptions()).Matters(Change("the interface of VIPs")).Should().BeFalse();

    private static GatewayRoutes Of(GatewayChoice choice)
    {
        var routes = new GatewayRoutes(new NodeOptions { Ha = new HaOptions { Gateways = choice } });
        // Of the loopback interface, which every host has, and which has no gateway.
        routes.Find(["lo"], []);
        return routes;
    }

    private static NetworkChange Change(string what) => what switch
    {
        "a route by a gateway" => Of(Gatewayed),
        "a route over several ways" => Of(Gatewayed with { Gateway = default, NextHops = [new RouteNextHop(2, InternetAddress.Parse("192.0.2.253"))] }),
        "a route that BGP of the node installed" => Of(Gatewayed with { Protocol = KernelRoutes.Protocol }),
        "a route without a gateway" => Of(Gatewayed with { Gateway = default }),
        "a route of another table" => Of(Gatewayed with { Table = 100 }),
        "an address of this host" => Of(Local("192.0.2.10")),
        "a next hop that becomes an address of this host" => Of(Local("192.0.2.254")),
        "the interface of VIPs" => Of(FakeHostLinks.Link(1, "lo", isRunning: false)),
        "another interface" => Of(FakeHostLinks.Link(99, "veth99", isRunning: true)),
        "an address with a subnet that goes" => Of("192.0.2.1", 24, NetworkChangeAction.Removed),
        "a VIP that goes" => Of("192.0.2.10", 32, NetworkChangeAction.Removed),
        "a VIP that comes" => Of("2001:db8::10", 128, NetworkChangeAction.Changed),
        _ => new NetworkChange { Kind = NetworkChangeKind.Resync },
    };

    private static Route Local(string address) => new() { Destination = InternetAddress.Parse(address), PrefixLength = 32, Table = Route.LocalTable, Type = RouteType.Local, OutputInterface = 2 };

    private static NetworkChange Of(Route route) => new() { Kind = NetworkChangeKind.Route, Route = route };

    private static NetworkChange Of(Link link) => new() { Kind = NetworkChangeKind.Link, Action = NetworkChangeAction.Changed, Link = link };

    private static NetworkChange Of(string address, int length, NetworkChangeAction action) =>
        new() { Kind = NetworkChangeKind.Address, Action = action, Address = new Address(2, InternetAddress.Parse(address), length) };
}
