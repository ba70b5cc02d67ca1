using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;
using static Loxi.Bgp.Tests.Wire.WireCase;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows X of the bad input list that are about UPDATEs. X15 is in <see cref="WireCase.WithdrawnOrReset"/>; X05, X06 and X13 are the session's and the RIB's.</summary>
public sealed class FurtherRowTests
{
    private const byte Both = Optional | Transitive;

    private static byte[] Segment(byte type, params uint[] numbers) => [type, (byte)numbers.Length, .. numbers.SelectMany(Number)];

    private static byte[] Segment2(byte type, params ushort[] numbers) => [type, (byte)numbers.Length, .. numbers.SelectMany(n => Word(n))];

    private static byte[] Announce2(ushort[] path, params byte[][] attributes) => Announce([OriginIgp, Attribute(Transitive, 2, Segment2(2, path)), NextHopOfPeer, .. attributes]);

    [Fact]
    public void X01_Sets()
    {
        WithdrawnOrReset(11, Attribute(Transitive, 2, [.. Segment(2, 64496), .. Segment(1, 64497, 64498)]));
        WithdrawnOrReset(11, Attribute(Transitive, 2, [.. Segment(2, 64496), .. Segment(4, 64497)]));
        WithdrawnOrReset(11, Attribute(Transitive, 2, [.. Segment(2, 64497), .. Segment(1, 64498)]), Internal);
        WithdrawnOrReset(11, Attribute(Both, 17, [.. Segment(2, 64496), .. Segment(1, 70000)]), TwoOctets);
        WithdrawnOrReset(11, Attribute(Both, 17, Segment(4, 70000)), TwoOctets);
    }

    [Fact]
    public void X02_As0InAggregator()
    {
        DiscardedAlways(Attribute(Both, 7, 0, 0, 0, 0, 192, 0, 2, 1));
        DiscardedAlways(Attribute(Both, 7, 0, 0, 192, 0, 2, 1), TwoOctets);
        DiscardedAlways(Attribute(Both, 18, 0, 0, 0, 0, 192, 0, 2, 1), TwoOctets);
    }

    [Fact]
    public void X04_As4Path_IsMerged()
    {
        var result = Accepted(Announce2([64496, 23456, 23456], Attribute(Both, 17, Segment(2, 70000, 70001))), TwoOctets);
        result.AsPath.Should().Be("64496 70000 70001");
        result.Values.Keys.Should().Equal(1, 2);
        Accepted(Announce2([64496, 64497]), TwoOctets).AsPath.Should().Be("64496 64497");
    }

    [Fact]
    public void X04_As4PathLongerThanAsPath_IsIgnored()
        => Accepted(Announce2([64496, 23456], Attribute(Both, 17, Segment(2, 64496, 70000, 70001))), TwoOctets).AsPath.Should().Be("64496 23456");

    [Fact]
    public void X04_As4PathMalformed_IsDiscarded()
    {
        foreach (var value in (byte[][])[[], [2], [2, 0], [2, 2, .. Number(70000)], [9, 1, .. Number(70000)], [.. Segment(2, 70000), 2], Segment(2, 0)])
        {
            DiscardedAlways(Attribute(Both, 17, value), TwoOctets);
        }
    }

    [Fact]
    public void X04_ConfederationSegmentsOfAs4Path_AreDropped()
        => Accepted(Announce2([64496, 23456], Attribute(Both, 17, [.. Segment(3, 65001, 65002, 65003), .. Segment(2, 70000)])), TwoOctets).AsPath.Should().Be("64496 70000");

    [Fact]
    public void X04_AggregatorIsNotAsTrans_BothAs4AttributesAreIgnored()
    {
        byte[] aggregator4 = Attribute(Both, 18, [.. Number(70000), 192, 0, 2, 1]);
        byte[] path4 = Attribute(Both, 17, Segment(2, 70000));
        var kept = Accepted(Announce2([64496, 23456], Attribute(Both, 7, [.. Word(64497), 192, 0, 2, 7]), path4, aggregator4), TwoOctets);
        kept.AsPath.Should().Be("64496 23456");
        new AttributeBlock(kept.Block).Aggregator.Should().Be((64497u, 0xc0000207u));
        var merged = Accepted(Announce2([64496, 23456], Attribute(Both, 7, [.. Word(23456), 192, 0, 2, 7]), path4, aggregator4), TwoOctets);
        merged.AsPath.Should().Be("64496 70000");
        new AttributeBlock(merged.Block).Aggregator.Should().Be((70000u, 0xc0000201u));
        var alone = Accepted(Announce2([64496, 23456], path4, aggregator4), TwoOctets);
        alone.AsPath.Should().Be("64496 70000");
        new AttributeBlock(alone.Block).Aggregator.Should().BeNull();
    }

