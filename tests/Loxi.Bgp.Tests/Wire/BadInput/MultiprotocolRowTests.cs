using System.Net;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;
using static Loxi.Bgp.Tests.Wire.WireCase;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows M of the bad input list: MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760, 7606 5.3, 7.11, 7.12).</summary>
public sealed class MultiprotocolRowTests
{
    private static byte[] With(byte[] mpReach) => Update([], [.. mpReach, .. OriginIgp, .. PathOfPeer], []);

    private static byte[] With(string nextHop, string? linkLocal = null)
        => With(MpReach(2, 1, [.. IPAddress.Parse(nextHop).GetAddressBytes(), .. linkLocal is null ? [] : IPAddress.Parse(linkLocal).GetAddressBytes()], Route6));

    [Fact]
    public void Baseline_IsAccepted()
    {
        var result = Accepted(With(MpReach(2, 1, NextHop6, Route6)));
        result.MpAnnounced.Should().Equal(new NlriEntry(Prefix.Create(BgpFamily.Ipv6Unicast, 48, new UInt128(0x20010db800010000, 0)), 0));
        result.MpNextHop.Should().Be(NextHop.From(IPAddress.Parse("2001:db8::1")));
        result.Values.Keys.Should().Equal(1, 2);
    }

    [Fact]
    public void M01_NextHopLength0() => Reset(9, With(MpReach(2, 1, [], Route6))).Error.Attribute.Should().Be(14);

    [Fact]
    public void M02_NextHopLength9() => Reset(9, With(MpReach(2, 1, new byte[9], Route6)));

    [Fact]
    public void M02_EveryOtherNextHopLength()
    {
        for (var length = 0; length < 64; length++)
        {
            byte[] nextHop = [.. NextHop6, .. IPAddress.Parse("fe80::1").GetAddressBytes(), .. new byte[32]];
            var message = With(MpReach(2, 1, nextHop[..length], Route6));
            if (length is 16 or 32)
            {
                Accepted(message);
            }
            else
            {
                Reset(9, message);
            }
        }
    }

    [Fact]
    public void M03_NextHopLengthBeyondTheAttribute()
    {
        Reset(9, With(Attribute(Optional, 14, [0, 2, 1, 16, .. NextHop6])));
        Reset(9, With(Attribute(Optional, 14, [0, 2, 1, 32, .. NextHop6, 0])));
    }

    [Fact]
    public void M04_MpReachOf2Octets()
    {
        Reset(9, With(Attribute(Optional, 14, 0, 2)));
        Reset(9, With(Attribute(Optional, 14)));
        Reset(9, With(Attribute(Optional, 14, 0, 2, 1)));
    }

    [Fact]
    public void M05_PrefixLength129() => Reset(9, With(MpReach(2, 1, NextHop6, [129, .. new byte[17]])));

    [Fact]
    public void M06_PrefixCut() => Reset(9, With(MpReach(2, 1, NextHop6, Route6[..^1])));

    [Fact]
    public void M07_MpReachTwice()
    {
        var one = MpReach(2, 1, NextHop6, Route6);
        Reset(1, With([.. one, .. one]));
        var other = MpUnreach(2, 1, Route6);
        Reset(1, With([.. one, .. other, .. other]));
    }

    [Fact]
    public void M08_MpReachForEvpn_NotNegotiated()
    {
        var result = Ignored(Update([], [.. MpReach(25, 70, [192, 0, 2, 1], [1, 2, 3, 4]), .. Mandatory], Route));
        result.Announced.Should().HaveCount(1);
        result.MpAnnounced.Should().BeEmpty();
        Ignored(With(MpReach(2, 1, NextHop6, Route6)), External with { Families = [BgpFamily.Ipv4Unicast] }).MpAnnounced.Should().BeEmpty();
        Ignored(Update([], MpUnreach(25, 70, [1, 2, 3]), [])).EndOfRib.Should().BeNull();
    }

    [Fact]
    public void M09_MpReachAfi0Safi0() => Ignored(With(MpReach(0, 0, NextHop6, Route6)));

    [Fact]
    public void M10_MpUnreachOf2Octets()
    {
        Reset(9, Update([], Attribute(Optional, 15, 0, 2), [])).Error.Attribute.Should().Be(15);
        Reset(9, Update([], [.. Attribute(Optional, 15), .. Mandatory], Route));
    }

    [Fact]
    public void M11_MpUnreachPrefixCut() => Reset(9, Update([], MpUnreach(2, 1, Route6[..^1]), []));

    [Fact]
    public void M12_MpUnreachPlusNlriWithoutMandatoryAttributes()
    {
        var result = Withdrawn(3, Update([], MpUnreach(2, 1, Route6), Route));
        result.MpWithdrawn.Should().HaveCount(1);
    }

