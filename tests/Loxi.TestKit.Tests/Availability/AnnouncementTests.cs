using System.Net;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.TestKit.Tests.Availability;

public sealed class AnnouncementTests
{
    private const string Mac = "02:00:00:00:00:0a";
    private const string Vip = "192.0.2.200";
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(7);

    // RFC 5227 3: sender and target protocol address are the announced one.
    private static readonly byte[] GratuitousRequest = Convert.FromHexString("FFFFFFFFFFFF02000000000A08060001080006040001" + "02000000000AC00002C8" + "000000000000C00002C8");
    private static readonly byte[] GratuitousReply = Convert.FromHexString("FFFFFFFFFFFF02000000000A08060001080006040002" + "02000000000AC00002C8" + "FFFFFFFFFFFFC00002C8");

    [Fact]
    public void GratuitousArp_IsReadInBothForms()
    {
        Read(GratuitousRequest).Should().Be(new Announcement(Moment, Mac, Mac, IPAddress.Parse(Vip), AnnouncementKind.ArpRequest));
        Read(GratuitousReply).Should().Be(new Announcement(Moment, Mac, Mac, IPAddress.Parse(Vip), AnnouncementKind.ArpReply));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(41)]
    public void CutFrame_AnnouncesNothing(int length) => Read(GratuitousRequest[..length]).Should().BeNull();

    [Fact]
    public void QuestionsAndAnswers_AnnounceNothing()
    {
        Read(Packet.Arp(Mac, "192.0.2.1", Vip)).Should().BeNull("a question");
        Read(Packet.Arp(Mac, Vip, "192.0.2.1", "02:00:00:00:00:01")).Should().BeNull("an answer");
        Read(Packet.Arp(Mac, "0.0.0.0", Vip)).Should().BeNull("a probe (RFC 5227 2.1.1)");
        Read(Packet.Arp(Mac, "0.0.0.0", "0.0.0.0")).Should().BeNull("nothing's address");
    }

    [Fact]
    public void UnsolicitedAdvertisement_TellsWhetherItOverrides()
    {
        Read(Advertisement(0x2000_0000)).Should().Be(new Announcement(Moment, "02:00:00:00:00:0b", Mac, IPAddress.Parse("2001:db8::c8"), AnnouncementKind.Advertisement));
        Read(Advertisement(0)).Should().Match<Announcement>(a => a.Kind == AnnouncementKind.AdvertisementWithoutOverride);
        Read(Advertisement(0x6000_0000)).Should().BeNull("it answers a solicitation");
        Read(Advertisement(0x2000_0000, hops: 64)).Should().BeNull("a router has forwarded it (RFC 4861 7.1.2)");
    }

    private static Announcement? Read(byte[] frame) => Announcement.TryRead(new ParsedPacket(frame), Moment);

    private static byte[] Advertisement(uint flags, byte hops = 255)
    {
        byte[] body = [.. IPAddress.Parse("2001:db8::c8").GetAddressBytes(), 2, 1, 2, 0, 0, 0, 0, 0x0b];
        return Packet.Ipv6("fe80::a", "ff02::1").WithTtl(hops).WithMacs(Mac, "33:33:00:00:00:01").Icmp(136, 0, flags, body).ToFrame();
    }
}
