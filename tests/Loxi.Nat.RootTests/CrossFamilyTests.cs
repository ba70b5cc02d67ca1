using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.Nat.Translation;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Both halves together for a client and an endpoint of different families: what the programs leave to user space, and what that sends.</summary>
public sealed class CrossFamilyTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsInOrder_AreTranslatedAndSent(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(176);

        foreach (var fragment in fragments)
        {
            world.Send(fragment).Verdict.Should().Be(Verdict.Drop, "user space has it");
        }

        var sent = user.Work();
        sent.Should().HaveCount(fragments.Count);
        ExpectDatagram(world, sent);
        Outcomes(user).Should().Equal((TranslationStatus.Translated, fragments.Count));
        world.Count(RawReason.TranslatedByNode).Should().Be((ulong)fragments.Count);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsInReverseOrder_LeaveWhenTheFirstHasCome(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(176);

        foreach (var later in fragments.Skip(1).Reverse())
        {
            world.Send(later);
        }

        user.Work().Should().BeEmpty("nothing is known of the datagram yet");
        world.Send(fragments[0]);
        List<ParsedPacket> sent = [.. user.Work(), .. user.Work()];

        sent.Should().HaveCount(fragments.Count);
        ExpectDatagram(world, sent);
        user.Punts.Fragments.Unsent.Should().Be(0);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsOfAnAnswer_ComeFromTheVip(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        var asked = Connect(world);
        var answer = FromEndpoint(world, asked).Udp(World.EndpointPort, asked.SourcePort, Packet.Counting(400)).Fragments(176);

        foreach (var fragment in answer)
        {
            world.Send(fragment).Verdict.Should().Be(Verdict.Drop);
        }

        var sent = user.Work();
        sent.Should().HaveCount(answer.Count).And.OnlyContain(p => p.IsV4 == (family == 4) && p.DestinationMac == World.ClientMac);
        var whole = Joined(Packet.Ip(world.Vip, world.Client), sent);
        (whole.TransportChecksumValid, whole.SourcePort, whole.DestinationPort).Should().Be((true, World.Port, (ushort)5353));
    });

    [Theory]
    [InlineData(Hook.Tc, 4)]
    [InlineData(Hook.Xdp, 4)]
    public void FullFragmentOfIpv4_IsCutForIpv6(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(3000)).Fragments(1500);

        foreach (var fragment in fragments)
        {
            world.Send(fragment);
        }

        var sent = user.Work();
        sent.Should().HaveCountGreaterThan(fragments.Count).And.OnlyContain(p => p.IpLength <= 1280);
        ExpectDatagram(world, sent, 3000);
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void FullPacketOfIpv4ThatMayBeFragmented_IsCutForIpv6(Hook hook) => Run(hook, 4, (world, user) =>
    {
        world.Send(world.ToVip().WithDontFragment(false).Udp(5353, World.Port, Packet.Counting(1472))).Verdict.Should().Be(Verdict.Drop);

        var sent = user.Work();
        sent.Should().HaveCount(2).And.OnlyContain(p => p.IpLength <= 1280 && p.Identification == 0x1234);
        ExpectDatagram(world, sent, 1472);
    });

    /// <summary>From a workload behind veth: its device never computes what it left to it.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void ChecksumLeftToTheDevice_IsWholeBeforeThePacketIsCut(Hook hook) => Run(hook, 4, (world, user) =>
    {
        var packet = world.ToVip().WithDontFragment(false).Udp(5353, World.Port, Packet.Counting(1472));
        world.Send(packet.WithChecksumLeftToTheDevice()).Verdict.Should().Be(Verdict.Drop);

        var sent = user.Work();
        sent.Should().HaveCount(2);
        ExpectDatagram(world, sent, 1472);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void ErrorAboutARequest_ReachesTheClientAboutItsOwnPacket(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        var asked = Connect(world);
        var error = Packet.Ip(asked.Destination!.ToString(), asked.Source!.ToString()).WithMacs(World.EndpointMac(0), World.NodeMac).PortUnreachable(asked.Ip);

        world.Send(error).Verdict.Should().Be(Verdict.Drop);

        var told = user.Work().Should().ContainSingle().Subject;
        (told.IcmpType, told.IcmpCode).Should().Be(family == 4 ? ((byte)3, (byte)3) : ((byte)1, (byte)4));
        (told.Source!.ToString(), told.Destination!.ToString(), told.DestinationMac, told.ChecksumsValid, told.Ttl).Should()
            .Be((world.Vip, world.Client, World.ClientMac, true, (byte)63));
        (told.Embedded!.Source!.ToString(), told.Embedded.SourcePort, told.Embedded.Destination!.ToString(), told.Embedded.DestinationPort).Should()
            .Be((world.Client, (ushort)5353, world.Vip, World.Port));
        Outcomes(user).Should().Equal((TranslationStatus.Translated, 1));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void PathMtuOfTheClient_ReachesTheEndpointLessTheDifference(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        var asked = Connect(world);
        var big = Packet.Ip(world.Vip, world.Client).Udp(World.Port, 5353, new byte[1350]).ToIp();
        var router = family == 4 ? "192.0.2.2" : "2001:db8:2::2";

        world.Send(Packet.Ip(router, world.Vip).WithMacs(World.ClientMac, World.NodeMac).PacketTooBig(big, 1300)).Verdict.Should().Be(Verdict.Drop);

        var told = user.Work().Should().ContainSingle().Subject;
        (told.IcmpType, told.IcmpCode, told.IcmpRest).Should().Be(family == 4 ? ((byte)2, (byte)0, 1320u) : ((byte)3, (byte)4, 1280u));
        (told.Source, told.Destination, told.DestinationMac, told.ChecksumsValid).Should().Be((asked.Source, asked.Destination, World.EndpointMac(0), true));
        (told.Embedded!.Source, told.Embedded.SourcePort, told.Embedded.Destination, told.Embedded.DestinationPort).Should()
            .Be((asked.Destination, World.EndpointPort, asked.Source, asked.SourcePort));
    });

    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void UdpWithoutChecksum_GetsTheOneThatIpv6MustHave(Hook hook) => Run(hook, 4, (world, user) =>
    {
        world.Send(world.ToVip().Udp(5353, World.Port, Packet.Counting(11), zeroChecksum: true)).Verdict.Should().Be(Verdict.Drop);

        ExpectDatagram(world, user.Work(), 11);
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void NextHopNotResolved_TheKernelSendsIt(Hook hook, int family) => Run(hook, family, (world, user) =>
    {
        Shell.Run("ip", "neigh", "del", OtherEndpoint(family), "dev", "v0");
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(200)).Fragments(128);
        foreach (var fragment in fragments)
        {
            world.Send(fragment);
        }

        Shell.Run("ip", "neigh", "replace", OtherEndpoint(family), "lladdr", World.EndpointMac(0), "dev", "v0", "nud", "permanent");

        ExpectDatagram(world, user.Work(), 200);
    });

    [Fact]
    public void LaterFragmentAndErrorWithoutConnection_AreCountedAndNotSent() => Run(Hook.Tc, 6, (world, user) =>
    {
        var punt = new RawPunt { Ifindex = (uint)Sandbox.IndexOf("v0"), Reason = (ushort)RawReason.TranslatedByNode };
        user.Punts.Handle(punt, world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(176)[1].ToFrame());
        user.Punts.Handle(punt, world.ToVip().Udp(5353, World.Port).ToFrame());
        user.Punts.Handle(punt, world.ToVip().Raw(47, new byte[20]).ToFrame());
        user.Punts.Handle(punt, world.ToVip().Udp(5353, World.Port).ToFrame().AsSpan(0, 60));

        user.TakeSent().Should().BeEmpty();
        Outcomes(user).Should().BeEquivalentTo([(TranslationStatus.NoConnection, 2), (TranslationStatus.UnsupportedProtocol, 1), (TranslationStatus.Truncated, 1)]);
    });

    private static void Run(Hook hook, int family, Action<World, UserSpace> test) => World.Run(hook, family, world =>
    {
        world.With(new Service
        {
            Key = new ServiceKey(IPAddress.Parse(world.Vip), ServiceProtocol.Udp, World.Port),
            Endpoints = [new ServiceEndpoint(IPAddress.Parse(OtherEndpoint(family)), World.EndpointPort, 1)],
        });
        using var user = new UserSpace(world);
        test(world, user);
    });

    private static string OtherEndpoint(int family) => family == 4 ? "2001:db8:2::11" : "192.0.2.11";

    /// <summary>A whole request, which the program translates itself: how the endpoint sees it.</summary>
    private static ParsedPacket Connect(World world)
    {
        // What the device summed up is no matter here.
        world.HasSeenTags = true;
        var sent = world.Send(world.ToVip().Udp(5353, World.Port, Packet.Counting(11)));
        sent.Verdict.Should().Be(Verdict.Sent, sent.ToString());
        sent.Packet.IsV4.Should().Be(world.Family == 6);
        return sent.Packet;
    }

    private static PacketBuilder FromEndpoint(World world, ParsedPacket asked) =>
        Packet.Ip(OtherEndpoint(world.Family), asked.Source!.ToString()).WithMacs(World.EndpointMac(0), World.NodeMac);

    private static void ExpectDatagram(World world, IReadOnlyList<ParsedPacket> sent, int size = 400)
    {
        sent.Should().NotBeEmpty().And.OnlyContain(p => p.IsV4 == (world.Family == 6) && p.DestinationMac == World.EndpointMac(0) && p.Ttl == 63 && p.IpChecksumValid);
        sent.Should().OnlyContain(p => p.Destination!.Equals(IPAddress.Parse(OtherEndpoint(world.Family))));
        var whole = Joined(Packet.Ip(sent[0].Source!.ToString(), sent[0].Destination!.ToString()), sent);
        whole.TransportChecksumValid.Should().BeTrue("the endpoint gets what the client sent");
        whole.DestinationPort.Should().Be(World.EndpointPort);
        whole.Payload.ToArray().Should().Equal(Packet.Counting(size));
    }

    private static ParsedPacket Joined(PacketBuilder ip, IEnumerable<ParsedPacket> fragments)
    {
        var bytes = fragments.OrderBy(p => p.FragmentOffset).SelectMany(p => p.Bytes[p.TransportOffset..(p.IpOffset + p.IpLength)].ToArray()).ToArray();
        return new ParsedPacket(ip.Raw(IpProtocol.Udp, bytes).ToFrame());
    }

    private static IEnumerable<(TranslationStatus, long)> Outcomes(UserSpace user) =>
        user.Punts.ReadTranslations().Where(t => t.Packets > 0).Select(t => (t.Status, t.Packets));
}
