using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;
using static Loxi.Bgp.Tests.Wire.WireCase;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows A of the bad input list: path attributes from an external peer. A14 is the RIB's, A50b and A50c are in <see cref="UpdateWriterTests"/>.</summary>
public sealed class AttributeRowTests
{
    private const byte Both = Optional | Transitive;

    private static byte[] Path(params byte[] value) => Attribute(Transitive, 2, value);

    private static byte[] Sequence(params uint[] numbers) => [2, (byte)numbers.Length, .. numbers.SelectMany(Number)];

    [Fact]
    public void A01_Origin3()
    {
        WithdrawnOrReset(6, Attribute(Transitive, 1, 3));
        WithdrawnOrReset(6, Attribute(Transitive, 1, 255));
    }

    [Fact]
    public void A02_OriginLength2()
    {
        WithdrawnOrReset(5, Attribute(Transitive, 1, 0, 0));
        WithdrawnOrReset(5, Attribute(Transitive, 1));
    }

    [Fact]
    public void A03_OriginFlaggedOptional() => WithdrawnOrReset(4, Attribute(Both, 1, 0));

    [Fact]
    public void A04_UnusedFlagBits_MeanNothing()
    {
        var plain = Accepted(Announce(Mandatory));
        AcceptedWith(Attribute(Transitive | 0x0f, 1, 0)).Block.Should().Equal(plain.Block);
        AcceptedWith(Attribute(Transitive | Partial, 1, 0)).Block.Should().Equal(plain.Block);
    }

    [Fact]
    public void A05_OriginTwice_FirstOneCounts()
    {
        var result = Read(Announce(Attribute(Transitive, 1, 2), Mandatory));
        result.Outcome.Should().Be(ErrorHandling.AttributeDiscard);
        result.Values[1].Value.Should().Equal(2);
        result.Announced.Should().HaveCount(1);
        // What the second one holds does not matter.
        Read(Announce(Mandatory, Attribute(Optional, 1, 9, 9))).Outcome.Should().Be(ErrorHandling.AttributeDiscard);
        Read(Announce(Mandatory, Attribute(Both, 200, 1), Attribute(Both, 200, 2))).Values[200].Value.Should().Equal(1);
    }

    [Fact]
    public void A06_AsPathSegmentType0()
    {
        WithdrawnOrReset(11, Path([0, 1, .. Number(64496)]));
        WithdrawnOrReset(11, Path([5, 1, .. Number(64496)]));
    }

    [Fact]
    public void A07_AsPathSegmentLength0()
    {
        WithdrawnOrReset(11, Path(2, 0));
        WithdrawnOrReset(11, Path([.. Sequence(64496), 2, 0]));
    }

    [Fact]
    public void A08_AsPathSegmentCountBeyondAttribute() => WithdrawnOrReset(11, Path([2, 2, .. Number(64496)]));

    [Fact]
    public void A09_OneOctetLeftInAsPath() => WithdrawnOrReset(11, Path([.. Sequence(64496), 2]));

    [Fact]
    public void A10_As0InAsPath() => WithdrawnOrReset(11, Path(Sequence(64496, 0)));

    [Fact]
    public void A11_ConfederationSequenceFromAnExternalPeer()
    {
        WithdrawnOrReset(11, Path([3, 1, .. Number(64496)]));
        WithdrawnOrReset(11, Path([.. Sequence(64496), 3, 1, .. Number(64496)]));
    }

    [Fact]
    public void A12_EmptyAsPathFromAnExternalPeer()
    {
        WithdrawnOrReset(11, Path());
        AcceptedWith(Path(), External with { EnforceFirstAs = false }).AsPath.Should().BeEmpty();
    }

    [Fact]
    public void A13_FirstAsIsNotThePeers()
    {
        WithdrawnOrReset(11, Path(Sequence(64497, 64496)));
        AcceptedWith(Path(Sequence(64497, 64496)), External with { EnforceFirstAs = false }).AsPath.Should().Be("64497 64496");
    }

    [Fact]
    public void A14_OwnAsInThePath_IsNoErrorOfTheMessage() => AcceptedWith(Path(Sequence(64496, 64500))).AsPath.Should().Be("64496 64500");

    [Fact]
    public void A15_TwoOctetPathOnAFourOctetSession()
    {
        WithdrawnOrReset(11, Path(2, 1, 0xfb, 0xf0));
        WithdrawnOrReset(11, Path(2, 2, 0xfb, 0xf0, 0xfb, 0xf1));
    }

