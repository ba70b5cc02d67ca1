using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;
using static Loxi.Bgp.Tests.Wire.WireCase;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows U of the bad input list: the fields of an UPDATE.</summary>
public sealed class UpdateRowTests
{
    [Fact]
    public void Baseline_IsAccepted()
    {
        var result = Accepted(Announce(Mandatory));
        result.Announced.Should().Equal(new NlriEntry(Prefix.Create(BgpFamily.Ipv4Unicast, 24, new UInt128(0xc6336400_00000000, 0)), 0));
        result.NextHop.ToIPAddress().ToString().Should().Be("192.0.2.1");
        result.AsPath.Should().Be("64496");
        result.Values.Keys.Should().Equal(1, 2);
    }

    [Fact]
    public void U01_WithdrawnLengthBeyondTheMessage()
    {
        Reset(1, Message(2, [0, 200, .. Route, 0, 0]));
        Reset(1, Message(2, [0, 5, .. Route, 0, 0]));
        Reset(1, Message(2, [0xff, 0xff, .. Route, 0, 0]));
    }

    [Fact]
    public void U02_TotalAttributeLengthBeyondTheMessage()
    {
        Reset(1, Message(2, [0, 0, .. Word(Mandatory.Length + Route.Length + 1), .. Mandatory, .. Route]));
        Reset(1, Message(2, [0, 0, 0xff, 0xff, .. Mandatory, .. Route]));
    }

    [Fact]
    public void U03_LastAttributeOverrunsTotalLength()
    {
        Withdrawn(5, Announce(Mandatory, [Optional, 4, 5, 0, 0, 0, 1]));
        Withdrawn(5, Announce(Mandatory, [Optional | Extended, 4, 255, 255, 0, 0, 0, 1]));
    }

    [Fact]
    public void U04_OneOctetLeftAfterTheLastAttribute() => Withdrawn(1, Announce(Mandatory, [Optional]));

    [Fact]
    public void U05_TwoOctetsLeft() => Withdrawn(1, Announce(Mandatory, [Optional, 4]));

    [Fact]
    public void U06_ExtendedLengthAttributeCutInItsLengthField() => Withdrawn(1, Announce(Mandatory, [Optional | Extended, 4, 0]));

    [Fact]
    public void U03ToU06_WhereTheAttributeHoldsRoutes_Reset()
    {
        // RFC 7606 3(j): what is to be withdrawn cannot be read.
        foreach (byte type in (byte[])[14, 15])
        {
            Reset(5, Announce(Mandatory, [Optional, type, 40, 0, 2, 1]));
            Reset(1, Announce(Mandatory, [Optional, type]));
            Reset(1, Announce(Mandatory, [Optional | Extended, type, 0]));
        }
    }

    [Fact]
    public void U03ToU06_WithoutARoute_Reset()
    {
        Reset(5, Update([], [.. Mandatory, Optional, 4, 5, 0, 0, 0, 1], []));
        Reset(1, Update(Route, [Optional], []));
    }

    [Fact]
    public void U07_NlriWithoutAttributes()
    {
        var result = Withdrawn(3, Announce());
        result.Errors.Select(e => e.Attribute).Should().Equal(1, 2, 3);
        Read(Announce(), Internal).Errors.Select(e => e.Attribute).Should().Equal(1, 2, 3, 5);
    }

    [Fact]
    public void U08_OriginMissing() => Missing(1, [.. PathOfPeer, .. NextHopOfPeer]);

    [Fact]
    public void U09_AsPathMissing() => Missing(2, [.. OriginIgp, .. NextHopOfPeer]);

    [Fact]
    public void U10_NextHopMissing() => Missing(3, [.. OriginIgp, .. PathOfPeer]);

    private static void Missing(byte type, byte[] attributes)
    {
        Withdrawn(3, Announce(attributes)).Error.Attribute.Should().Be(type);
        // Without routes nothing is missing.
        Accepted(Update(Route, attributes, []));
    }

    [Fact]
    public void U10_NextHopMissing_BesideRoutesOfMpReachAlone_IsRight()
        => Accepted(Update([], [.. MpReach(2, 1, NextHop6, Route6), .. OriginIgp, .. PathOfPeer], [])).MpAnnounced.Should().HaveCount(1);

    [Fact]
    public void U11_OnlyAnUnknownTransitiveAttribute() => Withdrawn(3, Announce(Attribute(Optional | Transitive, 200, 1)));

    [Fact]
    public void U12_PrefixLength33()
    {
        Reset(10, Update([], Mandatory, [33, 198, 51, 100, 0, 0]));
        Reset(10, Update([], Mandatory, [.. Route, 33, 198, 51, 100, 0, 0]));
        Accepted(Update([], Mandatory, [32, 198, 51, 100, 1])).Announced.Should().HaveCount(1);
    }

    [Fact]
    public void U13_LastPrefixCut()
    {
        Reset(10, Update([], Mandatory, [24, 198, 51]));
        Reset(10, Update([], Mandatory, [.. Route, 1]));
        Reset(10, Update([24, 198, 51], [], []));
    }

    [Fact]
    public void U14_WithdrawnPrefixLength33() => Reset(10, Update([33, 198, 51, 100, 0, 0], [], []));

    [Fact]
    public void U15_BitsBeyondThePrefixLength_MeanNothing()
    {
        var result = Accepted(Update([17, 10, 1, 0xff], Mandatory, [25, 198, 51, 100, 0xff]));
        result.Withdrawn.Single().Prefix.Bits.Should().Be(new UInt128(0x0a018000_00000000, 0));
        result.Announced.Single().Prefix.Bits.Should().Be(new UInt128(0xc6336480_00000000, 0));
    }

    [Fact]
    public void U16_MulticastPrefix_IsPassedOver()
    {
        var result = Ignored(Update([], Mandatory, [.. Route, 24, 224, 0, 1, 4, 0xf0, 4, 0xe0, 3, 0xe0]));
        result.Announced.Select(e => e.Prefix.Length).Should().Equal(24, 4, 3);
        result.HasAttributes.Should().BeTrue();
        result.Error.Subcode.Should().Be(UpdateSubcode.InvalidNetworkField);
    }

    [Fact]
    public void U17_LoopbackPrefix_IsPassedOver()
        => Ignored(Update([], Mandatory, [8, 127, .. Route, 32, 127, 0, 0, 1])).Announced.Should().HaveCount(1);

    [Fact]
    public void U16U17_Ipv6_MulticastLoopbackAndLinkLocal_ArePassedOver()
    {
        byte[] loopback = [128, .. new byte[15], 1];
        byte[] nlri = [.. Route6, 16, 0xff, 0x02, 64, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, .. loopback, 7, 0xfe, 0];
        var result = Ignored(Update([], [.. MpReach(2, 1, NextHop6, nlri), .. OriginIgp, .. PathOfPeer], []));
        result.MpAnnounced.Select(e => (int)e.Prefix.Length).Should().Equal(48, 7, 0);
    }

    [Fact]
    public void U18_SamePrefixWithdrawnAndAnnounced()
    {
        var result = Accepted(Update(Route, Mandatory, Route));
        result.Withdrawn.Should().Equal(result.Announced);
    }

    [Fact]
    public void RoutesOfIpv4_NotNegotiated_AreIgnored()
    {
        var result = Ignored(Update(Route, Mandatory, Route), External with { Families = [BgpFamily.Ipv6Unicast] });
        result.Announced.Should().BeEmpty();
        result.Withdrawn.Should().BeEmpty();
    }
}
