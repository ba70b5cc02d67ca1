using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Many addresses at once, and in few messages.</summary>
public sealed class ScaleTests
{
    private const int Count = 10_000;

    public static TheoryData<BgpDaemon, BgpFamily> All => new(
        from daemon in Cases.Daemons
        from family in Enum.GetValues<BgpFamily>()
        select (daemon, family));

    [Theory]
    [MemberData(nameof(All))]
    public async Task TenThousandAddressesOfOneAttributeSet_AreAnnouncedChangedAndWithdrawnInFewUpdates(BgpDaemon kind, BgpFamily family)
    {
        await using var lab = new PairLab(kind, family == BgpFamily.Ipv4Unicast ? Reach.IPv4 : Reach.IPv6);
        lab.Ours = lab.Ours with { HoldTime = TimeSpan.FromSeconds(90) };
        lab.Theirs = lab.Theirs with { HoldTime = 90, KeepaliveInterval = 30 };
        await lab.StartUpAsync();
        var vips = Enumerable.Range(1, Count).Select(number => new BgpAdvertisement(Vip(family, number)) { Med = 20 }).ToArray();
        var most = family == BgpFamily.Ipv4Unicast ? 16 : 50;

        await CheckAsync(vips, paths => paths.Count == Count && paths.All(static path => path.Med == 20), "all");
        await CheckAsync([.. vips.Select(static vip => vip with { Med = 10 })], paths => paths.Count == Count && paths.All(static path => path.Med == 10), "all with the other MED");
        await CheckAsync([], static paths => paths.Count == 0, "none");

        async Task CheckAsync(BgpAdvertisement[] advertisements, Func<IReadOnlyList<PeerPath>, bool> wanted, string what)
        {
            var before = lab.Node.ReadPeer(lab.TheirAddress)!.Counters.UpdatesSent;
            await lab.Node.AnnounceAsync(advertisements);
            await lab.Peer.WaitUntilAsync(() => lab.Peer.ReadPaths(family), wanted, what, static paths => string.Join(", ", paths.CountBy(static path => $"{path.Med}").Select(static med => $"{med.Value} with the MED {med.Key}")));
            (lab.Node.ReadPeer(lab.TheirAddress)!.Counters.UpdatesSent - before).Should().BeLessThanOrEqualTo(most);
        }
    }

    private static IPNetwork Vip(BgpFamily family, int number) => family == BgpFamily.Ipv4Unicast
        ? new IPNetwork(new IPAddress([198, 18, (byte)(number >> 8), (byte)number]), 32)
        : new IPNetwork(new IPAddress([0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(number >> 8), (byte)number]), 128);
}
