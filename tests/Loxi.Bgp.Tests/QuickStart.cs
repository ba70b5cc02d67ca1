using System.Net;
using Loxi.Bgp;

internal static class QuickStart
{
    internal static async Task AnnounceAsync(BgpPeerSettings router, IPNetwork vip, CancellationToken stop)
    {
        await using var speaker = new BgpSpeaker();
        using var listener = speaker.Subscribe(static change => Console.WriteLine($"{change.Peer}: {change.From} -> {change.To}"));

        // Who we are and whom we talk to, all or none. Again with other peers or policies: sessions that stay are not touched.
        await speaker.ApplyAsync(new BgpConfiguration(new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1")) { ListenPort = 0 })
        {
            Peers = [router],
        }, cancellationToken: stop);

        // All that shall be announced. Again with other attributes: one UPDATE, no flap.
        await speaker.SetAdvertisementsAsync([new BgpAdvertisement(vip) { Med = 10, Communities = [0xfc00_0050] }], stop);

        await foreach (var change in speaker.WatchAsync(stop).Where(static change => change.To == BgpState.Established)) // disposing the speaker ends every session with Cease 6/2
        {
            Console.WriteLine($"{change.Peer} has our VIP: {await speaker.FlushAsync(TimeSpan.FromSeconds(1))}");
        }
    }
}
