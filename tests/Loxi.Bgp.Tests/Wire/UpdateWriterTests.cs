using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Wire;

public sealed class UpdateWriterTests
{
    private static readonly UpdateFormat Plain = new() { FourOctetAs = true, MaxLength = 4096 };
    private static readonly UpdateFormat ExtendedFormat = Plain with { MaxLength = 65535 };
    private static readonly NextHop NextHop4 = NextHop.From(IPAddress.Parse("192.0.2.1"));
    private static readonly NextHop Global = NextHop.From(IPAddress.Parse("2001:db8::1"));
    private static readonly NextHop GlobalAndLinkLocal = NextHop.From(IPAddress.Parse("2001:db8::1"), IPAddress.Parse("fe80::1"));
    private static readonly NextHop LinkLocal = NextHop.From(IPAddress.Parse("fe80::1"), IPAddress.Parse("fe80::1"));

    private static byte[] Attributes(NextHop nextHop, UpdateFormat format, byte[]? block = null)
    {
        block ??= WireCase.Accepted(WireBytes.Announce(Mandatory)).Block;
        var destination = new byte[AttributeEncoder.MaximumLength(new AttributeBlock(block))];
        return destination[..AttributeEncoder.Encode(new AttributeBlock(block), nextHop, format.FourOctetAs, destination)];
    }

    private static Prefix Host(int number, BgpFamily family = BgpFamily.Ipv4Unicast) => family == BgpFamily.Ipv4Unicast
        ? Prefix.Create(family, 32, new UInt128((ulong)(0x0a000000 + number) << 32, 0))
        : Prefix.Create(family, 128, new UInt128(0x20010db8_00000000, (ulong)number));

    // All in as many messages and buffers as it takes.
    private static List<byte[]> Announce(NlriEntry[] entries, NextHop nextHop, byte[] attributes, UpdateFormat format, int room = 65535, bool withdraw = false)
    {
        var messages = new List<byte[]>();
        var buffer = new byte[room];
        for (var i = 0; i < entries.Length;)
        {
            var writer = new UpdateWriter(buffer, format);
            var family = entries[i].Prefix.Family;
            while (i < entries.Length && (withdraw ? writer.BeginWithdraw(family) : writer.BeginReach(family, nextHop, attributes)) == UpdateWriterStatus.Done)
            {
                UpdateWriterStatus status = default;
                while (i < entries.Length && (status = writer.Add(entries[i].Prefix, entries[i].PathId)) == UpdateWriterStatus.Done)
                {
                    i++;
                }

                writer.End();
                if (status == UpdateWriterStatus.BufferFull)
                {
                    break;
                }

                status.Should().NotBe(UpdateWriterStatus.TooLong);
            }

            writer.Length.Should().BeGreaterThan(0);
            for (var at = 0; at < writer.Length;)
            {
                MessageHeader.Read(buffer.AsSpan(at, writer.Length - at), format.MaxLength, out var header, out _).Should().Be(ParseStatus.Done);
                messages.Add(buffer[at..(at + header.Length)]);
                at += header.Length;
            }
        }

        return messages;
    }

    private static Gen<NlriEntry> Entries(BgpFamily family) =>
        from length in Gen.Int[0, Prefix.Width(family)]
        from high in Gen.ULong
        from low in Gen.ULong
        from id in Gen.UInt
        let prefix = Prefix.Create(family, (byte)length, family == BgpFamily.Ipv4Unicast ? new UInt128(high & 0xffffffff_00000000, 0) : new UInt128(high, low))
        where prefix.IsUnicast
        select new NlriEntry(prefix, id);

    private static Gen<(BgpFamily Family, NlriEntry[] Entries, bool AddPath, bool Withdraw, int Kind, int Room, bool Maximum)> Announcements { get; } =
        from family in Gen.Enum<BgpFamily>()
        from entries in Entries(family).Array[1, 900]
        from addPath in Gen.Bool
        from withdraw in Gen.Bool
        from kind in Gen.Int[0, 3]
        from room in Gen.Int[200, 9000]
        from maximum in Gen.Bool
        select (family, entries, addPath, withdraw, kind, room, maximum);

