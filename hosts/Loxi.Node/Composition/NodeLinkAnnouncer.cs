using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Announce;
using Loxi.Node.Ha;

namespace Loxi.Node.Composition;

/// <summary>The announcements of this node on its links.</summary>
internal sealed class NodeLinkAnnouncer(NeighbourAnnouncer announcer) : ILinkAnnouncer
{
    public Task SetPeersAsync(ImmutableArray<IPAddress> addresses) => announcer.SetPeersAsync(addresses);

    public Task SetGatewaysAsync(ImmutableArray<TrackedGateway> gateways) => announcer.SetGatewaysAsync(gateways);

    public IDisposable SubscribeGateways(Action<GatewayStatus> listener) => announcer.SubscribeGateways(listener);

    public Task<AnnouncerStatus> ReadStatusAsync() => announcer.ReadStatusAsync();

    public ValueTask StopAsync() => announcer.DisposeAsync();
}
