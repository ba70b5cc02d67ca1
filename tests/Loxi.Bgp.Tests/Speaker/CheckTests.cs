using FluentAssertions;
using Loxi.Bgp.Tests.Live;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Bgp.Tests.Speaker;

/// <summary>What should be announced is announced: a number says what is missing, and a periodic check puts right what went wrong.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task AnnouncementThatGotLost_IsPutRightWithinAMinute()
    {
        var time = new FakeTimeProvider();
        await using var lab = await LiveLab.StartAsync(time: time, witness: static peer => peer with { HoldTime = TimeSpan.Zero });
        await lab.Speaker.SetAdvertisementsAsync([.. Enumerable.Range(1, 200).Select(SpeakerPair.Vip)], TestContext.Current.CancellationToken);
        await lab.Witness.UntilAsync(() => lab.Witness.Routes.Count == 200);
        lab.Speaker.Rib!.Use(static rib => rib[BgpFamily.Ipv4Unicast].RemoveOwn(rib.OwnPrefixes()[7]));
        await lab.Witness.UntilAsync(() => lab.Witness.Routes.Count == 199);

        time.Advance(TimeSpan.FromMinutes(1));

        await lab.Witness.UntilAsync(() => lab.Witness.Routes.Count == 200);
        lab.Speaker.ReadStatus().RepairedAnnouncements.Should().Be(1);
        time.Advance(TimeSpan.FromMinutes(5));
        lab.Speaker.ReadStatus().RepairedAnnouncements.Should().Be(1);
    }

    [Fact]
    public async Task Watch_ThatEnds_LeavesNothingBehind_AndEndsWithTheSpeaker()
    {
        var speaker = new BgpSpeaker();
        var changes = speaker.WatchAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        var next = changes.MoveNextAsync();
        speaker.Watchers.Should().Be(1);
        await speaker.DisposeAsync();
        (await next).Should().BeFalse();
        await changes.DisposeAsync();
        speaker.Watchers.Should().Be(0);
        await foreach (var change in speaker.WatchAsync(TestContext.Current.CancellationToken))
        {
            change.Should().BeNull("the speaker has ended");
        }
    }

    [Fact]
    public async Task AnnouncementWithoutANextHop_IsMissing()
    {
        await using var lab = await LiveLab.StartAsync(witness: static peer => peer with { ExportPolicies = [] });
        // The session is IPv4 on a loopback address: there is no address of ours for IPv6.
        await lab.Speaker.SetAdvertisementsAsync([new BgpAdvertisement(System.Net.IPNetwork.Parse("2001:db8:5::1/128")), SpeakerPair.Vip(1)], TestContext.Current.CancellationToken);
        await lab.Witness.UntilHasAsync("203.0.113.1/32");
        (await lab.Speaker.FlushAsync(SpeakerPair.Patience)).Should().BeTrue();

        var families = lab.Speaker.ReadPeers().Single(peer => peer.Key != lab.Key).Families;
        families.Select(static f => (f.Family, f.OwnDue, f.OwnMissing)).Should().BeEquivalentTo([(BgpFamily.Ipv4Unicast, 1, 0), (BgpFamily.Ipv6Unicast, 1, 1)]);
    }
}
