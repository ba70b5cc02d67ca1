using System.Diagnostics;
using System.Net;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Nat.Fragments;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>Both halves together: programs that give later fragments to user space, and user space that sends them on.</summary>
public sealed class HeldFragmentTests
{
    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsInReverseOrder_LeaveWhenTheFirstHasCome(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world);
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(176);
        fragments.Count.Should().BeGreaterThan(2);

        foreach (var later in fragments.Skip(1).Reverse())
        {
            world.Send(later).Verdict.Should().Be(Verdict.Drop);
        }

        user.Work().Should().BeEmpty("nothing is known of the datagram yet");
        user.Punts.Fragments.Held.Should().Be(fragments.Count - 1);

        var first = world.Send(fragments[0]);
        Expect.ToEndpoint(world, first);
        var sent = user.Work();

        sent.Select(p => p.FragmentOffset).Should().Equal(fragments.Skip(1).Reverse().Select(f => new ParsedPacket(f.ToFrame()).FragmentOffset));
        foreach (var packet in sent)
        {
            packet.Source.Should().Be(IPAddress.Parse(world.Client));
            packet.Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)));
            packet.DestinationMac.Should().Be(World.EndpointMac(0));
            packet.Ttl.Should().Be(63);
            packet.IpChecksumValid.Should().BeTrue();
        }

        Joined(world, [first.Packet, .. sent]).TransportChecksumValid.Should().BeTrue("the endpoint gets what the client sent");
        user.Punts.Fragments.Should().Match<FragmentCounters>(c => c.Taken == fragments.Count - 1 && c.Unsent == 0);
    });

    /// <summary>RFC 8200 4.5: what is in front of the transport header is in the first fragment only, and next headers may differ.</summary>
    [Theory]
    [InlineData(Hook.Tc)]
    [InlineData(Hook.Xdp)]
    public void Rfc8200_NextHeadersThatDiffer_AreOneDatagram(Hook hook) => World.Run(hook, 6, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world);
        var udp = world.ToVip().Udp(5353, World.Port, Packet.Counting(184)).ToIp().AsMemory(40);
        byte[] options = [IpProtocol.Udp, 0, 1, 4, 0, 0, 0, 0];
        var first = world.ToVip().Raw(IpProtocol.DestinationOptions, (byte[])[.. options, .. udp[..72].Span]).AsFragment(0, true);
        var middle = world.ToVip().Raw(IpProtocol.DestinationOptions, udp[72..136]).AsFragment(80, true);
        var last = world.ToVip().Raw(IpProtocol.NoNextHeader, udp[136..]).AsFragment(144, false);

        world.Send(last).Verdict.Should().Be(Verdict.Drop);
        Expect.ToEndpoint(world, world.Send(first));
        user.Work().Should().ContainSingle().Which.FragmentOffset.Should().Be(144);
        Expect.ToEndpoint(world, world.Send(middle));
    });

    [Theory]
    [ClassData(typeof(Cases))]
    public void NoFirstFragmentForTwoSeconds_DroppedAndCounted(Hook hook, int family) => World.Run(hook, family, world =>
    {
        var clock = new FakeTimeProvider();
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world, clock);
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(400)).Fragments(176);
        world.Send(fragments[2]);
        world.Send(fragments[1]);
        user.Work();

        clock.Advance(TimeSpan.FromSeconds(1.9));
        user.Punts.Fragments.Should().Match<FragmentCounters>(c => c.Held == 2 && c.Expired == 0);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        user.Punts.Fragments.Should().Match<FragmentCounters>(c => c.Expired == 2 && c.ExpiredDatagrams == 1);
        world.Send(fragments[0]);
        user.Work().Should().BeEmpty("they are gone");
    });

    [Fact]
    public void MoreDatagramsThanTheBound_AreRefusedAndCounted() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world, new FakeTimeProvider());
        var patience = Stopwatch.StartNew();
        for (var id = 0; user.Punts.Fragments.TooManyDatagrams < 10;)
        {
            patience.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
            world.Send(world.ToVip().Raw(IpProtocol.Udp, Packet.Counting(64)).AsFragment(128, false, (uint)id)).Verdict.Should().Be(Verdict.Drop);
            // The program lets through a few in each tick: what it suppresses comes again.
            id += user.Punts.Take();
        }

        user.Punts.Fragments.Held.Should().Be(FragmentHolder.MaxDatagrams);
        world.Flows.Should().BeEmpty();
    });

    /// <summary>The kernel has to find the neighbour: it gets the rest of the datagram as it got the first fragment.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void NextHopNotResolved_TheKernelSendsThem(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        Shell.Run("ip", "neigh", "del", world.Endpoint(0), "dev", "v0");
        using var user = new UserSpace(world);
        var fragments = world.ToVip().Udp(5353, World.Port, Packet.Counting(200)).Fragments(128);
        world.Send(fragments[1]);

        world.Send(fragments[0]).Verdict.Should().Be(hook == Hook.Xdp ? Verdict.Pass : Verdict.Sent);
        Shell.Run("ip", "neigh", "replace", world.Endpoint(0), "lladdr", World.EndpointMac(0), "dev", "v0", "nud", "permanent");

        var sent = user.Work().Should().ContainSingle().Subject;
        sent.Source.Should().Be(IPAddress.Parse(world.Client));
        sent.Destination.Should().Be(IPAddress.Parse(world.Endpoint(0)));
        sent.DestinationMac.Should().Be(World.EndpointMac(0));
        sent.Ttl.Should().Be(63);
        sent.FragmentOffset.Should().Be(new ParsedPacket(fragments[1].ToFrame()).FragmentOffset);
        user.Punts.Fragments.Unsent.Should().Be(0);
    });

    /// <summary>RFC 791 3.2: a router cuts once more; with the neighbour unknown it is the kernel that sends the pieces.</summary>
    [Theory]
    [InlineData(Hook.Tc, true)]
    [InlineData(Hook.Tc, false)]
    [InlineData(Hook.Xdp, true)]
    [InlineData(Hook.Xdp, false)]
    public void LargerThanTheWayOut_LeaveInPieces(Hook hook, bool isResolved) => World.Run(hook, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        World.Ip("link set v0 mtu 1400");
        world.Maps.Control.Span[0].MinMtu = 1400;
        if (!isResolved)
        {
            Shell.Run("ip", "neigh", "del", world.Endpoint(0), "dev", "v0");
        }

        using var user = new UserSpace(world);
        var datagram = world.ToVip().WithDontFragment(false).Udp(5353, World.Port, Packet.Counting(2900));
        var fragments = datagram.Fragments(1500);
        world.Send(fragments[1]);
        world.Send(fragments[0]);
        Shell.Run("ip", "neigh", "replace", world.Endpoint(0), "lladdr", World.EndpointMac(0), "dev", "v0", "nud", "permanent");

        var sent = user.Work();

        user.Punts.Fragments.Unsent.Should().Be(0);
        sent.Should().HaveCount(2).And.OnlyContain(p => p.IpLength <= 1400 && p.IpChecksumValid && p.Ttl == 63 && p.DestinationMac == World.EndpointMac(0));
        sent.Select(p => (p.FragmentOffset, p.MoreFragments)).Should().Equal((1480, true), (1480 + 1376, false));
        sent.SelectMany(p => p.Bytes[p.TransportOffset..(p.IpOffset + p.IpLength)].ToArray()).Should().Equal(datagram.ToIp()[1500..]);
    });

    /// <summary>What goes to a client behind a tag gets the tag, also when it comes in the wrong order.</summary>
    [Theory]
    [ClassData(typeof(Cases))]
    public void FragmentsOfAnAnswerToATaggedClient_LeaveWithItsTag(Hook hook, int family) => World.Run(hook, family, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world);
        Expect.ToEndpoint(world, world.Send(world.ToVip().Vlan(100).Udp(5353, World.Port, [1])));
        var fragments = world.FromEndpoint().Udp(World.EndpointPort, 5353, Packet.Counting(200)).Fragments(128);

        world.Send(fragments[1]).Verdict.Should().Be(Verdict.Drop);
        world.Send(fragments[0]).Verdict.Should().Be(Verdict.Sent);

        var sent = user.Work().Should().ContainSingle().Subject;
        sent.Vlans.Should().Equal(((ushort)0x8100, (ushort)100));
        sent.Source.Should().Be(IPAddress.Parse(world.Vip));
        sent.DestinationMac.Should().Be(World.ClientMac);
    });

    [Fact]
    public void BothRingsTakenAtOnce_NothingIsHandledTwice() => World.Run(Hook.Tc, 4, world =>
    {
        world.With(world.Service(ServiceProtocol.Udp));
        using var user = new UserSpace(world);
        using var stop = new CancellationTokenSource();
        var ring = new Thread(() => user.Punts.Run(stop.Token));
        ring.Start();
        const int Datagrams = 400;
        var sent = 0;
        for (ushort id = 0; id < Datagrams; id++)
        {
            var fragments = world.ToVip().Udp((ushort)(10_000 + id), World.Port, Packet.Counting(200)).Fragments(128, id);
            world.Send(fragments[1]);
            world.Send(fragments[0]).Verdict.Should().Be(Verdict.Sent);
            user.Events.Take();
            sent += user.TakeSent().Count;
        }

        stop.Cancel();
        ring.Join();
        var later = (ulong)Datagrams - world.Count(RawReason.PuntSuppressed);
        later.Should().BeGreaterThanOrEqualTo(Shared.PuntBurst, "that many may go to user space at once");
        user.Punts.Fragments.Should().Match<FragmentCounters>(c => c.Held == (long)later && c.Taken == (long)later && c.Duplicate == 0 && c.Invalid == 0);
        (sent + user.TakeSent().Count).Should().Be((int)later);
    });

    private static ParsedPacket Joined(World world, IEnumerable<ParsedPacket> fragments)
    {
        var bytes = fragments.OrderBy(p => p.FragmentOffset).SelectMany(p => p.Bytes[p.TransportOffset..(p.IpOffset + p.IpLength)].ToArray()).ToArray();
        return new ParsedPacket(Packet.Ip(world.Client, world.Endpoint(0)).Raw(IpProtocol.Udp, bytes).ToFrame());
    }
}
