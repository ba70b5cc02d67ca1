using System.Net;
using Loxi.Bgp;
using Loxi.Linux.Namespaces;

namespace Loxi.Benchmarks.Bgp;

/// <summary>A whole feed once more: nothing of it changes anything, so it may cost no memory. Counted are the octets that this process allocates, the speaker's and the few of the measurement.</summary>
internal sealed partial class BgpBench
{
    private const int SteadyRepetitions = 4;
    private const string SteadyRow = "loxi: octets allocated per UPDATE that changes nothing";

    private async Task MeasureSteadyAsync()
    {
        await using BgpFeedLab lab = new();
        using var where = NetworkNamespace.OpenPath(lab.Speaker.NamespacePath);
        await using BgpSpeaker speaker = new(new BgpSpeakerOptions { NetworkNamespace = where });
        var own = IPAddress.Parse(BgpFeedLab.Own);
        await speaker.ApplyAsync(new BgpConfiguration(new BgpSpeakerSettings(BgpDaemons.OwnAs, own))
        {
            Peers =
            [
                new BgpPeerSettings(IPAddress.Parse(BgpFeedLab.Injector), BgpDaemons.InjectorAs) { Passive = true, ImportDefaultAccept = true },
                new BgpPeerSettings(IPAddress.Parse(BgpFeedLab.Observer), BgpDaemons.ObserverAs) { Passive = true, ExportDefaultAccept = true },
            ],
        });
        using var observer = await RawPeer.ConnectAsync(lab.ObserverHost, own, BgpDaemons.ObserverAs, IPAddress.Parse(BgpFeedLab.Observer));
        using var injector = await RawPeer.ConnectAsync(lab.InjectorHost, own, BgpDaemons.InjectorAs, IPAddress.Parse(BgpFeedLab.Injector));
        var feed = _feeds.First(static f => f is { Name: "lb", Prefixes: Small });
        progress.WriteLine($"bgp: {feed} again and again");
        var all = observer.WhenAsync(feed.Prefixes, 0);
        injector.Send(feed.Bytes);
        await all;
        var least = double.MaxValue;
        for (var repetition = 1; repetition <= SteadyRepetitions; repetition++)
        {
            // Behind the feed a prefix that is new: when it is at the observer, all before it was read.
            BgpFeed end = new("packed", repetition, BgpDaemons.InjectorAs, NextHop);
            var arrived = observer.WhenAsync(1, 0);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            injector.Send(feed.Bytes);
            injector.Send(end.Bytes);
            await arrived;
            // The first time may be a compiler's, and what else a process does comes and goes.
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)feed.Messages);
        }

        report.Add(SteadyRow, "octets", least);
    }

    private void JudgeSteady()
    {
        if (options.BgpParts.Contains("steady"))
        {
            // An object has 24 octets at least: fewer than one in 240 UPDATEs, which is the measurement's own.
            report.AddBound(SteadyRow, 0.1);
        }
    }
}
