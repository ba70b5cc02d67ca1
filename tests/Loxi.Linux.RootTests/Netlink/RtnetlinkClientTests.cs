using System.Net.Sockets;
using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.RootTests.Support;
using Loxi.Linux.Sysctls;
using Xunit;

namespace Loxi.Linux.RootTests.Netlink;

public sealed class RtnetlinkClientTests : IDisposable
{
    private static readonly InternetAddress Vip4 = InternetAddress.Parse("203.0.113.9");
    private static readonly InternetAddress Vip6 = InternetAddress.Parse("2001:db8:1::9");
    private static readonly InternetAddress Peer4 = InternetAddress.Parse("192.0.2.2");
    private static readonly InternetAddress Peer6 = InternetAddress.Parse("2001:db8::2");

    private readonly VethPair _pair = new();
    private readonly RtnetlinkClient _client;

    public RtnetlinkClientTests() => _client = new RtnetlinkClient(_pair.A);

    public void Dispose()
    {
        _client.Dispose();
        _pair.Dispose();
    }

    [Fact]
    public void GetLink_Veth_HasItsProperties()
    {
        var link = _client.GetLink("a0");
        link.Index.Should().Be(_pair.AIndex);
        link.Name.Should().Be("a0");
        link.Kind.Should().Be("veth");
        link.HardwareAddress.Should().Be(LinkLayerAddress.Parse("02:00:5e:00:53:01"));
        link.HardwareType.Should().Be(1);
        link.Mtu.Should().Be(1500);
        link.IsUp.Should().BeTrue();
        link.IsRunning.Should().BeTrue();
        link.IsLowerUp.Should().BeTrue();
        link.OperState.Should().Be(OperState.Up);
        link.ParentIndex.Should().Be(_pair.BIndex);
        link.TxQueues.Should().BePositive();
        link.Counters.Should().NotBeNull();
        _client.GetLink(link.Index).Name.Should().Be("a0");
    }

    [Fact]
    public void GetLink_SettingsOfItsFamiliesAndItsCarrier_Follow()
    {
        var before = _client.GetLink("a0");
        (before.ForwardsIpv6, before.ArpIgnore).Should().Be((false, 0));
        Sysctl.Write("net/ipv6/conf/a0/forwarding", "1", _pair.A);
        Sysctl.Write("net/ipv4/conf/a0/arp_ignore", "2", _pair.A);
        _pair.InB("link set b0 down");
        _pair.InB("link set b0 up");

        var after = _client.GetLink("a0");

        (after.ForwardsIpv6, after.ArpIgnore).Should().Be((true, 2));
        _client.GetLink("lo").ForwardsIpv6.Should().BeFalse();
        after.CarrierChanges.Should().Be(before.CarrierChanges + 2, "it went and came");
    }

    [Fact]
    public void GetLinks_ListsAllWithCounters()
    {
        _client.GetLinks().Select(static link => link.Name).Should().BeEquivalentTo("lo", "a0");
        _client.GetLinks().Should().OnlyContain(static link => link.Counters != null);
    }

    [Fact]
    public void GetLink_BridgePort_NamesTheMaster()
    {
        _pair.InA("link add br0 type bridge");
        _pair.InA("link set a0 master br0");
        var bridge = _client.GetLink("br0");
        bridge.Kind.Should().Be("bridge");
        _client.GetLink("a0").MasterIndex.Should().Be(bridge.Index);
    }

    [Fact]
    public void GetLink_Missing_IsEnodev()
    {
        FluentActions.Invoking(() => _client.GetLink("nope")).Should().Throw<NetlinkException>()
            .Where(static e => e.ErrorNumber == Errno.ENODEV && e.Subject == "nope");
        _client.TryGetLink("nope", out _).Should().BeFalse();
        _client.TryGetLink("lo", out var lo).Should().BeTrue();
        lo!.Flags.Should().HaveFlag(LinkFlags.Loopback);
    }

    [Fact]
    public void SetLink_UpDownMtuAddress_TakesEffect()
    {
        _client.SetLinkDown(_pair.AIndex);
        _client.GetLink("a0").IsUp.Should().BeFalse();
        _client.SetLinkMtu(_pair.AIndex, 1400);
        _client.SetLinkHardwareAddress(_pair.AIndex, LinkLayerAddress.Parse("02:00:5e:00:53:77"));
        _client.SetLinkUp(_pair.AIndex);
        var link = _client.GetLink("a0");
        link.IsUp.Should().BeTrue();
        link.Mtu.Should().Be(1400);
        link.HardwareAddress.ToString().Should().Be("02:00:5e:00:53:77");
    }

