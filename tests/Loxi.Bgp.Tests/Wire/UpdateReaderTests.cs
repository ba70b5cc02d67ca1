using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>What is not about errors: the buffer, the canonical block, prefixes against a simple model, no allocation.</summary>
public sealed class UpdateReaderTests
{
    private static readonly byte[] Other = Announce(OriginIgp, Attribute(Transitive, 2, 2, 1, 0, 0, 0xfb, 0xf0), Attribute(Transitive, 3, 192, 0, 2, 7), Attribute(Optional, 4, 0, 0, 0, 9));

    [Fact]
    public void SameAttributes_KeepTheirVersion()
    {
        var buffer = new UpdateBuffer();
        var first = UpdateResult.Of(UpdateReader.Read(Announce(Mandatory), WireCase.External, buffer));
        var version = buffer.Version;
        var view = UpdateReader.Read(Update([], Mandatory, [32, 203, 0, 113, 7]), WireCase.External, buffer);
        view.AttributesVersion.Should().Be(version);
        var second = UpdateResult.Of(view);
        second.Block.Should().Equal(first.Block);
        second.NextHop.Should().Be(first.NextHop);
        second.Announced.Should().NotEqual(first.Announced);

        // In another order, of IPv6, with another next hop: the block is the same.
        UpdateReader.Read(Announce(NextHopOfPeer, PathOfPeer, OriginIgp), WireCase.External, buffer).AttributesVersion.Should().Be(version);
        UpdateReader.Read(Update([], [.. MpReach(2, 1, NextHop6, Route6), .. OriginIgp, .. PathOfPeer], []), WireCase.External, buffer).AttributesVersion.Should().Be(version);
        var moved = UpdateReader.Read(Announce(OriginIgp, PathOfPeer, Attribute(Transitive, 3, 192, 0, 2, 9)), WireCase.External, buffer);
        moved.AttributesVersion.Should().Be(version);
        moved.NextHop.ToIPAddress().Should().Be(IPAddress.Parse("192.0.2.9"));

        var other = UpdateReader.Read(Other, WireCase.External, buffer);
        other.AttributesVersion.Should().NotBe(version);
        other.Attributes.Med.Should().Be(9);
    }

    [Fact]
    public void SameAttributes_OfAnotherSession_AreReadAnew()
    {
        var buffer = new UpdateBuffer();
        UpdateReader.Read(Announce(Mandatory), WireCase.External, buffer).Outcome.Should().Be(ErrorHandling.None);
        UpdateReader.Read(Announce(Mandatory), WireCase.Internal, buffer).Error.Attribute.Should().Be(5, "LOCAL_PREF is missing");
        UpdateReader.Read(Announce(Mandatory), WireCase.External with { PeerAs = 64499 }, buffer).Error.Attribute.Should().Be(2);
        UpdateReader.Read(Announce(Mandatory), WireCase.External, buffer).Outcome.Should().Be(ErrorHandling.None);
    }

    [Fact]
    public void AnySequenceOfMessages_IsReadAsEachAlone()
    {
        // What the buffer remembers must never show.
        byte[][] messages =
        [
            Announce(Mandatory), Other, Update(Route, [], []), Update(Route, Mandatory, []), Announce(OriginIgp, PathOfPeer), Announce(Mandatory, Attribute(Transitive, 6, 1)),
            Announce(Mandatory, Attribute(Optional, 4, 1)), Update([], Mandatory, [4, 0xe0]), Recordings.BirdIpv4, Recordings.BirdIpv6, Recordings.FrrIpv4, Announce(), Update([], [], []),
            Update([], [.. MpReach(2, 1, NextHop6, Route6), .. Mandatory], []), Announce(Mandatory, Attribute(Transitive, 200)), Update([], Mandatory, [33]),
        ];
        var contexts = new[] { WireCase.External, WireCase.Internal, WireCase.TwoOctets, WireCase.External with { EnforceFirstAs = false } };
        (from steps in (from m in Gen.Int[0, messages.Length - 1] from c in Gen.Int[0, contexts.Length - 1] select (m, c)).Array[1, 12] select steps).Sample(steps =>
        {
            var buffer = new UpdateBuffer();
            foreach (var (m, c) in steps)
            {
                var shared = UpdateResult.Of(UpdateReader.Read(messages[m], contexts[c], buffer));
                var alone = UpdateResult.Of(UpdateReader.Read(messages[m], contexts[c], new UpdateBuffer()));
                if (shared.Outcome != alone.Outcome || shared.Error != alone.Error || !shared.Errors.SequenceEqual(alone.Errors) || !shared.Block.SequenceEqual(alone.Block)
                    || shared.NextHop != alone.NextHop || shared.MpNextHop != alone.MpNextHop || shared.EndOfRib != alone.EndOfRib || !shared.Announced.SequenceEqual(alone.Announced))
                {
                    return false;
                }
            }

            return true;
        });
    }

