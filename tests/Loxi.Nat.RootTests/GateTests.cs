using System.Net;
using System.Net.NetworkInformation;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>The two gates of a VIP group, as packets meet them.</summary>
public sealed class GateTests
{
    private static readonly TimeSpan Never = TimeSpan.Zero;
    private static readonly TimeSpan Always = TimeSpan.MaxValue;

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void ClosedGate_StopsWhatIsOpenAndWhatIsNew(Hook hook, int family) => World.Run(hook, family, world =>
    {
        foreach (var protocol in Conversation.Protocols)
        {
            world.With(world.Service(protocol) with { VipGroup = "red" });
            world.Balancer.Gates.SetGate("red", sharedLink: false);
            world.Balancer.Gates.Refresh("red", Always, Never).Should().BeTrue();
            var conversation = new Conversation(world, protocol);
            conversation.Check();

            world.Balancer.Gates.Refresh("red", Never, Always);
            var before = world.Count(RawReason.DropGateClosed);
            world.Send(conversation.Next(world.ToVip(), 40000, World.Port)).Verdict.Should().Be(Verdict.Drop);
            world.Send(conversation.Answer(world.FromEndpoint(), World.EndpointPort, 40000)).Verdict.Should().Be(Verdict.Drop);
            world.Send(conversation.First(world.ToVip(), 40001, World.Port)).Verdict.Should().Be(Verdict.Drop);
            world.Count(RawReason.DropGateClosed).Should().Be(before + 3);
            world.TakePunts().Should().BeEmpty("who is not in charge does not answer either");
            world.EntryCount.Should().Be(2);

            world.Balancer.Gates.Refresh("red", Always, Never);
            conversation.There(conversation.Next);
            world.ForgetPackets();
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OpenTcpConnection_StopsToo(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp) with { VipGroup = "red" });
        world.Balancer.Gates.SetGate("red", sharedLink: false);
        world.Balancer.Gates.Refresh("red", Always, Always);
        world.OpenTcp(40000);
        var usual = world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001);
        Expect.ToEndpoint(world, world.Send(usual));

        world.Balancer.Gates.Refresh("red", Never, Never);

        world.Send(usual).Verdict.Should().Be(Verdict.Drop);
        world.Count(RawReason.DropGateClosed).Should().Be(1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void SharedLink_NewConnectionsNeedTheSecondGate(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Tcp) with { VipGroup = "red" });
        world.Balancer.Gates.SetGate("red", sharedLink: true);
        world.Balancer.Gates.Refresh("red", Always, Always);
        world.OpenTcp(40000);

        world.Balancer.Gates.Refresh("red", Always, Never);

        Expect.ToEndpoint(world, world.Send(world.ToVip().Tcp(40000, World.Port, TcpBits.Ack, 1001, 5001)));
        world.Send(world.ToVip().Tcp(40001, World.Port)).Verdict.Should().Be(Verdict.Drop);
        world.EntryCount.Should().Be(2);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void OtherGroups_AreNotConcerned(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(
            world.Service(ServiceProtocol.Tcp) with { VipGroup = "red" },
            world.Service(ServiceProtocol.Tcp, vip: world.OtherVip, first: 1));
        world.Balancer.Gates.SetGate("red", sharedLink: false);

        world.Send(world.ToVip().Tcp(40000, World.Port)).Verdict.Should().Be(Verdict.Drop);
        Expect.ToEndpoint(world, world.Send(world.ToVip(vip: world.OtherVip).Tcp(40000, World.Port)), 1);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void WhoAsksForAVipOrASource_GetsNoAnswerWhenTheGateIsClosed(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var pool = family == 4 ? "203.0.113.101" : "2001:db8:113::101";
        world.Pools(new SourcePool { Name = "pool", VipGroup = "red", Addresses = [IPAddress.Parse(pool)] });
        world.With(
            world.Service(ServiceProtocol.Tcp) with { VipGroup = "red", SourcePool = "pool" },
            world.Service(ServiceProtocol.Tcp, vip: world.OtherVip, first: 1));
        world.Balancer.Gates.SetGate("red", sharedLink: true);
        world.Balancer.Gates.Refresh("red", Always, Always);
        string[] guarded = [world.Vip, pool];
        foreach (var address in guarded)
        {
            Expect.Untouched(world.Send(Question(world, address)));
        }

        world.Balancer.Gates.Refresh("red", Always, Never);

        foreach (var address in guarded)
        {
            world.Send(Question(world, address)).Verdict.Should().Be(Verdict.Drop, address);
        }

        world.Count(RawReason.DropAnswerClosed).Should().Be(2);
        foreach (var address in (string[])[world.Node, world.OtherVip, world.Endpoint(0)])
        {
            Expect.Untouched(world.Send(Question(world, address)));
        }

        if (family == 4)
        {
            Expect.Untouched(world.Send(Packet.Arp(World.ClientMac, world.Vip, world.Node, World.NodeMac)));
        }
    });

    /// <summary>ARP (RFC 826) or a neighbour solicitation (RFC 4861 4.3), as asked by the client.</summary>
    private static byte[] Question(World world, string address)
    {
        if (world.Family == 4)
        {
            return Packet.Arp(World.ClientMac, "192.0.2.2", address);
        }

        byte[] option = [1, 1, .. PhysicalAddress.Parse(World.ClientMac.ToUpperInvariant().Replace(':', '-')).GetAddressBytes()];
        var target = IPAddress.Parse(address).GetAddressBytes();
        var group = $"ff02::1:ff{target[13]:x2}:{target[14]:x2}{target[15]:x2}";
        return (Packet.Ip("2001:db8:2::2", group) with { Ttl = 255 })
            .WithMacs(World.ClientMac, $"33:33:ff:{target[13]:x2}:{target[14]:x2}:{target[15]:x2}")
            .Icmp(135, 0, 0, (byte[])[.. IPAddress.Parse(address).GetAddressBytes(), .. option]).ToFrame();
    }
}
