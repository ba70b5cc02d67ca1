using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Fragments of connections whose source is rewritten, in any order. Those of direct server return and between the families have tests of their own.</summary>
public sealed class ModeFragmentTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void OneArm_InOrderThereAndBack(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp) with { Mode = NatMode.OneArm });

        InOrder(world, world.Vip);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void OneArm_LaterOnesFirst(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp) with { Mode = NatMode.OneArm });

        LaterFirst(world, world.Vip);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void EveryLocalAddress_InAnyOrder(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.SetLocal(world.OtherVip);
        world.With(world.Service(ServiceProtocol.Udp, vip: family == 4 ? "0.0.0.0" : "::") with { Mode = NatMode.HostOneArm });

        InOrder(world, world.OtherVip);
        world.ForgetPackets();
        LaterFirst(world, world.OtherVip);
    });

    /// <summary>RFC 9260: its checksum covers bytes that are not in the first fragment, so only ports that stay can be in it.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void SctpWhosePortsChange_IsDroppedInFragments(Hook hook, int family) => World.Run(hook, family, world =>
    {
        // Dropped when its addresses are written already: what the kernel keeps as the sum of such a frame is nobody's business.
        world.KeepsSum = false;
        world.With(world.Service(ServiceProtocol.Sctp) with { Mode = NatMode.OneArm });
        new Conversation(world, ServiceProtocol.Sctp) { Source = world.Node }.Check();
        var data = world.ToVip().Sctp(40000, World.Port, 0x22222222, SctpChunk.Data(1, Packet.Counting(400))).Fragments(168);

        world.Send(data[0]).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropRewrite).Should().Be(1);
    });

    private static void InOrder(World world, string vip)
    {
        var there = Datagram(world.ToVip(vip: vip), 40000, World.Port).Fragments(168, 1);
        var expected = Datagram(Packet.Ip(world.Node, world.Endpoint(0)).WithMacs(World.NodeMac, World.EndpointMac(0)).WithTtl(63), 40000, World.EndpointPort).Fragments(168, 1);
        foreach (var (fragment, left) in there.Zip(expected))
        {
            Expect.Sent(world.Send(fragment), left, "to the endpoint");
        }

        var back = Datagram(Packet.Ip(world.Endpoint(0), world.Node).WithMacs(World.EndpointMac(0), World.NodeMac), World.EndpointPort, 40000).Fragments(168, 2);
        expected = Datagram(Packet.Ip(vip, world.Client).WithMacs(World.NodeMac, World.ClientMac).WithTtl(63), World.Port, 40000).Fragments(168, 2);
        foreach (var (fragment, left) in back.Zip(expected))
        {
            Expect.Sent(world.Send(fragment), left, "to the client");
        }
    }

    private static void LaterFirst(World world, string vip)
    {
        using var user = new UserSpace(world);
        var there = Datagram(world.ToVip(vip: vip), 40000, World.Port).Fragments(168, 3);
        var expected = Datagram(Packet.Ip(world.Node, world.Endpoint(0)).WithMacs(World.NodeMac, World.EndpointMac(0)).WithTtl(63), 40000, World.EndpointPort).Fragments(168, 3);
        foreach (var later in there.Skip(1).Reverse())
        {
            world.Send(later).Verdict.Should().Be(Verdict.Drop);
        }

        Expect.Sent(world.Send(there[0]), expected[0], "the first one");

        user.Work().Select(p => Convert.ToHexString(p.Bytes.Span)).Should().BeEquivalentTo(expected.Skip(1).Select(f => Convert.ToHexString(f.ToFrame())));
    }

    private static PacketBuilder Datagram(PacketBuilder packet, ushort from, ushort to) => packet.Udp(from, to, Packet.Counting(400));
}
