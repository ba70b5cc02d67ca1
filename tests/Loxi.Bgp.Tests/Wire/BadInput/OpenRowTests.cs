using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows O of the bad input list that the codec decides; O02 and O25 to O29 are the session's.</summary>
public sealed class OpenRowTests
{
    private static readonly byte[] As4 = Capability(65, Number(64496));

    private static void IsReset(byte subcode, byte[] message, params byte[] data)
    {
        OpenCodec.Read(message, out var error).Should().BeNull();
        (error.Code, error.Subcode, error.Handling).Should().Be((BgpErrorCode.OpenMessage, subcode, ErrorHandling.SessionReset));
        error.Offset.Should().BeInRange(19, message.Length);
        var answer = new byte[64];
        var length = NotificationCodec.WriteError(error, message, answer);
        answer[..length].Should().Equal(Message(3, [2, subcode, .. data]));
    }

    private static OpenMessage IsAccepted(byte[] message)
    {
        var open = OpenCodec.Read(message, out var error);
        error.IsNone.Should().BeTrue();
        return open!;
    }

    // The capability counts as not sent, the session comes up with the others.
    private static OpenMessage IsIgnored(byte code, params byte[] value)
    {
        var open = IsAccepted(Open(CapabilitiesParameter(As4, Capability(code, value), Capability(2))));
        open.Capabilities.Ignored.Should().Equal(code);
        open.Capabilities.RouteRefresh.Should().BeTrue("what follows is read");
        open.As.Should().Be(64496);
        return open;
    }

    [Fact]
    public void O01_Version3_DataNamesVersion4()
    {
        IsReset(1, OpenWith(3, 64496, 90, 1, 0), 0, 4);
        IsReset(1, OpenWith(5, 64496, 90, 1, 0), 0, 4);
    }

    [Fact]
    public void O03_MyAs0()
    {
        IsReset(2, OpenWith(4, 0, 90, 1, 0));
        IsReset(2, OpenWith(4, 0, 90, 1, 8, CapabilitiesParameter(As4)));
    }

    [Fact]
    public void O04_As4CapabilityHoldsAs0() => IsReset(2, Open(CapabilitiesParameter(Capability(65, 0, 0, 0, 0))));

    [Fact]
    public void O05_HoldTime1() => IsReset(6, OpenWith(4, 64496, 1, 1, 0));

    [Fact]
    public void O06_HoldTime2() => IsReset(6, OpenWith(4, 64496, 2, 1, 0));

    [Fact]
    public void HoldTime0And3_AreRight()
    {
        IsAccepted(OpenWith(4, 64496, 0, 1, 0)).HoldTime.Should().Be(0);
        IsAccepted(OpenWith(4, 64496, 3, 1, 0)).HoldTime.Should().Be(3);
    }

    [Fact]
    public void O07_Identifier0() => IsReset(3, OpenWith(4, 64496, 90, 0, 0));

    [Fact]
    public void O08_ParameterLengthBeyondTheMessage()
    {
        IsReset(0, OpenWith(4, 64496, 90, 1, 200, CapabilitiesParameter(As4)));
        IsReset(0, OpenWith(4, 64496, 90, 1, 9, CapabilitiesParameter(As4)));
    }

    [Fact]
    public void O09_ParameterLengthShorterThanTheData()
    {
        IsReset(0, OpenWith(4, 64496, 90, 1, 7, CapabilitiesParameter(As4)));
        IsReset(0, OpenWith(4, 64496, 90, 1, 0, CapabilitiesParameter(As4)));
    }

    [Fact]
    public void O10_UnknownParameter()
    {
        IsReset(4, Open(3, 0));
        IsReset(4, Open(1, 1, 0));
    }

    [Fact]
    public void O11_OneOctetOfParameters() => IsReset(0, Open(2));

    [Fact]
    public void O12_CapabilityLengthBeyondItsParameter()
    {
        IsReset(0, Open(2, 4, 65, 4, 0, 0));
        IsReset(0, Open(2, 1, 65));
    }

    [Fact]
    public void O13_As4CapabilityOf3Octets()
    {
        IsReset(0, Open(CapabilitiesParameter(Capability(65, 0, 0, 1))));
        IsReset(0, Open(CapabilitiesParameter(Capability(65, 0, 0, 0, 1, 0))));
    }

    [Fact]
    public void O14_MultiprotocolCapabilityOf3Octets_IsIgnored()
        => IsIgnored(1, 0, 2, 0).Capabilities.HasMultiprotocol.Should().BeFalse("then the peer has IPv4 unicast only");

    [Fact]
    public void O15_GracefulRestartCapabilityOf1Octet_IsIgnored()
    {
        IsIgnored(64, 0).Capabilities.GracefulRestart.Should().BeNull();
        IsIgnored(64, 0, 120, 0, 1, 1).Capabilities.GracefulRestart.Should().BeNull();
    }

    [Fact]
    public void O16_LongLivedCapabilityOf3Octets_IsIgnored() => IsIgnored(71, 0, 1, 1).Capabilities.LongLived.Should().BeEmpty();