    [Fact]
    public void A16_AsPathOf765Ases()
    {
        byte[] path = [.. Enumerable.Range(0, 3).SelectMany(_ => Sequence([.. Enumerable.Repeat(64496u, 255)]))];
        var result = AcceptedWith(Attribute(Transitive | Extended, 2, path));
        result.Values[2].Value.Should().Equal(path);
        var prepended = new byte[8192];
        var length = AttributeBlockEditor.Prepend(new AttributeBlock(result.Block), 64500, 2, prepended);
        var block = new AttributeBlock(prepended.AsSpan(0, length));
        block.AsPath.Length.Should().Be(767);
        block.AsPath.First.Should().Be(64500);
        block.AsPath.Value[..10].ToArray().Should().Equal([2, 2, .. Number(64500), .. Number(64500)], "the full segment is left alone");
    }

    [Fact]
    public void A17_NextHopLength3() => WithdrawnOrReset(5, Attribute(Transitive, 3, 192, 0, 2));

    [Fact]
    public void A18_NextHopLength0() => WithdrawnOrReset(5, Attribute(Transitive, 3));

    [Fact]
    public void A19_NextHopUnspecified() => WithdrawnOrReset(8, Attribute(Transitive, 3, 0, 0, 0, 0));

    [Fact]
    public void A20_NextHopMulticast()
    {
        WithdrawnOrReset(8, Attribute(Transitive, 3, 224, 0, 0, 1));
        WithdrawnOrReset(8, Attribute(Transitive, 3, 127, 0, 0, 1));
        WithdrawnOrReset(8, Attribute(Transitive, 3, 255, 255, 255, 255));
    }

    [Fact]
    public void A21_NextHopIsTheReceivers() => WithdrawnOrReset(8, Attribute(Transitive, 3, 192, 0, 2, 254));

    [Fact]
    public void A21_NextHopThatIsNotUsed_MayBeAnything()
        => Accepted(Update([], [.. MpReach(2, 1, NextHop6, Route6), .. OriginIgp, .. PathOfPeer, .. Attribute(Transitive, 3, 0, 0, 0, 0)], []));

    [Fact]
    public void A22_MedLength3() => WithdrawnOrReset(5, Attribute(Optional, 4, 0, 0, 1));

    [Fact]
    public void A23_LocalPrefFromAnExternalPeer() => DiscardedAlways(Attribute(Transitive, 5, 0, 0, 0, 100));

    [Fact]
    public void A24_MalformedLocalPrefFromAnExternalPeer()
    {
        DiscardedAlways(Attribute(Transitive, 5, 0, 0, 100));
        DiscardedAlways(Attribute(Optional, 5));
    }

    [Fact]
    public void A25_AtomicAggregateLength1()
    {
        DiscardedAlways(Attribute(Transitive, 6, 0));
        AcceptedWith(Attribute(Transitive, 6)).Values.Should().ContainKey(6);
    }

    [Fact]
    public void A26_AggregatorLength5()
    {
        DiscardedAlways(Attribute(Both, 7, 0, 0, 1, 1, 1));
        DiscardedAlways(Attribute(Both, 7, 0xfb, 0xf0, 192, 0, 2, 1));
        DiscardedAlways(Attribute(Both, 7, [.. Number(64496), 192, 0, 2, 1]), TwoOctets);
    }

    [Fact]
    public void A27_CommunitiesLength5() => WithdrawnOrReset(5, Attribute(Both, 8, 1, 2, 3, 4, 5));

    [Fact]
    public void A28_CommunitiesLength0() => WithdrawnOrReset(5, Attribute(Both, 8));

    [Fact]
    public void A29_OriginatorIdFromAnExternalPeer()
    {
        DiscardedAlways(Attribute(Optional, 9, 192, 0, 2, 1));
        DiscardedAlways(Attribute(Optional, 9, 192));
    }

    [Fact]
    public void A30_ClusterListFromAnExternalPeer()
    {
        DiscardedAlways(Attribute(Optional, 10, 192, 0, 2, 1));
        DiscardedAlways(Attribute(Both, 10));
    }

    [Fact]
    public void A31_ExtendedCommunitiesLength9()
    {
        WithdrawnOrReset(5, Attribute(Both, 16, new byte[9]));
        WithdrawnOrReset(5, Attribute(Both, 16));
        WithdrawnOrReset(5, Attribute(Both, 25, new byte[19]));
    }

    [Fact]
    public void A32_LargeCommunitiesLength13()
    {
        WithdrawnOrReset(5, Attribute(Both, 32, new byte[13]));
        WithdrawnOrReset(5, Attribute(Both, 32));
    }

    [Fact]
    public void A33_As4PathBeforeAsPathFromAFourOctetSpeaker()
    {
        var result = Discarded(17, Announce(Attribute(Both, 17, Sequence(70000)), Mandatory));
        result.AsPath.Should().Be("64496");
        DiscardedAlways(Attribute(Both, 17, Sequence(70000)));
        DiscardedAlways(Attribute(Both, 18, [.. Number(70000), 192, 0, 2, 1]));
    }

