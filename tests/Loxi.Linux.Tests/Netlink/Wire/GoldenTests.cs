using System.Net.Sockets;
using FluentAssertions;
using Loxi.Linux.Netlink;
using Loxi.Linux.Netlink.Wire;
using Xunit;

namespace Loxi.Linux.Tests.Netlink.Wire;

public sealed class GoldenTests
{
    [Fact]
    public void NewLink_Parses()
    {
        var link = Single(Golden.NewLink).Link!;
        link.Index.Should().Be(7);
        link.Name.Should().Be("a0");
        link.Kind.Should().Be("veth");
        link.HardwareAddress.ToString().Should().Be("02:00:5e:00:53:01");
        link.Mtu.Should().Be(1500);
        link.HardwareType.Should().Be(1);
        link.Flags.Should().Be(LinkFlags.Broadcast | LinkFlags.Multicast);
        link.OperState.Should().Be(OperState.Down);
        link.ParentIndex.Should().Be(2);
        link.VlanId.Should().BeNull();
        link.CarrierChanges.Should().Be(1);
        link.ForwardsIpv6.Should().BeFalse();
        link.ArpIgnore.Should().Be(0);
        link.Counters!.Value.ReceivedPackets.Should().Be(0);
        Single(Golden.NewLink).Action.Should().Be(NetworkChangeAction.Added);
    }

    [Fact]
    public void NewAddress4_Parses() => Single(Golden.NewAddress4).Address.Should().Be(
        new Address(7, InternetAddress.Parse("192.0.2.1"), 24)
        {
            Broadcast = InternetAddress.Parse("192.0.2.255"),
            Flags = AddressFlags.Permanent,
            Label = "a0",
        });

    [Fact]
    public void NewAddress6_Parses() => Single(Golden.NewAddress6).Address.Should().Be(
        new Address(7, InternetAddress.Parse("2001:db8::1"), 64)
        {
            Flags = AddressFlags.NoDad | AddressFlags.NoPrefixRoute | AddressFlags.Deprecated,
            PreferredLifetime = 0,
            ValidLifetime = 3600,
        });

    [Fact]
    public void NewRule4_Parses()
    {
        var rule = Single(Golden.NewRule4).Rule!;

        rule.Should().Be(new RoutingRule
        {
            Family = AddressFamily.InterNetwork,
            Priority = 500,
            Table = 1000,
            Source = InternetAddress.Parse("198.51.100.0"),
            SourcePrefixLength = 24,
            Destination = InternetAddress.Parse("203.0.113.7"),
            DestinationPrefixLength = 32,
            InputInterface = "lo",
            Mark = 7,
            MarkMask = 0xff,
            IsInverted = true,
        });
        rule.MatchesAll.Should().BeFalse();
        rule.ToString().Should().Be("500: not from 198.51.100.0/24 to 203.0.113.7/32 fwmark 0x7/0xff iif lo Lookup 1000");
    }

    [Fact]
    public void NewRule6_WithConditionsThatAreNotRead_SaysThatThereAreMore()
    {
        var rule = Single(Golden.NewRule6).Rule!;

        rule.Should().Be(new RoutingRule { Family = AddressFamily.InterNetworkV6, Priority = 501, Action = RoutingRuleAction.Blackhole, HasOtherConditions = true });
        rule.MatchesAll.Should().BeFalse();
    }

    [Fact]
    public void NewRoute4_Parses()
    {
        var change = Single(Golden.NewRoute4);
        change.Action.Should().Be(NetworkChangeAction.Added);
        change.Route.Should().Be(new Route
        {
            Destination = InternetAddress.Parse("198.51.100.0"),
            PrefixLength = 24,
            Gateway = InternetAddress.Parse("192.0.2.2"),
            OutputInterface = 7,
            Table = 1000,
            Metric = 50,
            Mtu = 1300,
            Protocol = RouteProtocol.Bgp,
            Scope = AddressScope.Universe,
        });
    }

    [Fact]
    public void NewRoute6Multipath_Parses() => Single(Golden.NewRoute6Multipath).Route!.NextHops.Should().Equal(
        new RouteNextHop(7, InternetAddress.Parse("2001:db8::2"), 3),
        new RouteNextHop(7, InternetAddress.Parse("2001:db8::3"), 1));