    [Fact]
    public void X04_FirstAsOfATwoOctetSessionWithALargePeer_IsAsTrans()
    {
        var context = TwoOctets with { PeerAs = 70000 };
        Accepted(Announce2([23456], Attribute(Both, 17, Segment(2, 70000))), context).AsPath.Should().Be("70000");
        Withdrawn(11, Announce2([64496]), context);
    }

    [Fact]
    public void X04_As4PathThatReplacesThePeersAs_IsUnusable()
    {
        byte[] path4 = Attribute(Both, 17, Segment(2, 70000, 70001));
        Withdrawn(11, Announce2([64496, 23456], path4), TwoOctets);
        Accepted(Announce2([64496, 23456], path4), TwoOctets with { EnforceFirstAs = false }).AsPath.Should().Be("70000 70001");
    }

    [Fact]
    public void X10_TwoErrors_TheStrongestWins()
    {
        byte[] discard = Attribute(Transitive, 6, 1);
        byte[] withdraw = Attribute(Optional, 4, 1);
        byte[] reset = Attribute(Transitive, 200);
        byte[] multicast = [4, 0xe0];
        foreach (var attributes in (byte[][])[[.. Mandatory, .. discard, .. withdraw], [.. withdraw, .. discard, .. Mandatory]])
        {
            var result = Read(Update([], attributes, [.. Route, .. multicast]));
            result.Outcome.Should().Be(ErrorHandling.TreatAsWithdraw);
            result.Error.Attribute.Should().Be(4);
            result.Errors.Select(e => e.Handling).Order().Should().Equal([ErrorHandling.Ignore, ErrorHandling.AttributeDiscard, ErrorHandling.TreatAsWithdraw]);
        }

        Reset(2, Announce(withdraw, discard, Mandatory, reset));
        Read(Update([], [.. Mandatory, .. discard], [.. Route, .. multicast])).Outcome.Should().Be(ErrorHandling.AttributeDiscard);
    }

    [Fact]
    public void X11_Internal_LocalPrefLength3AndMissing()
    {
        WithdrawnOrReset(5, Attribute(Transitive, 5, 0, 0, 100), Internal);
        Withdrawn(3, Announce(Mandatory), Internal).Error.Attribute.Should().Be(5);
        Withdrawn(3, Update([], [.. MpReach(2, 1, NextHop6, Route6), .. OriginIgp, .. PathOfPeer], []), Internal).Error.Attribute.Should().Be(5);
        new AttributeBlock(AcceptedWith(Attribute(Transitive, 5, 0, 0, 1, 0), Internal).Block).LocalPreference.Should().Be(256);
    }

    [Fact]
    public void X12_Internal_OriginatorIdAndClusterList()
    {
        WithdrawnOrReset(5, Attribute(Optional, 9, 1, 2, 3), Internal);
        WithdrawnOrReset(5, Attribute(Optional, 10, 1, 2, 3, 4, 5), Internal);
        WithdrawnOrReset(5, Attribute(Optional, 10), Internal);
    }

    [Fact]
    public void X13_Internal_OwnOriginatorIdAndCluster_AreNoErrorOfTheMessage()
    {
        new AttributeBlock(AcceptedWith(Attribute(Optional, 9, 192, 0, 2, 254), Internal).Block).OriginatorId.Should().Be(Internal.LocalIdentifier);
        new AttributeBlock(AcceptedWith(Attribute(Optional, 10, 1, 2, 3, 4, 192, 0, 2, 254), Internal).Block).ClusterList.Contains(Internal.LocalIdentifier).Should().BeTrue();
    }

    [Fact]
    public void X14_Internal_EmptyPathOwnAsAndConfederation()
    {
        AcceptedWith(Attribute(Transitive, 2), Internal).AsPath.Should().BeEmpty();
        AcceptedWith(Attribute(Transitive, 2, Segment(2, 64500)), Internal).AsPath.Should().Be("64500");
        WithdrawnOrReset(11, Attribute(Transitive, 2, Segment(3, 64501)), Internal);
    }

    [Fact]
    public void PathTooLongToBeHandled_IsUnusable()
    {
        // 32,768 octets in canonical form: a choice, see docs/bgp.md.
        byte[] Path(int segments) => [.. Enumerable.Range(0, segments).SelectMany(_ => Segment(2, [.. Enumerable.Repeat(64496u, 255)]))];
        AcceptedWith(Attribute(Transitive | Extended, 2, Path(32)));
        WithdrawnOrReset(11, Attribute(Transitive | Extended, 2, Path(33)));
    }
}
