using System.Net.Sockets;
using FluentAssertions;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Nat.Interfaces;
using Xunit;

namespace Loxi.Nat.Tests.Interfaces;

public sealed class RoutesByDestinationTests
{
    private static readonly RoutingRule Main = new() { Family = AddressFamily.InterNetwork, Priority = 32766, Table = Route.MainTable };
    private static readonly Route Plain = new() { Destination = InternetAddress.Parse("198.51.100.0"), PrefixLength = 24, Gateway = InternetAddress.Parse("192.0.2.1"), OutputInterface = 2 };
    private static readonly Route Multipath = Plain with { Gateway = default, OutputInterface = 0, NextHops = [new(2, InternetAddress.Parse("192.0.2.1"), 1), new(2, InternetAddress.Parse("192.0.2.2"), 1)] };

    private readonly RoutesByDestination _routes = new();

    [Fact]
    public void BeforeTheNetworkIsRead_DoesNotHold()
    {
        _routes.Holds.Should().BeFalse();
        _routes.SetRules([Main]);
        _routes.Holds.Should().BeFalse("the routes are not known");
        _routes.SetRoutes([]);
        _routes.Holds.Should().BeTrue();
        _routes.SetRoutes(null);
        _routes.Holds.Should().BeFalse("they could not be read");
    }

    public static TheoryData<RoutingRule> Conditions() => new(
        Main with { Source = InternetAddress.Parse("192.0.2.0"), SourcePrefixLength = 24 },
        Main with { Destination = InternetAddress.Parse("192.0.2.0"), DestinationPrefixLength = 24 },
        Main with { Mark = 1, MarkMask = uint.MaxValue },
        Main with { InputInterface = "eth1" },
        Main with { OutputInterface = "eth1" },
        Main with { IsInverted = true },
        Main with { HasOtherConditions = true });

    [Theory]
    [MemberData(nameof(Conditions))]
    public void RuleWithACondition_DoesNotHoldWhileItIsThere(RoutingRule rule)
    {
        Take();

        _routes.SetRules([Main, rule]);
        _routes.Holds.Should().BeFalse();
        _routes.SetRules([Main]);
        _routes.Holds.Should().BeTrue();
    }

    [Fact]
    public void OtherOrderOfTables_Holds()
    {
        Take();

        _routes.SetRules([Main with { Priority = 0 }, Main with { Priority = 5, Table = 100 }, Main with { Priority = 100, Table = Route.LocalTable }]);

        _routes.Holds.Should().BeTrue();
    }

    public static TheoryData<Route> Further() => new(
        Multipath,
        Plain with { NextHopObject = 7 },
        Plain with { Destination = InternetAddress.Parse("2001:db8::"), Source = InternetAddress.Parse("2001:db8:1::"), SourcePrefixLength = 48 });

    [Theory]
    [MemberData(nameof(Further))]
    public void RouteThatLooksFurther_DoesNotHoldUntilTheRoutesAreReadWithoutIt(Route route)
    {
        Take();

        _routes.OnRoute(route, removed: false).Should().BeFalse("there is one, whatever else there is");
        _routes.Holds.Should().BeFalse();
        _routes.OnRoute(Plain with { PrefixLength = 25 }, removed: true).Should().BeFalse("that was another one");
        _routes.OnRoute(route, removed: true).Should().BeTrue();
        _routes.Holds.Should().BeFalse("of IPv6 a single way may have gone");
        _routes.SetRoutes([]);
        _routes.Holds.Should().BeTrue();
    }

    [Fact]
    public void MultipathThatBecomesASingleWay_IsReadOnceMore()
    {
        Take();
        _routes.OnRoute(Multipath, removed: false);

        _routes.OnRoute(Plain, removed: false).Should().BeTrue();
    }

    private void Take()
    {
        _routes.SetRules([Main]);
        _routes.SetRoutes([]);
    }
}
