using System.Net;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>What routers send is read as what it is, and written back octet for octet.</summary>
public sealed class RecordingTests
{
    private static readonly NextHop NextHop4 = NextHop.From(IPAddress.Parse("192.0.2.1"));
    private static readonly NextHop NextHop6 = NextHop.From(IPAddress.Parse("2001:db8::1"));

    private static OpenMessage ReadOpen(byte[] message)
    {
        MessageHeader.Read(message, MessageHeader.PlainMaximum, out var header, out _).Should().Be(ParseStatus.Done);
        header.Should().Be(new MessageHeader(MessageType.Open, message.Length));
        var open = OpenCodec.Read(message, out var error);
        error.IsNone.Should().BeTrue();
        open!.Capabilities.Ignored.Should().BeEmpty();
        (open.As, open.Identifier).Should().Be((64496u, 0xc0000201u));
        return open;
    }

    private static string[] Texts(NlriEntry[] entries)
        => [.. entries.Select(e => $"{new NextHop(e.Prefix.Family == BgpFamily.Ipv4Unicast ? NextHopKind.Ipv4 : NextHopKind.Ipv6, e.Prefix.Bits).ToIPAddress()}/{e.Prefix.Length}")];

    private static byte[] Write(UpdateResult result, BgpFamily family, UpdateFormat format)
    {
        var (entries, nextHop) = family == BgpFamily.Ipv4Unicast ? (result.Announced, result.NextHop) : (result.MpAnnounced, result.MpNextHop);
        var attributes = new byte[1024];
        var length = AttributeEncoder.Encode(new AttributeBlock(result.Block), nextHop, format.FourOctetAs, attributes);
        var buffer = new byte[4096];
        var writer = new UpdateWriter(buffer, format);
        writer.BeginReach(family, nextHop, attributes.AsSpan(0, length)).Should().Be(UpdateWriterStatus.Done);
        foreach (var (prefix, pathId) in entries)
        {
            writer.Add(prefix, pathId).Should().Be(UpdateWriterStatus.Done);
        }

        writer.End();
        return buffer[..writer.Length];
    }