    [Fact]
    public void WriteThenRead_GivesTheSamePrefixes() => Announcements.Sample((family, entries, addPath, withdraw, kind, room, maximum) =>
    {
        var nextHop = family == BgpFamily.Ipv6Unicast && kind == 0 ? Global : new[] { NextHop4, Global, GlobalAndLinkLocal, LinkLocal }[kind];
        var format = (maximum ? ExtendedFormat : Plain) with { AddPathIpv4 = addPath, AddPathIpv6 = addPath };
        var attributes = Attributes(nextHop, format);
        var read = new List<NlriEntry>();
        foreach (var message in Announce(entries, nextHop, attributes, format, room, withdraw))
        {
            var result = WireCase.Accepted(message, WireCase.External with { AddPathIpv4 = addPath, AddPathIpv6 = addPath, Ipv4OverIpv6NextHop = true });
            read.AddRange(withdraw ? result.Withdrawn.Concat(result.MpWithdrawn) : result.Announced.Concat(result.MpAnnounced));
            if (!withdraw)
            {
                (result.MpAnnounced.Length > 0 ? result.MpNextHop : result.NextHop).Should().Be(nextHop);
                result.Block.Should().Equal(WireCase.Accepted(WireBytes.Announce(Mandatory)).Block);
            }
        }

        read.Should().Equal(entries.Select(e => addPath ? e : e with { PathId = 0 }));
    }, iter: 300);

    [Theory]
    [InlineData(BgpFamily.Ipv4Unicast, false, 13)]
    [InlineData(BgpFamily.Ipv6Unicast, false, 43)]
    [InlineData(BgpFamily.Ipv4Unicast, true, 13)]
    [InlineData(BgpFamily.Ipv6Unicast, true, 42)]
    public void TenThousandHosts_AreInFewMessages(BgpFamily family, bool withdraw, int most)
    {
        var nextHop = family == BgpFamily.Ipv4Unicast ? NextHop4 : Global;
        var entries = Enumerable.Range(1, 10_000).Select(i => new NlriEntry(Host(i, family), 0)).ToArray();
        var messages = Announce(entries, nextHop, Attributes(nextHop, Plain), Plain, 1 << 20, withdraw);
        messages.Should().HaveCountLessThanOrEqualTo(most);
        // Every message but the last has no room for one more.
        messages.SkipLast(1).Should().OnlyContain(m => m.Length > 4096 - 17 && m.Length <= 4096);
    }

    [Fact]
    public void EndOfRib_GivesGoldenBytes()
    {
        var buffer = new byte[64];
        var writer = new UpdateWriter(buffer, Plain);
        writer.TryEndOfRib(BgpFamily.Ipv4Unicast).Should().BeTrue();
        writer.TryEndOfRib(BgpFamily.Ipv6Unicast).Should().BeTrue();
        buffer[..writer.Length].Should().Equal(Hex("ffffffffffffffffffffffffffffffff 0017 02 0000 0000 ffffffffffffffffffffffffffffffff 001e 02 0000 0007 90 0f 0003 0002 01"));
        new UpdateWriter(buffer.AsSpan(0, 22), Plain).TryEndOfRib(BgpFamily.Ipv4Unicast).Should().BeFalse();
    }

    [Fact]
    public void End_WithoutAPrefix_WritesNothing()
    {
        var writer = new UpdateWriter(new byte[4096], Plain);
        writer.BeginReach(BgpFamily.Ipv4Unicast, NextHop4, Attributes(NextHop4, Plain)).Should().Be(UpdateWriterStatus.Done);
        writer.End();
        writer.End();
        writer.BeginWithdraw(BgpFamily.Ipv6Unicast).Should().Be(UpdateWriterStatus.Done);
        writer.End();
        writer.Length.Should().Be(0, "an UPDATE without routes would be End-of-RIB");
    }

    [Fact]
    public void A50b_MessageThatGrowsBeyond4096_IsTooLong()
    {
        // An incoming message of exactly 4,096 octets: mandatory attributes, one unknown attribute, one prefix.
        var filler = 4096 - 23 - Mandatory.Length - Route.Length - 4;
        var incoming = Update([], [.. Mandatory, .. Attribute(Optional | Transitive | Partial | Extended, 200, new byte[filler])], Route);
        incoming.Should().HaveCount(4096);
        var result = WireCase.Accepted(incoming);
        var block = new byte[8192];
        var buffer = new byte[65535];

        // Unchanged it fits.
        var writer = new UpdateWriter(buffer, Plain);
        writer.BeginReach(BgpFamily.Ipv4Unicast, NextHop4, Attributes(NextHop4, Plain, result.Block)).Should().Be(UpdateWriterStatus.Done);
        writer.Add(result.Announced[0].Prefix).Should().Be(UpdateWriterStatus.Done);
        writer.Add(Prefix.Create(BgpFamily.Ipv4Unicast, 0, 0)).Should().Be(UpdateWriterStatus.MessageFull);
        writer.End();
        buffer[..writer.Length].Should().Equal(incoming);

        // With our AS before it there is no room for a prefix, and then none for the attributes.
        foreach (var (count, begun) in new[] { (1, true), (2, false) })
        {
            var length = AttributeBlockEditor.Prepend(new AttributeBlock(result.Block), 64500, count, block);
            var attributes = Attributes(NextHop4, Plain, block[..length]);
            writer = new UpdateWriter(buffer, Plain);
            writer.BeginReach(BgpFamily.Ipv4Unicast, NextHop4, attributes).Should().Be(begun ? UpdateWriterStatus.Done : UpdateWriterStatus.TooLong);
            if (begun)
            {
                writer.Add(result.Announced[0].Prefix).Should().Be(UpdateWriterStatus.TooLong);
                writer.End();
            }

            writer.Length.Should().Be(0);
            Announce(result.Announced, NextHop4, attributes, ExtendedFormat).Should().HaveCount(1);
        }
    }