    [Fact]
    public void NewRouteVia6_HasTheGatewayOfTheOtherFamily()
    {
        var route = Single(Golden.NewRouteVia6).Route!;
        route.Destination.Should().Be(InternetAddress.Parse("203.0.113.0"));
        route.Gateway.Should().Be(InternetAddress.Parse("2001:db8::2"));
    }

    [Fact]
    public void NewNeighbour4_Parses() => Single(Golden.NewNeighbour4).Neighbour.Should().Be(
        new Neighbour(7, InternetAddress.Parse("192.0.2.2"), LinkLayerAddress.Parse("02:00:5e:00:53:02")));

    [Fact]
    public void NewNeighbour6_HasTheManagedFlag() => Single(Golden.NewNeighbour6).Neighbour.Should().Be(
        new Neighbour(7, InternetAddress.Parse("2001:db8::2"), LinkLayerAddress.Parse("02:00:5e:00:53:02"), NeighbourState.Reachable, NeighbourFlags.Managed));

    [Fact]
    public void Error_CappedOrWithEcho_GivesNumberAndText()
    {
        foreach (var golden in new[] { Golden.ErrorCapped, Golden.ErrorWithEcho })
        {
            var reader = new MessageReader(golden);
            reader.TryRead(out var message).Should().BeTrue();
            AckCodec.Parse(message, out var text).Should().Be(Errno.EINVAL);
            text.Should().Be("mtu less than device minimum");
        }
    }

    [Fact]
    public void Acknowledgement_IsSuccess()
    {
        var reader = new MessageReader(Golden.Acknowledgement);
        reader.TryRead(out var message).Should().BeTrue();
        message.Sequence.Should().Be(78);
        AckCodec.Parse(message, out var text).Should().Be(0);
        text.Should().BeNull();
    }

    [Fact]
    public void EveryTruncation_OfEveryMessage_IsReported()
    {
        foreach (var golden in All())
        {
            Read(golden).Should().BeNull("the whole message is well-formed");
            for (var length = 1; length < golden.Length; length++)
            {
                // The datagram is cut: the message says that it is longer than what is there.
                Read(golden.AsSpan(0, length)).Should().NotBeNull($"cut at {length}").And.BeOfType<NetlinkException>()
                    .Which.ErrorNumber.Should().Be(Errno.EBADMSG);
            }
        }
    }

    [Fact]
    public void EveryTruncation_WithTheHeaderAdjusted_IsReportedOrShorter()
    {
        var reported = 0;
        foreach (var golden in All())
        {
            for (var length = Nl.HeaderSize; length < golden.Length; length++)
            {
                var cut = golden[..length];
                BitConverter.TryWriteBytes(cut, length).Should().BeTrue();
                var failure = Read(cut);
                reported += failure is null ? 0 : 1;
                if (failure is not null)
                {
                    failure.Should().BeOfType<NetlinkException>($"cut at {length}");
                }
            }
        }

        reported.Should().BeGreaterThan(500);
    }

    internal static IReadOnlyList<byte[]> All() =>
    [
        Golden.NewLink, Golden.NewAddress4, Golden.NewAddress6, Golden.NewRoute4, Golden.NewRoute6Multipath, Golden.NewRouteVia6,
        Golden.NewNeighbour4, Golden.NewNeighbour6, Golden.NewRule4, Golden.NewRule6, Golden.ErrorCapped, Golden.ErrorWithEcho, Golden.Acknowledgement,
    ];

    /// <summary>Parses as a client and as a monitor would; the exception, or null.</summary>
    internal static Exception? Read(ReadOnlySpan<byte> datagram)
    {
        try
        {
            RtnetlinkMonitor.Deliver(datagram, static (in _) => { });
            var reader = new MessageReader(datagram);
            while (reader.TryRead(out var message))
            {
                if (message.Type is Nl.Error or Nl.Done)
                {
                    AckCodec.Parse(message, out _);
                }
            }

            return null;
        }
#pragma warning disable CA1031 // The kind of the exception is what is tested.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
    }

    private static NetworkChange Single(byte[] datagram)
    {
        var seen = new List<NetworkChange>();
        RtnetlinkMonitor.Deliver(datagram, (in change) => seen.Add(change));
        return seen.Should().ContainSingle().Subject;
    }
}