    [Fact]
    public void SetLinkMtu_TooSmall_CarriesTheKernelsText() =>
        FluentActions.Invoking(() => _client.SetLinkMtu(_pair.AIndex, 10)).Should().Throw<NetlinkException>()
            .Where(static e => e.ErrorNumber == Errno.EINVAL && e.Detail!.Contains("mtu", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void GetAddresses_BothFamilies_AreListed()
    {
        var addresses = _client.GetAddresses(_pair.AIndex);
        addresses.Should().Contain(static a => a.Local == InternetAddress.Parse("192.0.2.1") && a.PrefixLength == 24 && a.Label == "a0");
        addresses.Should().Contain(static a => a.Local == InternetAddress.Parse("2001:db8::1") && a.PrefixLength == 64 && a.Flags.HasFlag(AddressFlags.NoDad));
        addresses.Should().OnlyContain(a => a.InterfaceIndex == _pair.AIndex);
        _client.GetAddresses().Should().Contain(static a => a.Local == InternetAddress.Parse("127.0.0.1") && a.Scope == AddressScope.Host);
    }

    [Fact]
    public void AddAddress_NoDadNoPrefixRoute_IsUsableAtOnceAndMakesNoRoute()
    {
        _client.AddAddress(new Address(_pair.AIndex, Vip6, 64) { Flags = AddressFlags.NoDad | AddressFlags.NoPrefixRoute, PreferredLifetime = 0 });
        var added = _client.GetAddresses(_pair.AIndex).Single(static a => a.Local == Vip6);
        added.Flags.Should().HaveFlag(AddressFlags.NoDad).And.HaveFlag(AddressFlags.NoPrefixRoute);
        added.Flags.Should().NotHaveFlag(AddressFlags.Tentative);
        added.PreferredLifetime.Should().Be(0);
        _client.GetRoutes().Should().NotContain(static r => r.Destination == InternetAddress.Parse("2001:db8:1::"));
    }

    [Fact]
    public void Address_AddTwiceReplaceDelete_FollowsTheKernel()
    {
        var address = new Address(_pair.AIndex, Vip4, 32);
        _client.AddAddress(address);
        FluentActions.Invoking(() => _client.AddAddress(address)).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.EEXIST);
        _client.ReplaceAddress(address);
        _client.DeleteAddress(address);
        _client.GetAddresses(_pair.AIndex).Should().NotContain(static a => a.Local == Vip4);
        FluentActions.Invoking(() => _client.DeleteAddress(address)).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.EADDRNOTAVAIL);
    }

    [Fact]
    public void ChangeAddresses_ThousandOfBothFamilies_AreAddedAndRemoved()
    {
        var addresses = Enumerable.Range(0, 1000)
            .Select(i => InternetAddress.Parse(i % 2 == 0 ? $"198.18.{i / 250}.{i % 250}" : $"2001:db8:2::{i:x}"))
            .Select(a => new Address(_pair.AIndex, a, a.Length * 8) { Flags = AddressFlags.NoDad | AddressFlags.NoPrefixRoute, RoutePriority = 77, Protocol = 9 }).ToArray();
        var errors = new int[1000];

        _client.ChangeAddresses([.. addresses.Select(static a => new AddressChange(a))], errors).Should().Be(0);

        var there = _client.GetAddresses(_pair.AIndex).Where(static a => a.RoutePriority == 77).ToArray();
        there.Select(static a => a.Local).Should().BeEquivalentTo(addresses.Select(static a => a.Local));
        there.Should().OnlyContain(static a => a.Protocol == 9 || a.Protocol == 0, "kernels before 5.18 forget it");
        _client.ChangeAddresses([.. addresses.Select(static a => new AddressChange(a, IsRemoval: true))], errors).Should().Be(0);
        _client.GetAddresses(_pair.AIndex).Should().NotContain(static a => a.RoutePriority == 77);
    }