    [Fact]
    public void BirdOpen()
    {
        var open = ReadOpen(Recordings.BirdOpen);
        open.HoldTime.Should().Be(90);
        open.Capabilities.Should().Be(new Capabilities
        {
            Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast],
            HasMultiprotocol = true,
            RouteRefresh = true,
            ExtendedMessage = true,
            GracefulRestart = new GracefulRestartCapability(false, false, 120, [(BgpFamily.Ipv4Unicast, false), (BgpFamily.Ipv6Unicast, false)]),
            FourOctetAs = 64496,
            AddPath = [new AddPathCapability(BgpFamily.Ipv4Unicast, true, true)],
            EnhancedRouteRefresh = true,
            LongLived = [new LongLivedCapability(BgpFamily.Ipv4Unicast, false, 3600), new LongLivedCapability(BgpFamily.Ipv6Unicast, false, 3600)],
        });
        var written = new byte[4096];
        written[..OpenCodec.Write(open, written)].Should().Equal(Recordings.BirdOpen);
    }

    [Fact]
    public void FrrOpen()
    {
        var open = ReadOpen(Recordings.FrrOpen);
        open.HoldTime.Should().Be(180);
        open.Capabilities.Should().Be(new Capabilities
        {
            Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast],
            HasMultiprotocol = true,
            RouteRefresh = true,
            Role = BgpRole.Provider,
            ExtendedMessage = true,
            GracefulRestart = new GracefulRestartCapability(true, true, 120, []),
            FourOctetAs = 64496,
            AddPath = [new AddPathCapability(BgpFamily.Ipv4Unicast, true, false), new AddPathCapability(BgpFamily.Ipv6Unicast, true, false)],
            EnhancedRouteRefresh = true,
            LongLived = [new LongLivedCapability(BgpFamily.Ipv4Unicast, true, 0), new LongLivedCapability(BgpFamily.Ipv6Unicast, true, 0)],
            HostName = "router1",
        });
    }

    [Fact]
    public void GobgpOpen()
    {
        var open = ReadOpen(Recordings.GobgpOpen);
        open.Capabilities.Should().Be(new Capabilities
        {
            Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast],
            HasMultiprotocol = true,
            RouteRefresh = true,
            Ipv4OverIpv6NextHop = true,
            GracefulRestart = new GracefulRestartCapability(false, true, 120, [(BgpFamily.Ipv4Unicast, false)]),
            FourOctetAs = 64496,
            HostName = "vm",
        });
    }

    [Fact]
    public void BirdIpv4()
    {
        var result = WireCase.Accepted(Recordings.BirdIpv4);
        Texts(result.Announced).Should().Equal("198.51.100.0/24", "10.0.0.0/8", "198.51.100.128/25", "203.0.113.7/32");
        result.NextHop.Should().Be(NextHop4);
        result.AsPath.Should().Be("64496 4200000001");
        var block = new AttributeBlock(result.Block);
        (block.Origin, block.Med, block.LocalPreference, block.Aggregator, block.AtomicAggregate).Should().Be((BgpOrigin.Igp, 20u, null, null, false));
        (block.Communities.Count, block.Communities[0], block.Communities[1]).Should().Be((2, 0xfbf00064u, 0xffffff01u));
        (block.ExtendedCommunities.Count, block.ExtendedCommunities[0]).Should().Be((1, 0x0002fbf000000007ul));
        (block.LargeCommunities.Count, block.LargeCommunities[0]).Should().Be((1, new BgpLargeCommunity(64496, 1, 2)));
        Write(result, BgpFamily.Ipv4Unicast, new UpdateFormat { FourOctetAs = true, MaxLength = 4096 }).Should().Equal(Recordings.BirdIpv4);
    }

    [Fact]
    public void BirdAddPath()
    {
        var result = WireCase.Accepted(Recordings.BirdAddPath, WireCase.External with { AddPathIpv4 = true });
        result.Announced.Select(e => e.PathId).Should().Equal(2, 2, 2, 2);
        Texts(result.Announced).Should().HaveElementAt(3, "203.0.113.7/32");
        Write(result, BgpFamily.Ipv4Unicast, new UpdateFormat { FourOctetAs = true, AddPathIpv4 = true, MaxLength = 4096 }).Should().Equal(Recordings.BirdAddPath);
    }

    [Fact]
    public void BirdIpv6()
    {
        var result = WireCase.Accepted(Recordings.BirdIpv6);
        Texts(result.MpAnnounced).Should().Equal("2001:db8:1::/48", "2001:db8:2::/64");
        result.MpNextHop.Should().Be(NextHop6);
        result.Block.Should().Equal(WireCase.Accepted(Recordings.BirdIpv4).Block, "the attributes are the same");
        Write(result, BgpFamily.Ipv6Unicast, new UpdateFormat { FourOctetAs = true, MaxLength = 4096 }).Should().Equal(Recordings.BirdIpv6);
    }

    [Fact]
    public void BirdTwoOctets()
    {
        var result = WireCase.Accepted(Recordings.BirdTwoOctetsIpv4, WireCase.TwoOctets);
        result.Block.Should().Equal(WireCase.Accepted(Recordings.BirdIpv4).Block, "AS4_PATH tells what is missing");
        Write(result, BgpFamily.Ipv4Unicast, new UpdateFormat { MaxLength = 4096 }).Should().Equal(Recordings.BirdTwoOctetsIpv4);
        var result6 = WireCase.Accepted(Recordings.BirdTwoOctetsIpv6, WireCase.TwoOctets);
        Write(result6, BgpFamily.Ipv6Unicast, new UpdateFormat { MaxLength = 4096 }).Should().Equal(Recordings.BirdTwoOctetsIpv6);
    }

    [Fact]
    public void BirdEndOfRib()
    {
        WireCase.Accepted(Recordings.BirdEndOfRibIpv6).EndOfRib.Should().Be(BgpFamily.Ipv6Unicast);
        WireCase.Accepted(WireBytes.Hex("ffffffffffffffffffffffffffffffff 0017 02 0000 0000")).EndOfRib.Should().Be(BgpFamily.Ipv4Unicast);
    }

    [Fact]
    public void Frr()
    {
        var result = WireCase.Accepted(Recordings.FrrIpv4);
        Texts(result.Announced).Should().Equal("198.51.100.0/24", "203.0.113.7/32");
        result.AsPath.Should().Be("64496 4200000001");
        var block = new AttributeBlock(result.Block);
        (block.AtomicAggregate, block.Aggregator?.As, block.OnlyToCustomer).Should().Be((true, 3816953000u, 64496u));
        var two = WireCase.Accepted(Recordings.FrrTwoOctetsIpv4, WireCase.TwoOctets);
        two.Block.Should().Equal(result.Block, "AS4_PATH and AS4_AGGREGATOR tell what is missing");
        var six = WireCase.Accepted(Recordings.FrrIpv6);
        Texts(six.MpAnnounced).Should().Equal("2001:db8:1::/48");
        six.MpNextHop.Should().Be(NextHop6);
    }

    [Fact]
    public void Gobgp()
    {
        Texts(WireCase.Accepted(Recordings.GobgpIpv4).Announced).Should().Equal("198.51.100.0/24");
        var result = WireCase.Accepted(Recordings.GobgpIpv6);
        Texts(result.MpAnnounced).Should().Equal("2001:db8:1::/48");
        result.MpNextHop.Should().Be(NextHop6);
    }

    [Fact]
    public void EveryRecording_CutAtEachOctet_BreaksNothing()
    {
        var buffer = new UpdateBuffer();
        foreach (var message in new[] { Recordings.BirdIpv4, Recordings.BirdIpv6, Recordings.BirdTwoOctetsIpv4, Recordings.FrrIpv4, Recordings.GobgpIpv6 })
        {
            for (var length = 0; length < message.Length; length++)
            {
                MessageHeader.Read(message.AsSpan(0, length), MessageHeader.PlainMaximum, out _, out _).Should().Be(ParseStatus.NeedMore);
                if (length >= 23)
                {
                    // As if the message ended here: the fields do not fit any more, or the last prefix is cut.
                    var cut = message[..length];
                    cut[16] = (byte)(length >> 8);
                    cut[17] = (byte)length;
                    var view = UpdateReader.Read(cut, WireCase.External, buffer);
                    (view.Outcome is ErrorHandling.SessionReset || length > message.Length - 20).Should().BeTrue();
                }
            }
        }
    }
}
