using System.Net;
using FluentAssertions;
using Xunit;

namespace Loxi.Bgp.Tests.Speaker;

/// <summary>Announcements changed one by one are the same as all of them set.</summary>
public sealed class ChangeOfAdvertisementsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_BeforeAndAfterTheConfiguration_AddUp()
    {
        await using var pair = new SpeakerPair();
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1), SpeakerPair.Vip(2)], Cancellation);
        await pair.A.ChangeAdvertisementsAsync([SpeakerPair.Vip(3)], [SpeakerPair.Vip(1).Prefix], Cancellation);
        pair.A.ReadStatus().Advertisements.Should().Be(2);
        await pair.StartAsync();
        await pair.RoutesOfBAsync(2);

        await pair.A.ChangeAdvertisementsAsync([SpeakerPair.Vip(3) with { Med = 30 }, SpeakerPair.Vip(4)], [SpeakerPair.Vip(2).Prefix, SpeakerPair.Vip(9).Prefix], Cancellation);

        await SpeakerPair.UntilAsync(() => Told() is ["203.0.113.3/32 30", "203.0.113.4/32 10"]);
        pair.A.ReadStatus().Advertisements.Should().Be(2);
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(4)], Cancellation);
        await pair.RoutesOfBAsync(1);
        pair.PeerOfA.Counters.Established.Should().Be(1);

        string[] Told() => [.. pair.B.ReadRoutes(new BgpRouteQuery(BgpRouteKind.Received)).Routes.Select(static r => $"{r.Prefix} {r.Med}")];
    }

    [Fact]
    public async Task BadChange_ChangesNothingAndNamesAll()
    {
        await using var pair = new SpeakerPair();
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1)], Cancellation);

        var change = () => pair.A.ChangeAdvertisementsAsync([SpeakerPair.Vip(1) with { Prepend = 11 }, SpeakerPair.Vip(2)], [SpeakerPair.Vip(2).Prefix], Cancellation);

        (await change.Should().ThrowAsync<InvalidBgpConfigurationException>()).Which.Problems.Select(static p => p.ToString()).Should().Equal(
            "advertisements[0].prepend: value '11', expected 0 to 10", "withdrawn[0]: value '203.0.113.2/32', expected a prefix that is not announced by the same change");
        pair.A.ReadStatus().Advertisements.Should().Be(1);
    }

    /// <summary>With 100,000 VIPs one of them changes in a fraction of the time that all of them take: the time does not grow with the number that stays.</summary>
    [Fact]
    public async Task OneOfAHundredThousand_TakesTheTimeOfOne()
    {
        await using var pair = new SpeakerPair();
        BgpAdvertisement[] all = [.. Enumerable.Range(0, 100_000).Select(static i => new BgpAdvertisement(new IPNetwork(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 32)) { Med = 10, NextHop = SpeakerPair.NextHop })];
        await pair.A.SetAdvertisementsAsync(all, Cancellation);
        await pair.StartAsync();
        (await pair.A.FlushAsync(SpeakerPair.Patience)).Should().BeTrue();
        var whole = await MedianAsync(5, i => pair.A.SetAdvertisementsAsync([.. all[..^1], all[^1] with { Med = 1_000 + i }], Cancellation));
        var one = await MedianAsync(101, async i =>
        {
            await pair.A.ChangeAdvertisementsAsync([all[500] with { Med = i }], [], Cancellation);
            (await pair.A.FlushAsync(SpeakerPair.Patience)).Should().BeTrue();
        });

        TestContext.Current.TestOutputHelper?.WriteLine($"one: {one.TotalMilliseconds:0.000} ms until it is sent, all: {whole.TotalMilliseconds:0.0} ms");
        (one * 5).Should().BeLessThan(whole);
    }

    private static async Task<TimeSpan> MedianAsync(int count, Func<uint, Task> action)
    {
        List<TimeSpan> times = [];
        for (var i = 1u; i <= count; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await action(i);
            times.Add(TimeProvider.System.GetElapsedTime(start));
        }

        times.Sort();
        return times[count / 2];
    }
}