    [Fact]
    public void M13_EndOfRibWithAMalformedAttribute()
    {
        Accepted(Update([], MpUnreach(2, 1, []), [])).EndOfRib.Should().Be(BgpFamily.Ipv6Unicast);
        Reset(6, Update([], [.. MpUnreach(2, 1, []), .. Attribute(Transitive, 1, 3)], [])).EndOfRib.Should().BeNull();
        // A discard changes nothing, but then it is not End-of-RIB alone.
        Read(Update([], [.. MpUnreach(2, 1, []), .. Attribute(Transitive, 6, 1)], [])).Outcome.Should().Be(ErrorHandling.AttributeDiscard);
    }

    [Fact]
    public void M14_NextHopIsABareLinkLocal_IsAccepted()
    {
        var bare = NextHop.Bits(IPAddress.Parse("fe80::1"));
        foreach (var message in new[] { With("fe80::1"), With("fe80::2", "fe80::1"), With("::", "fe80::1") })
        {
            var nextHop = Accepted(message).MpNextHop;
            nextHop.Should().Be(new NextHop(NextHopKind.Ipv6, bare, bare));
            nextHop.IsLinkLocalOnly.Should().BeTrue();
        }
    }

    [Fact]
    public void M14_GlobalAndLinkLocal_AreBothTaken()
    {
        Accepted(With("2001:db8::1", "fe80::1")).MpNextHop.Should().Be(NextHop.From(IPAddress.Parse("2001:db8::1"), IPAddress.Parse("fe80::1")));
        Accepted(With("2001:db8::1", "2001:db8::2")).MpNextHop.Should().Be(NextHop.From(IPAddress.Parse("2001:db8::1")), "the second one must be link-local");
    }

    [Fact]
    public void M15_Ipv4MappedNextHop_IsUnusable() => Withdrawn(9, With("::ffff:192.0.2.1"));

    [Fact]
    public void M16_MpReachFlaggedWellKnown()
    {
        foreach (byte flags in (byte[])[Transitive, 0, Optional | Transitive])
        {
            Withdrawn(4, With(MpReach(2, 1, NextHop6, Route6, flags))).MpAnnounced.Should().HaveCount(1);
        }
    }

    [Fact]
    public void M17_FlowspecNlriLength0_NotNegotiated() => Ignored(With(MpReach(1, 133, [], [0])));

    [Fact]
    public void X08_NextHopOf16OctetsForIpv4()
    {
        var message = With(MpReach(1, 1, NextHop6, Route));
        Reset(9, message);
        var result = Accepted(message, External with { Ipv4OverIpv6NextHop = true });
        result.MpAnnounced.Single().Prefix.Family.Should().Be(BgpFamily.Ipv4Unicast);
        result.MpNextHop.ToIPAddress().ToString().Should().Be("2001:db8::1");
        Accepted(With(MpReach(1, 1, [192, 0, 2, 1], Route))).MpNextHop.Should().Be(NextHop.From(IPAddress.Parse("192.0.2.1")));
        Reset(9, With(MpReach(2, 1, [192, 0, 2, 1], Route6)), External with { Ipv4OverIpv6NextHop = true });
    }

    [Fact]
    public void X09_NextHopUnspecifiedLoopbackMulticastOwn()
    {
        foreach (var address in (string[])["::", "::1", "ff02::1", "2001:db8::fe", "fe80::fe"])
        {
            Withdrawn(9, With(address)).Error.Attribute.Should().Be(14);
        }

        Withdrawn(9, With(MpReach(1, 1, [192, 0, 2, 254], Route)));
    }

    [Fact]
    public void X07_PathIdentifierCut()
    {
        var context = External with { AddPathIpv4 = true, AddPathIpv6 = true };
        foreach (var length in (int[])[1, 3, 4, 5])
        {
            byte[] one = [0, 0, 0, 7, 24, 198];
            Reset(10, Update([], Mandatory, one[..length]), context);
            Reset(10, Update(one[..length], [], []), context);
            Reset(9, With(MpReach(2, 1, NextHop6, one[..length])), context);
            Reset(9, Update([], MpUnreach(2, 1, one[..length]), []), context);
        }

        var result = Accepted(Update([0, 0, 0, 9, .. Route], [.. MpReach(2, 1, NextHop6, [0xff, 0xff, 0xff, 0xff, .. Route6]), .. Mandatory], [0, 0, 0, 7, .. Route, 0, 0, 0, 8, .. Route]), context);
        result.Withdrawn.Select(e => e.PathId).Should().Equal(9);
        result.Announced.Select(e => e.PathId).Should().Equal(7, 8);
        result.MpAnnounced.Select(e => e.PathId).Should().Equal(uint.MaxValue);
    }
}