    [Fact]
    public void ChangeAddresses_RefusedOnes_AreToldAndDoNotStopTheOthers()
    {
        var errors = new int[5];
        Array.Fill(errors, -1);
        Address Host(int link, InternetAddress address) => new(link, address, address.Length * 8);

        var refused = _client.ChangeAddresses(
            [
                new(Host(_pair.AIndex, Vip4)),
                new(Host(_pair.AIndex, Vip4)),
                new(Host(4_000_000, Vip6)),
                new(Host(_pair.AIndex, InternetAddress.Parse("203.0.113.77")), IsRemoval: true),
                new(Host(_pair.AIndex, Vip6)),
            ],
            errors);

        refused.Should().Be(3);
        errors.Should().Equal(0, Errno.EEXIST, Errno.ENODEV, Errno.EADDRNOTAVAIL, 0);
        _client.GetAddresses(_pair.AIndex).Select(static a => a.Local).Should().Contain([Vip4, Vip6]);
        FluentActions.Invoking(() => _client.ChangeAddresses(new AddressChange[2], new int[1])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void ChangeAddresses_None_DoesNothing() => _client.ChangeAddresses([], []).Should().Be(0);

    [Theory]
    [InlineData("198.51.100.0", 24, "192.0.2.2", 100u)]
    [InlineData("2001:db8:2::", 48, "2001:db8::2", 512u)]
    [InlineData("0.0.0.0", 0, "192.0.2.2", 1u)]
    [InlineData("::", 0, "2001:db8::2", 7u)]
    public void Route_AddThenList_ComesBackEqual(string destination, int length, string gateway, uint table)
    {
        var route = new Route
        {
            Destination = InternetAddress.Parse(destination),
            PrefixLength = length,
            Gateway = InternetAddress.Parse(gateway),
            OutputInterface = _pair.AIndex,
            Table = table,
            Metric = 50,
            Mtu = 1300,
            Protocol = RouteProtocol.Bgp,
        };
        _client.AddRoute(route);
        _client.GetRoutes(table).Should().Equal(route with { Scope = AddressScope.Universe });
        FluentActions.Invoking(() => _client.AddRoute(route)).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.EEXIST);
        _client.ReplaceRoute(route with { Mtu = 1280 });
        _client.GetRoutes(table).Should().ContainSingle().Which.Mtu.Should().Be(1280);
        FluentActions.Invoking(() => _client.DeleteRoute(route with { Protocol = RouteProtocol.Static })).Should().Throw<NetlinkException>(
            "the route of another protocol is left alone").Which.ErrorNumber.Should().Be(Errno.ESRCH);
        _client.DeleteRoute(route);
        _client.GetRoutes(table).Should().BeEmpty();
    }

    [Fact]
    public void Route_MultipathBlackholeAndMixedFamily_ComeBack()
    {
        _pair.InA("addr add 192.0.2.3/24 dev a0");
        var multipath = new Route
        {
            Destination = InternetAddress.Parse("198.51.100.0"),
            PrefixLength = 24,
            NextHops = [new RouteNextHop(_pair.AIndex, Peer4, 3), new RouteNextHop(_pair.AIndex, InternetAddress.Parse("192.0.2.4"), 256)],
        };
        var blackhole = new Route { Destination = InternetAddress.Parse("203.0.113.0"), PrefixLength = 24, Type = RouteType.Blackhole };
        var mixed = new Route { Destination = InternetAddress.Parse("198.18.0.0"), PrefixLength = 15, Gateway = Peer6, OutputInterface = _pair.AIndex };
        foreach (var route in new[] { multipath, blackhole, mixed })
        {
            _client.AddRoute(route);
            _client.GetRoutes().Should().ContainEquivalentOf(route with { Scope = AddressScope.Universe });
            _client.DeleteRoute(route);
        }

        _client.GetRoutes().Should().NotContain(static r => r.Protocol == RouteProtocol.Static);
    }

    [Fact]
    public void Route_ForASourcePrefix_ComesBackEqual()
    {
        var route = new Route
        {
            Destination = InternetAddress.Parse("2001:db8:9::"),
            PrefixLength = 64,
            Source = InternetAddress.Parse("2001:db8::"),
            SourcePrefixLength = 48,
            Gateway = Peer6,
            OutputInterface = _pair.AIndex,
            Metric = 7,
        };
        _client.AddRoute(route);
        _client.GetRoutes(where: static r => r.SourcePrefixLength > 0).Should().Equal(route with { Scope = AddressScope.Universe });
        _client.DeleteRoute(route);
        _client.GetRoutes(where: static r => r.SourcePrefixLength > 0).Should().BeEmpty();
    }

    [Fact]
    public void Route_ByANextHopObject_NamesIt()
    {
        _pair.InA("nexthop add id 77 via 192.0.2.2 dev a0");
        _pair.InA("route add 198.18.0.0/15 nhid 77");

        _client.GetRoutes(where: static r => r.NextHopObject != 0).Should().ContainSingle().Which.NextHopObject.Should().Be(77);
    }

    [Fact]
    public void Rules_OfANewNamespaceAndAddedOnes_AreListedInTheirOrder()
    {
        var before = _client.GetRules();
        before.Should().OnlyContain(static r => r.MatchesAll && r.Action == RoutingRuleAction.Lookup);
        before.Select(static r => (r.Family, r.Priority, r.Table)).Should().Equal(
            (AddressFamily.InterNetwork, 0u, Route.LocalTable), (AddressFamily.InterNetwork, 32766u, Route.MainTable), (AddressFamily.InterNetwork, 32767u, 253u),
            (AddressFamily.InterNetworkV6, 0u, Route.LocalTable), (AddressFamily.InterNetworkV6, 32766u, Route.MainTable));

        _pair.InA("-6 rule add from 2001:db8::/32 iif a0 lookup 100 priority 9");

        _client.GetRules(AddressFamily.InterNetwork).Should().Equal(before.Where(static r => r.Family == AddressFamily.InterNetwork));
        _client.GetRules(AddressFamily.InterNetworkV6)[1].Should().Be(new RoutingRule
        {
            Family = AddressFamily.InterNetworkV6,
            Priority = 9,
            Table = 100,
            Source = InternetAddress.Parse("2001:db8::"),
            SourcePrefixLength = 32,
            InputInterface = "a0",
        });
    }

    [Fact]
    public void LookupRoute_ViaGateway_SaysWhichWay()
    {
        _pair.InA("route add 198.51.100.0/24 via 192.0.2.2");
        var way = _client.LookupRoute(InternetAddress.Parse("198.51.100.7"));
        way.Gateway.Should().Be(Peer4);
        way.OutputInterface.Should().Be(_pair.AIndex);
        way.PreferredSource.Should().Be(InternetAddress.Parse("192.0.2.1"));
        way.Table.Should().Be(Route.MainTable);
        _client.LookupRoute(InternetAddress.Parse("192.0.2.1")).Type.Should().Be(RouteType.Local);
        _client.LookupRoute(Peer6).OutputInterface.Should().Be(_pair.AIndex);
        FluentActions.Invoking(() => _client.LookupRoute(InternetAddress.Parse("203.0.113.1"))).Should().Throw<NetlinkException>()
            .Which.ErrorNumber.Should().Be(Errno.ENETUNREACH);
    }

    [Fact]
    public void GetRoutes_TableNeverUsed_IsEmpty() => _client.GetRoutes(table: 4242).Should().BeEmpty();

    [Fact]
    public void GetRoutes_ManyDatagrams_AreAllRead()
    {
        for (var i = 0; i < 3000; i++)
        {
            _client.AddRoute(new Route
            {
                Destination = InternetAddress.FromBytes([10, (byte)(i >> 8), (byte)i, 0]),
                PrefixLength = 24,
                Gateway = Peer4,
                Table = 77,
            });
        }

        _client.GetRoutes(table: 77).Select(static r => r.Destination).Distinct().Should().HaveCount(3000);
    }

    [Fact]
    public void Neighbour_AddReplaceDelete_FollowsTheKernel()
    {
        var entry = new Neighbour(_pair.AIndex, InternetAddress.Parse("192.0.2.77"), LinkLayerAddress.Parse("02:00:5e:00:53:77"));
        _client.AddNeighbour(entry);
        _client.GetNeighbours(_pair.AIndex).Should().Contain(entry);
        FluentActions.Invoking(() => _client.AddNeighbour(entry)).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.EEXIST);
        var moved = entry with { LinkLayerAddress = LinkLayerAddress.Parse("02:00:5e:00:53:78") };
        _client.ReplaceNeighbour(moved);
        _client.GetNeighbours(_pair.AIndex).Should().Contain(moved).And.NotContain(entry);
        _client.DeleteNeighbour(moved);
        _client.GetNeighbours(_pair.AIndex).Should().NotContain(n => n.Address == entry.Address);
        FluentActions.Invoking(() => _client.DeleteNeighbour(moved)).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.ENOENT);
    }

    [Fact]
    public void Operations_Many_LeaveNoDescriptor()
    {
        using (new RtnetlinkClient(_pair.A))
        {
        }

        var before = Descriptors.Count();
        for (var i = 0; i < 200; i++)
        {
            using var client = new RtnetlinkClient(_pair.A);
            using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.All, _pair.A);
            client.GetLinks().Should().NotBeEmpty();
        }

        Descriptors.Count().Should().Be(before);
    }
}
