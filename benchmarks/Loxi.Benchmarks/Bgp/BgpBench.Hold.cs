using System.Globalization;
using System.Net;
using Loxi.Benchmarks.Interop;

namespace Loxi.Benchmarks.Bgp;

/// <summary>A hold time of 3 s while every CPU has a busy loop: all speakers at the same time, so that a bad minute is bad for all.</summary>
internal sealed partial class BgpBench
{
    private const ushort HoldTime = 3;
    private static readonly TimeSpan _keepalives = TimeSpan.FromSeconds(1);

    private async Task MeasureHoldAsync()
    {
        progress.WriteLine("bgp: hold time");
        List<BgpFeedLab> labs = [];
        List<(IDaemon Daemon, RawPeer Peer)> all = [];
        try
        {
            foreach (var name in BgpDaemons.Names)
            {
                BgpFeedLab lab = new();
                labs.Add(lab);
                var daemon = BgpDaemons.Make(name, lab.Speaker);
                await daemon.StartAsync();
                all.Add((daemon, await RawPeer.ConnectAsync(
                    lab.ObserverHost, IPAddress.Parse(BgpFeedLab.Own), BgpDaemons.ObserverAs, IPAddress.Parse(BgpFeedLab.Observer), HoldTime)));
            }

            using BeatThread beat = new(_keepalives, () => all.ForEach(static one => one.Peer.SendKeepalive()));
            for (var i = 0; i < Environment.ProcessorCount; i++)
            {
                labs[0].Speaker.Start("busy", "/bin/sh", "-c", "while :; do :; done");
            }

            await Task.Delay(TimeSpan.FromSeconds(options.Seconds), TimeProvider.System);
            foreach (var (daemon, peer) in all)
            {
                report.Add(HoldRow(daemon.Name), "", peer.End is null ? 0 : 1);
                report.Add(string.Create(CultureInfo.InvariantCulture, $"{daemon.Name}: longest silence beside busy loops, hold time {HoldTime} s"), "s", peer.LongestSilence.TotalSeconds);
            }
        }
        finally
        {
            foreach (var (_, peer) in all)
            {
                peer.Dispose();
            }

            // With them go the speakers and the busy loops.
            foreach (var lab in labs)
            {
                await lab.DisposeAsync();
            }
        }
    }

    private string HoldRow(string name)
        => string.Create(CultureInfo.InvariantCulture, $"{name}: session lost beside busy loops in {options.Seconds} s, hold time {HoldTime} s");

    private void JudgeHold()
    {
        if (options.BgpParts.Contains("hold"))
        {
            report.AddBound(HoldRow("loxi"), 0);
        }
    }
}
