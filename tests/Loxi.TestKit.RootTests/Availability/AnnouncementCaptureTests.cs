using System.Net;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.TestKit.RootTests.Availability;

public sealed class AnnouncementCaptureTests
{
    [Fact]
    public async Task AnnouncementsOfTwoHosts_AreToldApartAndInTheOrderOfTheirTimes()
    {
        await using var segment = new Segment();
        var (a, b) = (segment.A.Mac("eth0"), segment.B.Mac("eth0"));
        using var seen = AnnouncementCapture.Start(segment.Third, "eth0");
        using var fromA = segment.A.Capture("eth0", _ => false);
        using var fromB = segment.B.Capture("eth0", _ => false);
        var start = LabClock.Now;

        fromA.Send(Packet.Arp(a, Segment.VipV4, Segment.VipV4));
        fromA.Send(Packet.Arp(a, "192.0.2.1", Segment.VipV4));
        await seen.WaitForAsync(announcement => announcement.Mac == a, "a's");
        var between = LabClock.Now;
        fromB.Send(Packet.Arp(b, Segment.VipV4, Segment.VipV4, "ff:ff:ff:ff:ff:ff"));
        await seen.WaitForAsync(announcement => announcement.Mac == b, "b's");

        seen.Of(a, start).Should().ContainSingle().Which.Should().Match<Announcement>(announcement
            => announcement.Kind == AnnouncementKind.ArpRequest && announcement.Address.Equals(IPAddress.Parse(Segment.VipV4)) && announcement.Moment >= start && announcement.Moment <= between);
        seen.Of(b, between).Should().ContainSingle().Which.Kind.Should().Be(AnnouncementKind.ArpReply);
        seen.Of(b, LabClock.Now).Should().BeEmpty();
        seen.Dropped.Should().Be(0);
    }
}
