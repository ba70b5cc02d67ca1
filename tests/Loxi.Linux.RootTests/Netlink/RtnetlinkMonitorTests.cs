using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.RootTests.Support;
using Xunit;

namespace Loxi.Linux.RootTests.Netlink;

public sealed class RtnetlinkMonitorTests : IDisposable
{
    private static readonly InternetAddress Vip6 = InternetAddress.Parse("2001:db8:1::9");

    private readonly VethPair _pair = new();
    private readonly RtnetlinkClient _client;

    public RtnetlinkMonitorTests() => _client = new RtnetlinkClient(_pair.A);

    public void Dispose()
    {
        _client.Dispose();
        _pair.Dispose();
    }

    [Fact]
    public void Link_DownUpMtuMacAddRemove_AreReported()
    {
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Links);
        _client.SetLinkMtu(_pair.AIndex, 1400);
        log.WaitFor(static c => c.Kind == NetworkChangeKind.Link && c.Link!.Mtu == 1400).Action.Should().Be(NetworkChangeAction.Changed);
        _client.SetLinkHardwareAddress(_pair.AIndex, LinkLayerAddress.Parse("02:00:5e:00:53:99"));
        log.WaitFor(static c => c.Link!.HardwareAddress == LinkLayerAddress.Parse("02:00:5e:00:53:99"));
        _client.SetLinkDown(_pair.AIndex);
        log.WaitFor(static c => !c.Link!.IsUp);
        _client.SetLinkUp(_pair.AIndex);
        log.WaitFor(static c => c.Link!.IsUp && c.Link.IsLowerUp && c.Link.HardwareAddress == LinkLayerAddress.Parse("02:00:5e:00:53:99"));
        _pair.InB("link set b0 down");
        log.WaitFor(static c => c.Link!.IsUp && !c.Link.IsLowerUp);
        _pair.InA("link add br0 type bridge");
        log.WaitFor(static c => c.Link!.Name == "br0").Action.Should().Be(NetworkChangeAction.Added);
        _pair.InA("link del br0");
        log.WaitFor(static c => c.Link!.Name == "br0" && c.Action == NetworkChangeAction.Removed);
    }

    [Fact]
    public void Link_LeavesBridge_IsNotReportedAsRemoved()
    {
        _pair.InA("link add br0 type bridge");
        _pair.InA("link set a0 master br0");
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Links);
        _pair.InA("link set a0 nomaster");
        log.WaitFor(static c => c.Link!.Name == "a0" && c.Link.MasterIndex == 0);
        _client.SetLinkMtu(_pair.AIndex, 1234);
        log.WaitFor(static c => c.Link!.Mtu == 1234);
        FluentActions.Invoking(() => log.WaitFor(static c => c.Action == NetworkChangeAction.Removed || c.Link!.Mtu == 1234))
            .Invoke().Action.Should().Be(NetworkChangeAction.Changed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-6 ")]
    public void Rule_AddAndDelete_AreReported(string family)
    {
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Rules);
        _pair.InA(family + "rule add fwmark 5 lookup 100 priority 9");
        var added = log.WaitFor(static c => c.Kind == NetworkChangeKind.Rule && c.Action == NetworkChangeAction.Added).Rule!;
        (added.Priority, added.Mark, added.MarkMask, added.Table).Should().Be((9u, 5u, uint.MaxValue, 100u));
        _pair.InA(family + "rule del fwmark 5 lookup 100 priority 9");
        log.WaitFor(static c => c.Action == NetworkChangeAction.Removed).Rule.Should().Be(added);
    }

    [Fact]
    public void TrafficControl_FilterAndQdiscThatAreTakenOff_AreReported()
    {
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.TrafficControl);
        _pair.TcInA("qdisc add dev a0 clsact");
        log.WaitFor(c => c.Kind == NetworkChangeKind.TrafficControl && c.TrafficControlInterface == _pair.AIndex && c.Action == NetworkChangeAction.Changed);
        _pair.TcInA("filter add dev a0 ingress prio 9 protocol ip u32 match u32 0 0 flowid 8:1");
        _pair.TcInA("filter del dev a0 ingress prio 9");
        log.WaitFor(c => c.Action == NetworkChangeAction.Removed && c.TrafficControlInterface == _pair.AIndex);
    }

    [Fact]
    public void TrafficControl_WhereTheWholeNetworkIsAskedFor_IsNotReported()
    {
        using var log = new ChangeLog(_pair.A);
        _pair.TcInA("qdisc add dev a0 clsact");
        _client.SetLinkMtu(_pair.AIndex, 1400);
        log.WaitFor(static c => c.Kind == NetworkChangeKind.TrafficControl || c is { Kind: NetworkChangeKind.Link, Link.Mtu: 1400 }).Kind.Should().Be(NetworkChangeKind.Link);
    }

    [Fact]
    public void Address_AddNoDadAndDelete_AreReported()
    {
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Addresses);
        var address = new Address(_pair.AIndex, Vip6, 128) { Flags = AddressFlags.NoDad };
        _client.AddAddress(address);
        log.WaitFor(static c => c.Kind == NetworkChangeKind.Address && c.Address.Local == Vip6 && c.Action == NetworkChangeAction.Changed)
            .Address.Flags.Should().HaveFlag(AddressFlags.NoDad).And.NotHaveFlag(AddressFlags.Tentative);
        _client.DeleteAddress(address);
        log.WaitFor(static c => c.Address.Local == Vip6 && c.Action == NetworkChangeAction.Removed);
    }

    [Theory]
    [InlineData("198.51.100.0", 24, "192.0.2.2")]
    [InlineData("2001:db8:2::", 48, "2001:db8::2")]
    public void Route_AddReplaceDelete_AreTold(string destination, int length, string gateway)
    {
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Routes);
        var route = new Route
        {
            Destination = InternetAddress.Parse(destination),
            PrefixLength = length,
            Gateway = InternetAddress.Parse(gateway),
            OutputInterface = _pair.AIndex,
            Metric = 9,
        };
        _client.AddRoute(route);
        log.WaitFor(c => c.Route!.Destination == route.Destination && c.Action == NetworkChangeAction.Added).Route
            .Should().Be(route with { Scope = AddressScope.Universe });
        _client.ReplaceRoute(route with { Mtu = 1280 });
        log.WaitFor(static c => c.Route!.Mtu == 1280).Action.Should().Be(NetworkChangeAction.Changed);
        _client.DeleteRoute(route);
        log.WaitFor(c => c.Route!.Destination == route.Destination && c.Action == NetworkChangeAction.Removed);
    }

    [Theory]
    [InlineData("192.0.2.2")]
    [InlineData("2001:db8::2")]
    public void ProbeNeighbour_PeerThere_BecomesReachableWithItsAddress(string peer)
    {
        var address = InternetAddress.Parse(peer);
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Neighbours);
        _client.ProbeNeighbour(_pair.AIndex, address);
        var change = log.WaitFor(c => c.Kind == NetworkChangeKind.Neighbour && c.Neighbour.Address == address && c.Neighbour.IsUsable);
        change.Neighbour.LinkLayerAddress.Should().Be(LinkLayerAddress.Parse("02:00:5e:00:53:02"));
        change.Neighbour.InterfaceIndex.Should().Be(_pair.AIndex);
        _client.DeleteNeighbour(change.Neighbour);
        log.WaitFor(c => c.Neighbour.Address == address && (c.Action == NetworkChangeAction.Removed || c.Neighbour.State == NeighbourState.Failed));
    }

    [Theory]
    [InlineData("192.0.2.77")]
    [InlineData("2001:db8::77")]
    public void TryGetNeighbour_FindsTheEntryOfItsLinkOnly(string text)
    {
        var address = InternetAddress.Parse(text);
        _client.TryGetNeighbour(_pair.AIndex, address, out _).Should().BeFalse();
        var entry = new Neighbour(_pair.AIndex, address, LinkLayerAddress.Parse("02:00:5e:00:53:77"));
        _client.AddNeighbour(entry);

        _client.TryGetNeighbour(_pair.AIndex, address, out var found).Should().BeTrue();

        found.Should().Be(entry);
        _client.Invoking(c => c.TryGetNeighbour(9999, address, out _)).Should().Throw<NetlinkException>().Which.ErrorNumber.Should().Be(Errno.ENODEV);
        _client.DeleteNeighbour(entry);
    }

    [Fact]
    public void ProbeNeighbour_NobodyThere_Fails()
    {
        var address = InternetAddress.Parse("192.0.2.200");
        using var log = new ChangeLog(_pair.A, RtnetlinkGroups.Neighbours);
        _client.ProbeNeighbour(_pair.AIndex, address);
        log.WaitFor(c => c.Neighbour.Address == address && c.Neighbour.State == NeighbourState.Failed).Neighbour.IsUsable.Should().BeFalse();
    }

    [Fact]
    public void Overrun_SmallBuffer_GivesOneResyncAndThenNewEventsOnly()
    {
        using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links, _pair.A, receiveBuffer: 4096);
        for (var i = 0; i < 200; i++)
        {
            _client.SetLinkMtu(_pair.AIndex, 1300 + (i % 2));
        }

        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var kinds = new List<NetworkChangeKind>();
        FluentActions.Invoking(() => monitor.Run(
            (in change) =>
            {
                kinds.Add(change.Kind);
                if (change.Kind == NetworkChangeKind.Resync)
                {
                    _client.SetLinkMtu(_pair.AIndex, 1450); // newer than the loss: must arrive
                }
                else if (change.Link!.Mtu == 1450)
                {
                    stop.Cancel();
                }
            },
            stop.Token)).Should().Throw<OperationCanceledException>();
        kinds.Should().StartWith(NetworkChangeKind.Resync, "what was queued before the loss is old").And.Contain(NetworkChangeKind.Link);
        kinds.Count(static kind => kind == NetworkChangeKind.Resync).Should().Be(1);
    }

    [Fact]
    public async Task ReadAllAsync_DeliversAndEndsByCancellation()
    {
        using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links, _pair.A);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        _client.SetLinkMtu(_pair.AIndex, 1401);
        var seen = 0;
        var act = async () =>
        {
            await foreach (var change in monitor.ReadAllAsync(stop.Token))
            {
                if (change.Link!.Mtu == 1401)
                {
                    seen++;
                    await stop.CancelAsync();
                }
            }
        };
        await act.Should().ThrowAsync<OperationCanceledException>();
        seen.Should().BePositive();
    }

    [Fact]
    public async Task ReadAllAsync_LeftEarly_MayBeEnumeratedAgain()
    {
        using var monitor = new RtnetlinkMonitor(RtnetlinkGroups.Links, _pair.A);
        for (var round = 0; round < 3; round++)
        {
            _client.SetLinkMtu(_pair.AIndex, 1410 + round);
            await foreach (var change in monitor.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                if (change.Link!.Mtu == 1410 + round)
                {
                    break;
                }
            }
        }
    }
}