    [Fact]
    public void O17_HostNameLength200In4Octets_IsIgnored()
    {
        IsIgnored(73, 200, (byte)'a', (byte)'b', (byte)'c').Capabilities.HostName.Should().BeNull();
        IsIgnored(73, 1, (byte)'a', 9, (byte)'c').Capabilities.HostName.Should().BeNull();
    }

    [Fact]
    public void O18_SoftwareVersionInnerLength0_IsIgnored()
    {
        IsIgnored(75, 0).Capabilities.SoftwareVersion.Should().BeNull();
        IsIgnored(75).Capabilities.SoftwareVersion.Should().BeNull();
    }

    [Fact]
    public void O19_SoftwareVersionInnerLength10In7Octets_IsIgnored() => IsIgnored(75, 10, 1, 2, 3, 4, 5, 6).Capabilities.SoftwareVersion.Should().BeNull();

    [Fact]
    public void O20_ExtendedParametersMarkerAndNothingAfter()
    {
        IsReset(0, OpenWith(4, 64496, 90, 1, 255, 255));
        IsReset(0, OpenWith(4, 64496, 90, 1, 255, 255, 0));
    }

    [Fact]
    public void O21_ExtendedLengthLargerThanTheMessage()
    {
        byte[] inner = [2, 0, 6, .. As4];
        IsReset(0, OpenWith(4, 64496, 90, 1, 255, [255, .. Word(inner.Length + 1), .. inner]));
        IsReset(0, OpenWith(4, 64496, 90, 1, 255, [255, .. Word(inner.Length - 1), .. inner]));
        IsReset(0, OpenWith(4, 64496, 90, 1, 255, [255, 0, 9, 2, 0, 7, .. As4]));
    }

    [Fact]
    public void O22_ValidExtendedParameters()
    {
        byte[] inner = [2, 0, 6, .. Capability(65, Number(70000))];
        IsAccepted(OpenWith(4, 23456, 90, 1, 255, [255, .. Word(inner.Length), .. inner])).As.Should().Be(70000);
        // RFC 9072 2: only the type of 255 decides, and a length that is not 0.
        IsAccepted(OpenWith(4, 23456, 90, 1, 17, [255, .. Word(inner.Length), .. inner])).As.Should().Be(70000);
    }

    [Fact]
    public void O23_RoleCapabilityOf2Octets_IsIgnored()
    {
        IsIgnored(9, 0, 0).Capabilities.Role.Should().BeNull();
        IsIgnored(9, 5).Capabilities.Role.Should().BeNull("no role has that value");
    }

    [Fact]
    public void O24_TwoAs4CapabilitiesThatDiffer()
    {
        IsReset(2, Open(CapabilitiesParameter(As4, Capability(65, Number(64497)))));
        IsAccepted(Open(CapabilitiesParameter(As4, As4))).As.Should().Be(64496);
    }

    [Fact]
    public void X03_OpenWithoutOptions_AndWithAnUnknownCapability()
    {
        var plain = IsAccepted(Open());
        plain.As.Should().Be(64496);
        plain.Capabilities.Should().Be(Capabilities.None);
        IsAccepted(Open(CapabilitiesParameter(Capability(200, 1, 2, 3)))).Capabilities.Should().Be(Capabilities.None);
        IsAccepted(Open(CapabilitiesParameter())).Capabilities.Should().Be(Capabilities.None);
    }

    [Fact]
    public void X05_TwoRoles_ThatDifferAreTold()
    {
        IsAccepted(Open(CapabilitiesParameter(Capability(9, 3), Capability(9, 3)))).Capabilities.HasConflictingRoles.Should().BeFalse();
        IsAccepted(Open(CapabilitiesParameter(Capability(9, 3), Capability(9, 0)))).Capabilities.HasConflictingRoles.Should().BeTrue();
    }

    [Fact]
    public void X07_AddPathSendReceive0Or4_EntryIsIgnored()
    {
        foreach (byte value in (byte[])[0, 4, 255])
        {
            var open = IsIgnored(69, 0, 1, 1, value, 0, 2, 1, 3);
            open.Capabilities.AddPath.Should().Equal(new AddPathCapability(BgpFamily.Ipv6Unicast, true, true));
        }

        IsIgnored(69, 0, 1, 1).Capabilities.AddPath.Should().BeEmpty();
    }

    [Fact]
    public void X08_ExtendedNextHopLengthNotAMultipleOf6_IsIgnored()
        => IsIgnored(5, 0, 1, 0, 1, 0, 2, 0).Capabilities.Ipv4OverIpv6NextHop.Should().BeFalse();

    [Fact]
    public void FlagsWithAValue_AreIgnored()
    {
        IsIgnored(6, 0).Capabilities.ExtendedMessage.Should().BeFalse();
        IsIgnored(70, 0).Capabilities.EnhancedRouteRefresh.Should().BeFalse();
        IsIgnored(74, 0).Capabilities.BfdStrict.Should().BeFalse();
    }
}