    [Fact]
    public void AnyOrderOfAttributes_GivesTheSameBlock()
    {
        byte[][] attributes =
        [
            OriginIgp, PathOfPeer, NextHopOfPeer, Attribute(Optional, 4, 0, 0, 0, 1), Attribute(Transitive, 6), Attribute(Optional | Transitive, 7, 0, 0, 0xfb, 0xf0, 192, 0, 2, 1),
            Attribute(Optional | Transitive, 8, 0, 1, 0, 2), Attribute(Optional | Transitive, 32, new byte[12]), Attribute(Optional | Transitive, 35, 0, 0, 0xfb, 0xf0),
            Attribute(Optional | Transitive, 200, 1), Attribute(Optional | Transitive, 0, 1), Attribute(Optional, 201, 1), MpReach(2, 1, NextHop6, Route6),
        ];
        var expected = WireCase.Accepted(Announce(attributes));
        expected.Values.Keys.Should().Equal(0, 1, 2, 4, 6, 7, 8, 32, 35, 200);
        Gen.Shuffle(attributes).Sample(order => WireCase.Accepted(Announce(order)).Block.SequenceEqual(expected.Block), iter: 200);
    }

    [Fact]
    public void LargeCommunitiesThatAreThereTwice_AreRemoved()
    {
        // RFC 8092 3.
        byte[] one = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        byte[] other = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 3];
        WireCase.AcceptedWith(Attribute(Optional | Transitive, 32, [.. one, .. other, .. one])).Values[32].Value.Should().Equal([.. other, .. one]);
    }

    [Fact]
    public void PartialOfAKnownAttribute_Stays()
        => WireCase.AcceptedWith(Attribute(Optional | Transitive | Partial | 0x0f, 8, 0, 0, 0, 1)).Values[8].Flags.Should().Be(Optional | Transitive | Partial);

    private static Gen<(byte[] Bytes, bool Six, bool AddPath, bool Fix)> Fields { get; } =
        from bytes in Gen.Byte.Array[0, 40]
        from six in Gen.Bool
        from addPath in Gen.Bool
        from fix in Gen.Bool
        select (bytes, six, addPath, fix);

    [Fact]
    public void Prefixes_AreReadAsAModelReadsThem() => Fields.Sample((bytes, six, addPath, fix) =>
    {
        var family = six ? BgpFamily.Ipv6Unicast : BgpFamily.Ipv4Unicast;
        var width = six ? 128 : 32;
        if (fix)
        {
            // Else hardly a length would be right.
            bytes = [.. bytes.Select(b => (byte)(b % (width / 2)))];
        }

        // One bit after the other.
        var expected = new List<(uint Id, string Bits)>();
        var at = 0;
        var wrong = -1;
        while (at < bytes.Length && wrong < 0)
        {
            var start = at;
            uint id = 0;
            for (var i = 0; addPath && i < 4; i++, at++)
            {
                id = (id << 8) | (at < bytes.Length ? bytes[at] : 0u);
            }

            if (at >= bytes.Length || bytes[at] > width || at + 1 + ((bytes[at] + 7) / 8) > bytes.Length)
            {
                wrong = start;
                break;
            }

            var length = bytes[at++];
            var bits = string.Concat(Enumerable.Range(0, length).Select(i => (bytes[at + (i / 8)] >> (7 - (i % 8))) & 1));
            expected.Add((id, bits));
            at += (length + 7) / 8;
        }

        var found = NlriSyntax.FindError(bytes, family, addPath, out _);
        if (found != wrong)
        {
            return false;
        }

        return wrong >= 0 || UpdateResult.Entries(new PrefixList(bytes, family, addPath, unicastOnly: false))
            .Select(e => (e.PathId, string.Concat(Enumerable.Range(0, e.Prefix.Length).Select(i => (int)((e.Prefix.Bits >> (127 - i)) & 1)))))
            .SequenceEqual(expected);
    }, iter: 20_000);

    [Fact]
    public void EveryTruncationOfEveryMessage_BreaksNothing()
    {
        var buffer = new UpdateBuffer();
        byte[] whole = Update([.. Route, 8, 10], [.. MpReach(2, 1, NextHop6, Route6), .. MpUnreach(2, 1, Route6), .. Mandatory, .. Attribute(Optional | Transitive, 32, new byte[12])], [.. Route, 0]);
        foreach (var context in new[] { WireCase.External, WireCase.Internal, WireCase.TwoOctets, WireCase.External with { AddPathIpv4 = true, AddPathIpv6 = true } })
        {
            for (var length = 23; length <= whole.Length; length++)
            {
                for (var octet = 19; octet < length; octet++)
                {
                    foreach (byte value in (byte[])[0, 1, 4, 16, 0x7f, 0x80, 0xff])
                    {
                        var message = whole[..length];
                        message[octet] = value;
                        UpdateResult.Of(UpdateReader.Read(message, context, buffer)).Error.Offset.Should().BeLessThanOrEqualTo(length);
                    }
                }
            }
        }
    }

    [Fact]
    public void Read_AllocatesNothing()
    {
        byte[][] messages =
        [
            Recordings.BirdIpv4, Recordings.BirdIpv6, Recordings.FrrIpv4, Other, Announce(Mandatory), Announce(), Update(Route, [], []),
            Announce(Mandatory, Attribute(Transitive, 6, 1)), Announce(Mandatory, Attribute(Optional, 4, 1)), Announce(Mandatory, Attribute(Transitive, 200)), Update([], Mandatory, [33]),
            Announce(Mandatory, Attribute(Optional | Transitive, 32, [.. new byte[11], 1, .. new byte[12]])),
        ];
        var buffer = new UpdateBuffer();
        uint sum = 0;
        Allocations.Of(() =>
        {
            foreach (var message in messages)
            {
                MessageHeader.Read(message, MessageHeader.PlainMaximum, out _, out _);
                var view = UpdateReader.Read(message, WireCase.External, buffer);
                foreach (var entry in view.Announced)
                {
                    sum += entry.PathId + entry.Prefix.Length;
                }

                foreach (var entry in view.MpAnnounced)
                {
                    sum += entry.Prefix.Length;
                }

                sum += (uint)view.Attributes.AsPath.Length + view.Attributes.Med.GetValueOrDefault() + (uint)view.Attributes.Communities.Count;
                foreach (var community in view.Attributes.LargeCommunities)
                {
                    sum += community.LocalData1;
                }
            }
        }).Should().Be(0);
        sum.Should().BePositive();
    }

    [Fact]
    public void Write_AllocatesNothing()
    {
        var block = WireCase.Accepted(Recordings.FrrIpv4).Block;
        var edited = new byte[4096];
        var attributes = new byte[4096];
        var buffer = new byte[65535];
        var nextHop = NextHop.From(IPAddress.Parse("192.0.2.1"));
        Allocations.Of(() =>
        {
            var length = AttributeBlockEditor.Prepend(new AttributeBlock(block), 64500, 1, edited);
            var encoded = AttributeEncoder.Encode(new AttributeBlock(edited.AsSpan(0, length)), nextHop, false, attributes);
            var writer = new UpdateWriter(buffer, new UpdateFormat { MaxLength = 4096 });
            writer.BeginReach(BgpFamily.Ipv4Unicast, nextHop, attributes.AsSpan(0, encoded));
            writer.Add(Prefix.Create(BgpFamily.Ipv4Unicast, 0, 0));
            writer.End();
            writer.TryEndOfRib(BgpFamily.Ipv6Unicast);
        }).Should().Be(0);
    }
}
