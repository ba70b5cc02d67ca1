using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

public sealed class FragmentTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void FragmentsInOrder_AllGoToTheEndpoint(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp, 3));
        var whole = world.ToVip().Udp(5353, World.Port, Packet.Counting(200));
        var sent = new List<Outcome>();

        foreach (var fragment in whole.Fragments(128))
        {
            sent.Add(world.Send(fragment));
            Expect.ToEndpoint(world, sent[^1]);
        }

        sent.Count.Should().BeGreaterThan(1);
        world.Connections.Should().HaveCount(1);
        var bytes = sent.SelectMany(o => o.Packet.Ip[(o.Packet.TransportOffset - o.Packet.IpOffset)..].ToArray()).ToArray();
        var joined = new ParsedPacket(Packet.Ip(world.Client, world.Endpoint(0)).Raw(IpProtocol.Udp, bytes).ToFrame());
        joined.DestinationPort.Should().Be(World.EndpointPort);
        joined.TransportChecksumValid.Should().BeTrue("the checksum of the first fragment covers all of them");
    });

    [Theory]
    [ClassData(typeof(Cases))]
    [Trait("Suite", "Kernels")]
    public void LaterFragmentBeforeTheFirst_IsHeld(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(200)).Fragments(128);

        world.Send(fragments[1]).Verdict.Should().Be(Verdict.Drop);
        world.TakePunts().Should().Equal(RawReason.HeldFragment);
        Expect.ToEndpoint(world, world.Send(fragments[0]));
        Expect.ToEndpoint(world, world.Send(fragments[1]));
        world.TakePunts().Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ProtocolThatIsNeverBalanced_ItsFragmentsAreTheKernels(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var fragments = world.ToVip().Raw(IpProtocol.Esp, Packet.Counting(200)).Fragments(128);

        fragments.Should().HaveCountGreaterThan(1);
        foreach (var fragment in fragments)
        {
            world.Send(fragment).Verdict.Should().Be(Verdict.Pass);
        }

        world.TakePunts().Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void IdentificationOfLongAgo_IsNotThatOfThisDatagram(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(200)).Fragments(128);
        world.Send(fragments[0]);
        Expect.ToEndpoint(world, world.Send(fragments[1]));
        var (key, value) = world.Maps.Fragments.ToArray().Should().ContainSingle().Subject;
        value.Tick -= (uint)Nat.Connections.FlowClock.ToTicks(TimeSpan.FromSeconds(31));
        world.Maps.Fragments.Update(key, value);

        world.Send(fragments[1]).Verdict.Should().Be(Verdict.Drop);
        world.TakePunts().Should().Equal(RawReason.HeldFragment);
        Expect.ToEndpoint(world, world.Send(fragments[0]));
        Expect.ToEndpoint(world, world.Send(fragments[1]));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsOfOthers_PassUnchanged(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));

        foreach (var fragment in world.ToVip(vip: world.OtherVip).Udp(5353, World.Port, Packet.Counting(200)).Fragments(128))
        {
            Expect.Untouched(world.Send(fragment));
        }

        // To the VIP, but to no service of it.
        foreach (var fragment in world.ToVip().Udp(5353, 81, Packet.Counting(200)).Fragments(128, 0x4321))
        {
            Expect.Untouched(world.Send(fragment));
        }
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void TinyFirstFragment_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var segment = world.WithTcp().ToVip().Tcp(40000, World.Port, payload: Packet.Counting(32)).ToIp().AsMemory(family == 4 ? 20 : 40, 16);

        world.Send(world.ToVip().Raw(IpProtocol.Tcp, segment).AsFragment(0, true)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropTinyFragment).Should().Be(1);
        world.Flows.Should().BeEmpty();
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentOverTheTcpFlags_IsDropped(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.WithTcp();

        world.Send(world.ToVip().Raw(IpProtocol.Tcp, Packet.Counting(32)).AsFragment(8, false)).Verdict.Should().Be(Verdict.Drop);

        world.Count(RawReason.DropOverlappingFragment).Should().Be(1);
        world.TakePunts().Should().BeEmpty();
    });
}
