using System.Collections.Immutable;
using FluentAssertions;
using Loxi.Bgp.Wire;
using Xunit;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Wire.BadInput;

/// <summary>Rows R and N of the bad input list: ROUTE-REFRESH (RFC 2918, 7313) and NOTIFICATION (RFC 4271 6.4, 8538, 9003).</summary>
public sealed class RefreshAndNotificationRowTests
{
    private static readonly ImmutableArray<BgpFamily> Families = [BgpFamily.Ipv4Unicast];

    private static RouteRefreshMessage Accepted(byte[] message, bool enhanced = true)
    {
        RouteRefreshCodec.TryRead(message, Families, enhanced, out var refresh, out var error).Should().BeTrue();
        error.IsNone.Should().BeTrue();
        return refresh;
    }

    [Fact]
    public void R01_UnknownFamily()
    {
        Accepted(Message(5, 0, 25, 0, 70)).Kind.Should().Be(RouteRefreshKind.Ignored);
        Accepted(Message(5, 0, 2, 0, 1)).Kind.Should().Be(RouteRefreshKind.Ignored, "IPv6 is not negotiated");
        Accepted(Message(5, 0, 1, 0, 1)).Should().Be(new RouteRefreshMessage(RouteRefreshKind.Request, BgpFamily.Ipv4Unicast));
    }

    [Fact]
    public void R02_Subtype255()
    {
        foreach (var subtype in Enumerable.Range(3, 253))
        {
            Accepted(Message(5, 0, 1, (byte)subtype, 1)).Kind.Should().Be(RouteRefreshKind.Ignored);
        }

        Accepted(Message(5, 0, 1, 255, 1), enhanced: false).Kind.Should().Be(RouteRefreshKind.Request, "without RFC 7313 the octet is reserved");
    }

    [Fact]
    public void R03_RefreshOf22Octets()
    {
        MessageHeader.Read(Message(5, 0, 1, 0), 4096, out _, out var error).Should().Be(ParseStatus.Invalid);
        (error.Code, error.Subcode).Should().Be((BgpErrorCode.MessageHeader, (byte)2));
    }

    [Fact]
    public void R04_OrfEntryLength65535() => Accepted(Message(5, 0, 1, 0, 1, 1, 64, 0xff, 0xff)).Kind.Should().Be(RouteRefreshKind.Ignored);

    [Fact]
    public void R05_BeginOfRefreshWithOneOctetTooMany()
    {
        foreach (byte subtype in (byte[])[1, 2])
        {
            var message = Message(5, 0, 1, subtype, 1, 0);
            RouteRefreshCodec.TryRead(message, Families, enhanced: true, out _, out var error).Should().BeFalse();
            (error.Code, error.Subcode, error.Handling).Should().Be((BgpErrorCode.RouteRefreshMessage, (byte)1, ErrorHandling.SessionReset));
            var answer = new byte[64];
            answer[..NotificationCodec.WriteError(error, message, answer)].Should().Equal(Message(3, [7, 1, .. message]));
            Accepted(message, enhanced: false).Kind.Should().Be(RouteRefreshKind.Ignored);
        }
    }

    [Fact]
    public void N01_ShutdownCommunicationSays255_Carries10()
    {
        var notification = NotificationCodec.Read(Message(3, [6, 2, 255, .. "0123456789"u8]));
        notification.IsMalformed.Should().BeTrue();
        notification.Text.Should().Be("0123456789");
        (notification.Code, notification.Subcode).Should().Be((BgpErrorCode.Cease, CeaseSubcode.AdministrativeShutdown));
    }

    [Fact]
    public void N02_ShutdownCommunicationIsNotUtf8()
    {
        var notification = NotificationCodec.Read(Message(3, [6, 4, 3, (byte)'a', 0xff, (byte)'b']));
        notification.IsMalformed.Should().BeTrue();
        notification.Text.Should().Be("a\uFFFDb");
    }

    [Fact]
    public void N02_ControlCharacters_DoNotReachTheLog()
    {
        var notification = NotificationCodec.Read(Message(3, [6, 2, 9, .. "a\r\n\u001b[2J\tb"u8]));
        notification.IsMalformed.Should().BeFalse("it is valid UTF-8");
        notification.Text.Should().Be("a\uFFFD\uFFFD\uFFFD[2J\uFFFDb");
    }

    [Fact]
    public void N03_Code0()
    {
        var notification = NotificationCodec.Read(Message(3, 0, 0));
        notification.IsMalformed.Should().BeTrue();
        notification.Code.Should().Be(BgpErrorCode.None);
    }

    [Fact]
    public void N04_HardResetWithoutTheInnerCode()
    {
        foreach (var data in (byte[][])[[], [6]])
        {
            var notification = NotificationCodec.Read(Message(3, [6, 9, .. data]));
            notification.IsMalformed.Should().BeTrue();
            notification.HardReset.Should().BeTrue();
        }

        var right = NotificationCodec.Read(Message(3, [6, 9, 6, 2, 2, .. "by"u8]));
        right.IsMalformed.Should().BeFalse();
        (right.HardReset, right.Code, right.Subcode, right.Text).Should().Be((true, BgpErrorCode.Cease, (byte)2, "by"));
    }
}
