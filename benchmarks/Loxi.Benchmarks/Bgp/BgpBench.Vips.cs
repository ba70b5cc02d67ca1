using System.Globalization;
using System.Net;
using Loxi.Bgp;
using Loxi.Linux.Namespaces;

namespace Loxi.Benchmarks.Bgp;

/// <summary>Own VIPs: all of them at once, another role for all, withdrawn; and one more where there are many. From the call to the last of them at the peer.</summary>
internal sealed partial class BgpBench
{
    private const int Vips = 10_000;
    private const int Many = 100_000;
    private const int Singles = 40;
    private const uint MedOfMaster = 10;
    private const uint MedOfBackup = 100;
    private static readonly string[] _vipFamilies = ["IPv4", "IPv6"];

    private async Task MeasureVipsAsync()
    {
        foreach (var family in _vipFamilies)
        {
            await using BgpFeedLab lab = new();
            using var where = NetworkNamespace.OpenPath(lab.Speaker.NamespacePath);
            await using BgpSpeaker speaker = new(new BgpSpeakerOptions { NetworkNamespace = where });
            await speaker.ApplyAsync(new BgpConfiguration(new BgpSpeakerSettings(BgpDaemons.OwnAs, IPAddress.Parse(BgpFeedLab.Own)))
            {
                Peers =
                [
                    new BgpPeerSettings(IPAddress.Parse(BgpFeedLab.Observer), BgpDaemons.ObserverAs) { Passive = true, Families = [BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast] },
                ],
            });
            using var observer = await RawPeer.ConnectAsync(
                lab.ObserverHost, IPAddress.Parse(BgpFeedLab.Own), BgpDaemons.ObserverAs, IPAddress.Parse(BgpFeedLab.Observer));
            progress.WriteLine($"bgp: VIPs, {family}");
            // The first time is a just-in-time compiler's.
            foreach (var suffix in new[] { ", first time", "" })
            {
                await AllAsync(suffix);
            }

            await SinglesAsync();

            async Task AllAsync(string suffix)
            {
                var updates = observer.Updates;
                report.Add(VipRow(family, $"announced{suffix}"), "ms", await SetAsync(speaker, observer, Own(family, Vips, MedOfBackup), Vips, 0));
                report.Add(VipRow(family, $"UPDATEs{suffix}"), "", observer.Updates - updates);
                report.Add(VipRow(family, $"another role{suffix}"), "ms", await SetAsync(speaker, observer, Own(family, Vips, MedOfMaster), Vips, 0));
                report.Add(VipRow(family, $"withdrawn{suffix}"), "ms", await SetAsync(speaker, observer, [], 0, Vips));
            }

            async Task SinglesAsync()
            {
                var one = Own(family, Many + 1, MedOfMaster)[^1];
                await SetAsync(speaker, observer, Own(family, Many, MedOfMaster), Many, 0);
                for (var i = 0; i < Singles; i++)
                {
                    report.Add(OneRow(family), "ms", await TimeAsync(observer, 1, 0, () => speaker.ChangeAdvertisementsAsync([one], [])));
                    await TimeAsync(observer, 0, 1, () => speaker.ChangeAdvertisementsAsync([], [one.Prefix]));
                }
            }
        }
    }

    private static Task<double> SetAsync(BgpSpeaker speaker, RawPeer observer, BgpAdvertisement[] vips, long announced, long withdrawn)
        => TimeAsync(observer, announced, withdrawn, () => speaker.SetAdvertisementsAsync(vips));

    private static async Task<double> TimeAsync(RawPeer observer, long announced, long withdrawn, Func<Task> change)
    {
        var arrived = observer.WhenAsync(announced, withdrawn);
        var start = TimeProvider.System.GetTimestamp();
        await change();
        return TimeProvider.System.GetElapsedTime(start, await arrived).TotalMilliseconds;
    }

    private static BgpAdvertisement[] Own(string family, int count, uint med)
    {
        var isIpv4 = family == "IPv4";
        var first = (isIpv4 ? IPAddress.Parse("10.0.0.0") : IPAddress.Parse("2001:db8::")).GetAddressBytes();
        var hop = isIpv4 ? null : IPAddress.Parse("2001:db8:ffff::1");
        return [.. Enumerable.Range(1, count).Select(Vip)];

        BgpAdvertisement Vip(int number)
        {
            var bytes = first.ToArray();
            (bytes[^3], bytes[^2], bytes[^1]) = ((byte)(number >> 16), (byte)(number >> 8), (byte)number);
            return new BgpAdvertisement(new IPNetwork(new IPAddress(bytes), isIpv4 ? 32 : 128)) { Med = med, NextHop = hop };
        }
    }

    private static string VipRow(string family, string what) => string.Create(CultureInfo.InvariantCulture, $"loxi: {Vips} VIPs {family}, {what}");

    private static string OneRow(string family) => string.Create(CultureInfo.InvariantCulture, $"loxi: one VIP more beside {Many} {family}");

    private void JudgeVips()
    {
        foreach (var family in options.BgpParts.Contains("vips") ? _vipFamilies : [])
        {
            report.AddBound(VipRow(family, "announced"), 200);
            report.AddBound(VipRow(family, "UPDATEs"), family == "IPv4" ? 16 : 50);
            report.AddBound(VipRow(family, "another role"), 300);
            report.AddBound(OneRow(family), 5);
        }
    }
}
