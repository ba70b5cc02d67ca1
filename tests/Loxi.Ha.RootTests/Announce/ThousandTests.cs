using System.Globalization;
using System.Net;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Xunit;

namespace Loxi.Ha.RootTests.Announce;

/// <summary>A thousand VIPs in one group.</summary>
public sealed class ThousandTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BecomesMaster_AllAreTakenAndAnnouncedInOneBatch(bool isV6)
    {
        await using var lab = new AnnounceLab();
        var vips = Enumerable.Range(0, 1000).Select(i => IPAddress.Parse(isV6 ? $"2001:db8::1:{i:x}" : $"198.18.{i / 250}.{(i % 250) + 1}")).ToArray();
        lab.A.AddAddress("eth0", "198.18.255.254/16");
        var a = lab.Announcer(lab.A);
        await a.ApplyAsync(AnnounceLab.Group(false, "lo", vips), TestContext.Current.CancellationToken);
        var wanted = vips.Select(static v => Convert.ToHexString(v.GetAddressBytes())).ToHashSet();
        var at = isV6 ? 62 : 28;
        var size = isV6 ? 16 : 4;
        using var capture = lab.Client.Capture("eth0", p => p.Bytes.Length >= at + size && IsNeighbourMessage(p) && wanted.Contains(Convert.ToHexString(p.Bytes.Span.Slice(at, size))));

        await a.SetRoleAsync("g", true);

        var status = await a.ReadStatusAsync();
        var count = isV6 ? 1000 : 2000;
        var frames = (await capture.WaitForAsync(static _ => true, count, "all frames of the first announcement", TimeSpan.FromSeconds(10))).Take(count).ToArray();
        status.Counters.AddressesAdded.Should().Be(1000);
        status.Counters.SendErrors.Should().Be(0);
        frames.Select(p => Convert.ToHexString(p.Bytes.Span.Slice(at, size))).Distinct().Should().HaveCount(1000, "the second announcement comes 200 ms later");
        var spread = frames[^1].Time - frames[0].Time;
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} frames: first to last {spread.TotalMilliseconds:F1} ms at the neighbour, {status.Counters.LastBatchDuration.TotalMilliseconds:F1} ms to send"));
        spread.Should().BeLessThan(TimeSpan.FromSeconds(2), "loxi-bench ha measures, alone on the machine");
        status.Counters.LastBatchDuration.Should().BeLessThan(TimeSpan.FromSeconds(1));
    }

    private static bool IsNeighbourMessage(CapturedPacket packet) =>
        packet.Bytes.Span is var frame && (frame[12..14] is [8, 6] || (frame[12..14] is [0x86, 0xdd] && frame[54] == 136));
}
