using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Time;
using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.Ha;

/// <summary>
/// A thousand VIPs of one group: the node becomes master. First to last announcement by the kernel's times at the neighbour, and how long it takes from the call
/// until the last VIP was announced, addresses put on the interface included.
/// </summary>
internal sealed partial class HaBench
{
    private const int Vips = 1000;
    private const string Group = "bench";
    private static readonly string[] _families = ["IPv4", "IPv6"];

    private async Task MeasureAnnouncementAsync()
    {
        foreach (var family in _families)
        {
            await using var lab = Lab.Create();
            var node = lab.AddHost("dut");
            var neighbour = lab.AddHost("obs");
            lab.Connect(node, "eth0", neighbour, "eth0");
            // RFC 2544: 198.18.0.0/15 is for benchmarks.
            node.AddAddress("eth0", "198.18.0.1/16", "2001:db8::1/64");
            neighbour.AddAddress("eth0", "198.18.0.2/16", "2001:db8::2/64");
            using var where = NetworkNamespace.OpenPath(node.NamespacePath);
            await using NeighbourAnnouncer announcer = new(new NeighbourAnnouncerOptions { NetworkNamespace = where });
            ImmutableArray<IPAddress> vips = [.. Enumerable.Range(0, Vips).Select(i => Vip(family, i))];
            await announcer.ApplyAsync([new(Group, [.. vips.Select(static v => new AnnouncedAddress(v, AddressPlacement.Interface, "lo"))], IsMaster: false)]);
            progress.WriteLine($"ha: {Vips} VIPs, {family}");
            // The first time is a just-in-time compiler's.
            foreach (var suffix in new[] { ", first time", "" })
            {
                using AnnouncementWatch watch = new(neighbour, "eth0", vips);
                var start = RealtimeClock.Nanoseconds;
                await announcer.SetRoleAsync(Group, isMaster: true);
                var (first, last) = await watch.AllAsync();
                report.Add(SpreadRow(family, suffix), "ms", (last - first) / 1e6);
                report.Add(Row(family, $"from the call to the last announcement{suffix}"), "ms", (last - start) / 1e6);
                await announcer.SetRoleAsync(Group, isMaster: false);
            }
        }
    }

    private static IPAddress Vip(string family, int number) => IPAddress.Parse(
        family == "IPv4" ? string.Create(CultureInfo.InvariantCulture, $"198.18.{1 + (number / 250)}.{1 + (number % 250)}") : string.Create(CultureInfo.InvariantCulture, $"2001:db8::1:{number:x}"));

    private static string Row(string family, string what) => string.Create(CultureInfo.InvariantCulture, $"loxi: {Vips} VIPs {family}, {what}");

    private static string SpreadRow(string family, string suffix) => Row(family, $"first to last announcement{suffix}");

    private void JudgeAnnouncement()
    {
        foreach (var family in options.HaParts.Contains("announce") ? _families : [])
        {
            report.AddBound(SpreadRow(family, ", first time"), 50);
            report.AddBound(SpreadRow(family, ""), 50);
        }
    }
}
