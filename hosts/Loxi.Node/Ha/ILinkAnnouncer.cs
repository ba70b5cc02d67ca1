using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Announce;

namespace Loxi.Node.Ha;

/// <summary>What roles need of a <see cref="NeighbourAnnouncer"/> beside what <see cref="Composition.NodeVips"/> does with it.</summary>
internal interface ILinkAnnouncer
{
    /// <summary>Says which addresses other nodes have: what they claim is no conflict.</summary>
    Task SetPeersAsync(ImmutableArray<IPAddress> addresses);

    /// <summary>Says which gateways are watched, all of them.</summary>
    Task SetGatewaysAsync(ImmutableArray<TrackedGateway> gateways);

    /// <summary>Listens to gateways that answer, or no longer do.</summary>
    IDisposable SubscribeGateways(Action<GatewayStatus> listener);

    Task<AnnouncerStatus> ReadStatusAsync();

    /// <summary>Takes every address off that was put on an interface, and ends.</summary>
    ValueTask StopAsync();
}
