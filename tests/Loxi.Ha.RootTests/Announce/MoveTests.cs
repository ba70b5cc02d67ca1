using System.Net;
using FluentAssertions;
using Loxi.Core.Roles;
using Xunit;

namespace Loxi.Ha.RootTests.Announce;

/// <summary>A VIP moves, and the client's next packet follows it.</summary>
public sealed class MoveTests
{
    public static TheoryData<string> Vips => ["192.0.2.100", "2001:db8::100"];

    [Theory]
    [MemberData(nameof(Vips))]
    public async Task RoleMoves_TheNextPacketGoesToTheNewNode(string text)
    {
        var vip = IPAddress.Parse(text);
        await using var lab = new AnnounceLab();
        var (a, b) = (lab.Announcer(lab.A), lab.Announcer(lab.B));
        await a.ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);
        await b.ApplyAsync(AnnounceLab.Group(false), TestContext.Current.CancellationToken);
        await lab.SendAsync(vip, lab.A);

        await a.SetRoleAsync("g", false);
        using var capture = lab.Client.Capture("eth0", p => AnnounceLab.Announces(p, vip));
        await b.SetRoleAsync("g", true);
        await capture.WaitForAsync(static _ => true, "announcement");

        await lab.SendAsync(vip, lab.B);
        lab.A.Ip("address show").Should().NotContain($"{vip}/");
    }

    [Fact]
    public async Task BecomesMaster_SendsBothFormsOfArpAndAnAdvertisementThatOverrides_FiveTimes()
    {
        await using var lab = new AnnounceLab();
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.Announces(p, AnnounceLab.Vip4) || AnnounceLab.Announces(p, AnnounceLab.Vip6));
        await lab.Announcer(lab.A).ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);

        var packets = await capture.WaitForAsync(static _ => true, 15, "5 requests, 5 replies, 5 advertisements", TimeSpan.FromSeconds(10));

        packets.Count(static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1)).Should().Be(5);
        packets.Count(static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 2)).Should().Be(5);
        var advertisements = packets.Where(static p => AnnounceLab.IsAdvertisement(p, AnnounceLab.Vip6)).ToArray();
        advertisements.Should().HaveCount(5);
        advertisements.Select(static p => p.Bytes.Span[58] & 0xe0).Distinct().Should().Equal([0x20], "O=1, S=0, and this host does not forward");
        (packets[^1].Time - packets[0].Time).Should().BeGreaterThan(TimeSpan.FromMilliseconds(500)).And.BeLessThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task LinkComesUpAgain_AnnouncesAnew()
    {
        await using var lab = new AnnounceLab();
        await lab.Announcer(lab.A).ApplyAsync(AnnounceLab.Group(true, "eth0"), TestContext.Current.CancellationToken);
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.Announces(p, AnnounceLab.Vip4) || AnnounceLab.Announces(p, AnnounceLab.Vip6));
        await capture.WaitForAsync(static _ => true, 12, "the first burst", TimeSpan.FromSeconds(10));
        lab.A.SetUp("eth0", false);
        capture.Clear();

        lab.A.SetUp("eth0", true);

        await capture.WaitForAsync(static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1), 5, "a burst", TimeSpan.FromSeconds(4));
        lab.A.Ip("address show dev eth0").Should().Contain($"{AnnounceLab.Vip6}/128", "the kernel drops IPv6 addresses of a link that goes down");
    }

    [Fact]
    public async Task LinkIsDownForAMoment_TheSwitchMayHaveForgotten_AnnouncesAnew()
    {
        await using var lab = new AnnounceLab();
        await lab.Announcer(lab.A).ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1));
        await capture.WaitForAsync(static _ => true, 5, "the first burst", TimeSpan.FromSeconds(10));
        await lab.Announcers[0].RepeatAsync();
        await capture.WaitForAsync(static _ => true, 10, "a second one, which has no look at the links in it", TimeSpan.FromSeconds(10));
        capture.Clear();

        // Down and up by one call of the ip tool: faster than links are looked at.
        lab.Switch.IpBatch("link set port-a down", "link set port-a up");

        await capture.WaitForAsync(static _ => true, 5, "a burst", TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task MasterForwards_OnThatLinkAlone_TheAdvertisementSaysRouter()
    {
        await using var lab = new AnnounceLab();
        lab.A.Sysctl("net.ipv6.conf.eth0.forwarding", "1");
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.IsAdvertisement(p, AnnounceLab.Vip6));
        await lab.Announcer(lab.A).ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);

        (await capture.WaitForAsync(static _ => true, "an advertisement")).Bytes.Span[58].Should().Be(0xa0, "R and O");
    }

    [Fact]
    public async Task MacChanges_AnnouncesTheNewOne()
    {
        await using var lab = new AnnounceLab();
        await lab.Announcer(lab.A).ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);
        using var capture = lab.Client.Capture("eth0", static p => AnnounceLab.IsArp(p, AnnounceLab.Vip4, 1));

        lab.A.Ip("link set eth0 address 02:00:5e:00:53:77");

        await capture.WaitForAsync(static p => p.Bytes.Span[22..28].SequenceEqual<byte>([2, 0, 0x5e, 0, 0x53, 0x77]), 5, "a burst with the new address", TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Stopped_TakesItsAddressesOffAndLeavesThoseOfOthers()
    {
        await using var lab = new AnnounceLab();
        lab.A.Ip("address add 192.0.2.101/32 dev lo");
        var a = lab.Announcer(lab.A);
        await a.ApplyAsync(AnnounceLab.Group(true, "lo", AnnounceLab.Vip4, IPAddress.Parse("192.0.2.101")), TestContext.Current.CancellationToken);
        lab.A.Ip("address show dev lo").Should().Contain("192.0.2.100/32").And.Contain("192.0.2.101/32");

        await a.DisposeAsync();

        lab.A.Ip("address show dev lo").Should().NotContain("192.0.2.100/32").And.Contain("192.0.2.101/32");
    }

    [Fact]
    public async Task Crashed_TheNextRunRemovesWhatIsNotWanted_AndKeepsWhatIs()
    {
        await using var lab = new AnnounceLab();
        // As a run leaves them that was killed.
        lab.A.IpBatch(
            "address add 192.0.2.100/32 dev lo noprefixroute metric 0x4c4f5849",
            "address add 192.0.2.103/32 dev lo noprefixroute metric 0x4c4f5849",
            "address add 2001:db8::103/128 dev lo nodad noprefixroute metric 0x4c4f5849");
        var a = lab.Announcer(lab.A);

        await a.ApplyAsync(AnnounceLab.Group(true), TestContext.Current.CancellationToken);

        lab.A.Ip("address show dev lo").Should().Contain("192.0.2.100/32").And.Contain("2001:db8::100/128").And.NotContain("::103").And.NotContain("192.0.2.103");
        (await a.ReadStatusAsync()).Counters.Should().Match<Ha.Announce.AnnouncerCounters>(static c => c.AddressesAdded == 1 && c.AddressesRemoved == 2);
        await a.SetRoleAsync("g", false);
        lab.A.Ip("address show dev lo").Should().NotContain("192.0.2.100/32", "what was adopted is the announcer's");
    }

    [Fact]
    public async Task WrongInterface_SaysSoAndChangesNothing()
    {
        await using var lab = new AnnounceLab();
        var a = lab.Announcer(lab.A);
        var wrong = AnnounceLab.Group(true)[0];

        var act = () => a.ApplyAsync([wrong with { Addresses = wrong.Addresses.Add(new(IPAddress.Parse("192.0.2.5"), AddressPlacement.Interface, "eth9")) }], TestContext.Current.CancellationToken);

        (await act.Should().ThrowAsync<Ha.Announce.InvalidAnnouncementException>()).WithMessage("*groups[0].addresses[2].interface*eth9*");
        lab.A.Ip("address show dev lo").Should().NotContain("192.0.2.100");
    }
}