    [Fact]
    public void A34_As4AggregatorLength3() => DiscardedAlways(Attribute(Both, 18, 1, 2, 3), TwoOctets);

    [Fact]
    public void A35_UnrecognisedWellKnown()
    {
        var message = Announce(Mandatory, Attribute(Transitive, 200, 1, 2));
        var error = Reset(2, message).Error;
        message.AsSpan(error.DataOffset, error.DataLength).ToArray().Should().Equal(Transitive, 200, 2, 1, 2);
        Reset(2, Announce(Mandatory, Attribute(0, 40)));
    }

    [Fact]
    public void A36_UnknownOptionalTransitive_IsKeptWithPartial()
    {
        var result = AcceptedWith(Attribute(Both, 200, 1, 2, 3));
        result.Values[200].Flags.Should().Be(Both | Partial);
        result.Values[200].Value.Should().Equal(1, 2, 3);
    }

    [Fact]
    public void A37_UnknownOptionalNonTransitive_IsDroppedQuietly() => AcceptedWith(Attribute(Optional, 200, 1)).Values.Keys.Should().NotContain(200);

    [Fact]
    public void A38_Attribute28Empty_PartialSet() => Kept(Attribute(Both | Partial, 28));

    [Fact]
    public void A39_Attribute28WithGarbage() => Kept(Attribute(Both, 28, 0xde, 0xad, 0xbe, 0xef, 0xff));

    [Fact]
    public void A40_TunnelEncapsulationSubTlvOverrun_IsNotRecognised() => Kept(Attribute(Both, 23, 0, 8, 0, 4, 1, 200, 0, 0));

    [Fact]
    public void A41_TunnelEncapsulationTlvLength65535_IsNotRecognised() => Kept(Attribute(Both, 23, 0, 8, 0xff, 0xff));

    [Fact]
    public void A42_PrefixSidTlvOverrun_IsNotRecognised() => Kept(Attribute(Both, 40, 1, 0, 200, 0));

    [Fact]
    public void A43_PrefixSidSrv6ServiceTlvCut_IsNotRecognised() => Kept(Attribute(Both, 40, 5, 0, 20, 0, 1));

    [Fact]
    public void A44_AigpOf2Octets()
    {
        // RFC 7311 3.3: without AIGP_SESSION it is dropped quietly, right or wrong, also when it is flagged transitive.
        AcceptedWith(Attribute(Optional, 26, 1, 0)).Values.Keys.Should().NotContain(26);
        AcceptedWith(Attribute(Both, 26, 1, 0, 11, 0, 0, 0, 0, 0, 0, 0, 1)).Values.Keys.Should().NotContain(26);
    }

    [Fact]
    public void A45_OnlyToCustomerLength3() => WithdrawnOrReset(5, Attribute(Both, 35, 0, 0, 1));

    [Fact]
    public void A46_PmsiOf4Octets_IsNotRecognised() => Kept(Attribute(Both, 22, 0, 0, 0, 0));

    [Fact]
    public void A47_AttrSetOf2Octets_IsNotRecognised() => Kept(Attribute(Both, 128, 0, 0));

    [Fact]
    public void A48_BgpLsAttribute_IsNotRecognisedAndNotTransitive() => AcceptedWith(Attribute(Optional, 29, 4, 0, 0xff, 0xff)).Values.Keys.Should().NotContain(29);

    [Fact]
    public void A49_ExtendedLengthFlagWithLength1()
        => AcceptedWith(Attribute(Transitive | Extended, 1, 0)).Block.Should().Equal(Accepted(Announce(Mandatory)).Block);

    [Fact]
    public void A50a_UnknownTransitiveOf4000Octets() => Kept(Attribute(Both | Extended, 200, new byte[4000]));

    [Fact]
    public void A51_990Communities()
    {
        byte[] value = [.. Enumerable.Range(1, 990).SelectMany(i => Number((uint)i))];
        var result = AcceptedWith(Attribute(Both | Extended, 8, value));
        new AttributeBlock(result.Block).Communities.Count.Should().Be(990);
        new AttributeBlock(result.Block).Communities.Contains(990).Should().BeTrue();
    }

    [Fact]
    public void A52_AttributeType0WellKnown() => Reset(2, Announce(Mandatory, Attribute(Transitive, 0)));

    [Fact]
    public void A53_AttributeType255() => Kept(Attribute(Both, 255, 1));

    private static void Kept(byte[] attribute)
    {
        var result = AcceptedWith(attribute);
        result.Values[attribute[1]].Flags.Should().Be(Both | Partial);
        result.Values[attribute[1]].Value.Should().Equal(attribute[((attribute[0] & Extended) != 0 ? 4 : 3)..]);
    }
}