    [Fact]
    public void A50c_ExtendedMessageOf8000Octets_PassesToAnExtendedPeerOnly()
    {
        var attribute = Attribute(Optional | Transitive | Extended, 200, new byte[8000]);
        var result = WireCase.Accepted(WireBytes.Announce(Mandatory, attribute));
        var attributes = Attributes(NextHop4, Plain, result.Block);
        WireCase.Accepted(Announce(result.Announced, NextHop4, attributes, ExtendedFormat).Single()).Values[200].Value.Should().HaveCount(8000);
        var writer = new UpdateWriter(new byte[65535], Plain);
        writer.BeginReach(BgpFamily.Ipv4Unicast, NextHop4, attributes).Should().Be(UpdateWriterStatus.TooLong);
    }

    [Fact]
    public void BufferFull_IsToldBeforeAndAtThePrefix()
    {
        var attributes = Attributes(NextHop4, Plain);
        var whole = 23 + attributes.Length + 5;
        for (var room = 0; room <= whole; room++)
        {
            var writer = new UpdateWriter(new byte[room], Plain);
            var status = writer.BeginReach(BgpFamily.Ipv4Unicast, NextHop4, attributes);
            status.Should().Be(room < whole - 5 ? UpdateWriterStatus.BufferFull : UpdateWriterStatus.Done);
            if (status == UpdateWriterStatus.Done)
            {
                writer.Add(Host(1)).Should().Be(room < whole ? UpdateWriterStatus.BufferFull : UpdateWriterStatus.Done);
                writer.End();
                writer.Length.Should().Be(room < whole ? 0 : whole);
            }
        }
    }

    private static Gen<(uint[] Path, uint Aggregator, bool HasAggregator, byte Tail)> AttributesOfAnyAs { get; } =
        from path in Gen.UInt[1, 200_000].Array[1, 300]
        from aggregator in Gen.UInt[1, 200_000]
        from hasAggregator in Gen.Bool
        from tail in Gen.Byte[36, 255]
        select (path, aggregator, hasAggregator, tail);

    [Fact]
    public void AttributesToATwoOctetPeer_AreReadAsTheyWere() => AttributesOfAnyAs.Sample((path, aggregator, hasAggregator, tail) =>
    {
        var source = new byte[4096];
        var writer = new AttributeBlockWriter(source);
        writer.AddOrigin(BgpOrigin.Igp);
        writer.AddAsPath(path.AsSpan(0, Math.Min(path.Length, 255)));
        if (hasAggregator)
        {
            writer.Add(AttributeType.Aggregator, [.. Number(aggregator), 192, 0, 2, 9]);
        }

        writer.Add((AttributeType)tail, Optional | Transitive | Partial, [1, 2, 3]);
        var block = source[..writer.Length];
        var format = Plain with { FourOctetAs = false };
        var attributes = Attributes(NextHop4, format, block);
        var message = Announce([new NlriEntry(Host(1), 0)], NextHop4, attributes, format).Single();
        var result = WireCase.Accepted(message, WireCase.TwoOctets with { PeerAs = path[0] });
        result.Block.Should().Equal(block);
    });

    [Fact]
    public void Format_FollowsTheSession()
    {
        var open = new OpenMessage { As = 1, HoldTime = 0, Identifier = 1, Capabilities = Capabilities.None };
        var session = new Loxi.Bgp.Session.NegotiatedSession
        {
            Sent = open,
            Received = open,
            IsExternal = true,
            LocalAs = 1,
            Families = [BgpFamily.Ipv4Unicast],
            HoldTime = 0,
            FourOctetAs = true,
            AddPathSend = [BgpFamily.Ipv6Unicast],
            MaxSendLength = 65535,
        };
        UpdateFormat.From(session).Should().Be(new UpdateFormat { FourOctetAs = true, AddPathIpv6 = true, MaxLength = 65535 });
    }
}
