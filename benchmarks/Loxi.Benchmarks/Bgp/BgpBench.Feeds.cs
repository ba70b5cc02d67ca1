using System.Net;
using Loxi.Benchmarks.Interop;

namespace Loxi.Benchmarks.Bgp;

/// <summary>
/// An injector sends a feed, an observer behind the speaker counts what arrives. Each speaker takes the small feeds several times in one process: the first
/// time apart from the later ones, since a just-in-time compiler has its work then.
/// </summary>
internal sealed partial class BgpBench
{
    private const int Repetitions = 4;
    private const int Small = 100_000;
    private const int Large = 1_000_000;

    /// <summary>198.18.0.2, the injector.</summary>
    private const uint NextHop = 0xc612_0002;

    private readonly BgpFeed[] _feeds = [.. Feeds()];

    private async Task MeasureFeedsAsync()
    {
        foreach (var feed in _feeds)
        {
            foreach (var name in BgpDaemons.Names.Where(name => Takes(name, feed)))
            {
                await MeasureFeedAsync(name, feed);
            }
        }
    }

    private static IEnumerable<BgpFeed> Feeds()
    {
        foreach (var (name, prefixes) in new[] { ("packed", Small), ("table", Small), ("lb", Small), ("packed", Large), ("table", Large), ("lb", Large) })
        {
            yield return new BgpFeed(name, prefixes, BgpDaemons.InjectorAs, NextHop);
        }
    }

    /// <summary>In a feed of a million GoBGP hears nobody's KEEPALIVEs, and ends its sessions when their hold time is over.</summary>
    private static bool Takes(string name, BgpFeed feed) => name != "gobgp" || feed.Prefixes < Large;

    private static string Label(string name, string what, BgpFeed feed) => $"{name}: {feed}, {what}";

    private async Task MeasureFeedAsync(string name, BgpFeed feed)
    {
        progress.WriteLine($"bgp: {name}, {feed}");
        await using BgpFeedLab lab = new();
        var daemon = BgpDaemons.Make(name, lab.Speaker);
        await daemon.StartAsync();
        var own = IPAddress.Parse(BgpFeedLab.Own);
        using var observer = await RawPeer.ConnectAsync(lab.ObserverHost, own, BgpDaemons.ObserverAs, IPAddress.Parse(BgpFeedLab.Observer));
        var before = daemon.Pids.Sum(ProcessUsage.ResidentMegabytes);
        var repetitions = feed.Prefixes < Large ? Repetitions : 1;
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            var which = repetition == 0 ? "" : ", later";
            using var injector = await RawPeer.ConnectAsync(lab.InjectorHost, own, BgpDaemons.InjectorAs, IPAddress.Parse(BgpFeedLab.Injector));
            await Task.Delay(_settling, TimeProvider.System);
            var updates = observer.Updates;
            var cpu = daemon.Pids.Sum(ProcessUsage.CpuNanoseconds);
            var arrived = observer.WhenAsync(feed.Prefixes, 0);
            var start = TimeProvider.System.GetTimestamp();
            injector.Send(feed.Bytes);
            report.Add(Label(name, $"at the observer{which}", feed), "s", TimeProvider.System.GetElapsedTime(start, await arrived).TotalSeconds);
            await Task.Delay(_settling, TimeProvider.System);
            report.Add(Label(name, $"CPU{which}", feed), "s", (daemon.Pids.Sum(ProcessUsage.CpuNanoseconds) - cpu) / 1e9);
            if (repetition == 0)
            {
                report.Add(Label(name, "memory", feed), "MB", daemon.Pids.Sum(ProcessUsage.ResidentMegabytes) - before);
                report.Add(Label(name, "UPDATEs sent on", feed), "", observer.Updates - updates);
            }

            // Asked for before the injector closes its session: the first withdrawals may be here before that returns.
            var withdrawn = observer.WhenAsync(0, feed.Prefixes);
            var closed = TimeProvider.System.GetTimestamp();
            injector.Dispose();
            report.Add(Label(name, $"withdrawn at the observer{which}", feed), "s", TimeProvider.System.GetElapsedTime(closed, await withdrawn).TotalSeconds);
        }

        await daemon.StopAsync();
    }

    /// <summary>bgp-bfd.md section 3: within twice BIRD's, before FRR, OpenBGPD and GoBGP; memory within 250 MB for a million prefixes.</summary>
    private void JudgeFeeds()
    {
        foreach (var feed in options.BgpParts.Contains("feeds") ? _feeds : [])
        {
            foreach (var what in feed.Prefixes < Large ? (string[])["at the observer", "CPU", "at the observer, later", "CPU, later"] : ["at the observer", "CPU"])
            {
                // The small feeds are over before a compiler is: the later rounds are judged, the first is told.
                var isJudged = feed.Prefixes >= Large || what.EndsWith("later", StringComparison.Ordinal);
                report.AddRatio(Label("loxi", what, feed), Label("bird", what, feed), isJudged ? 2 : null, 1);
                report.AddRatio(Label("loxi", what, feed), Label("frr", what, feed), isJudged ? 1 : null, null);
                report.AddRatio(Label("loxi", what, feed), Label("openbgpd", what, feed), isJudged ? 1 : null, null);
                report.AddRatio(Label("loxi", what, feed), Label("gobgp", what, feed), isJudged ? 1 : null, null);
            }

            report.AddBound(Label("loxi", "memory", feed), feed.Prefixes >= Large ? 250 : 25);
        }
    }
}
