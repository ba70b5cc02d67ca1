using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp;
using Loxi.Node.Bgp;

namespace Loxi.Node.Composition;

/// <summary>The BGP of this node. Nothing is opened before there is a configuration.</summary>
internal sealed class NodeBgpSpeaker(BgpSpeaker speaker) : INodeBgpSpeaker
{
    public void AnnounceRestart() => speaker.AnnounceRestart(BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast);

    public Task ApplyAsync(BgpConfiguration? configuration, string text = "") => speaker.ApplyAsync(configuration, text);

    public Task ChangeAdvertisementsAsync(IReadOnlyList<BgpAdvertisement> announced, IReadOnlyList<IPNetwork> withdrawn) => speaker.ChangeAdvertisementsAsync(announced, withdrawn);

    public Task<ImmutableArray<BgpPeerReport>> ReadPeersAsync() => Task.FromResult(speaker.ReadPeers());

    public Task<BgpPeerErrors?> ReadErrorsAsync(BgpPeerKey peer) => Task.FromResult(speaker.ReadErrors(peer));

    public Task<BgpRoutePage> ReadRoutesAsync(BgpRouteQuery query) => Task.FromResult(speaker.ReadRoutes(query));

    public Task<bool> ResetAsync(BgpPeerKey peer, BgpResetKind kind, string text = "") => Task.FromResult(speaker.Reset(peer, kind, text));

    public Task<bool> FlushAsync(TimeSpan limit) => speaker.FlushAsync(limit);

    public ValueTask StopAsync(string text) => new(speaker.StopAsync(text));

    public ValueTask StopForRestartAsync(string text) => new(speaker.StopForRestartAsync(text));
}
