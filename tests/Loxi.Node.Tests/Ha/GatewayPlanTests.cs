using System.Net;
using FluentAssertions;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Node.Ha;
using Loxi.Node.Options;
using Xunit;

namespace Loxi.Node.Tests.Ha;

public sealed class GatewayPlanTests
{
    private static readonly string[] Links = ["lo", "eth0", "eth1"];
    private static readonly IPAddress Node = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void NextHops_OnInterfacesOfVips_EachOnce_WithoutNodesAndRoutesWithoutAWayOut()
    {
        Route[] routes =
        [
            To("0.0.0.0", 0, "192.0.2.254", 2),
            To("198.51.100.0", 24, "192.0.2.254", 2),
            To("203.0.113.0", 24, "10.0.0.1", 3),
            To("198.18.0.0", 24, Node.ToString(), 2),
            new() { Destination = InternetAddress.Parse("192.0.2.0"), PrefixLength = 24, OutputInterface = 2 },
            To("::", 0, "fe80::fe", 2),
            new() { Destination = InternetAddress.Parse("10.1.0.0"), PrefixLength = 16, Type = RouteType.Blackhole, Gateway = InternetAddress.Parse("192.0.2.7"), OutputInterface = 2 },
            new()
            {
                Destination = InternetAddress.Parse("10.2.0.0"), PrefixLength = 16,
                NextHops = [new RouteNextHop(2, InternetAddress.Parse("192.0.2.253")), new RouteNextHop(3, InternetAddress.Parse("10.0.0.2"))],
            },
        ];

        var hops = GatewayPlan.NextHops(routes, GatewayPlan.InterfacesOf([Group("a", "eth0"), Group("b", "lo")]), index => Links.ElementAtOrDefault(index - 1), Node.Equals);

        hops.Should().Equal(Hop("192.0.2.254"), Hop("fe80::fe"), Hop("192.0.2.253"));
    }

    [Fact]
    public void NextHops_AreNoMoreThanTheMost() =>
        GatewayPlan.NextHops(Enumerable.Range(1, 100).Select(static i => To("10.0.0.0", 8, $"192.0.2.{i}", 2)), new HashSet<string> { "eth0" }, static _ => "eth0", static _ => false)
            .Should().HaveCount(GatewayPlan.Most);

    [Fact]
    public void Gateway_ConcernsTheGroupsOnItsInterface_AndOneThatWasNamedAll()
    {
        GatewayPlan.Concerns(Group("a", "eth0"), Hop("192.0.2.254"), GatewayChoice.Automatic).Should().BeTrue();
        GatewayPlan.Concerns(Group("a", "eth1"), Hop("192.0.2.254"), GatewayChoice.Automatic).Should().BeFalse();
        GatewayChoice.TryParse("192.0.2.254", out var named).Should().BeTrue();
        GatewayPlan.Concerns(Group("a", "eth1"), Hop("192.0.2.254"), named).Should().BeTrue();
    }

    private static Route To(string destination, int length, string gateway, int index) =>
        new() { Destination = InternetAddress.Parse(destination), PrefixLength = length, Gateway = InternetAddress.Parse(gateway), OutputInterface = index };

    private static TrackedGateway Hop(string address) => new(IPAddress.Parse(address), "eth0");

    private static VipGroup Group(string name, string link) => new(name, [new AnnouncedAddress(IPAddress.Parse("192.0.2.10"), AddressPlacement.Interface, link)], true, 0);
}
