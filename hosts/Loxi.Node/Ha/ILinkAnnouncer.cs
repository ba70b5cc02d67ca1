using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Announce;

namespace Loxi.Node.Ha;

/// <summary>What roles need of a <see cref="NeighbourAnnouncer"/> beside what <see cref="Composition.NodeVips"/> does with it.</summary>
internal interface ILinkAnnouncer
{
    /// <summary>Says which addresses other nodes have: what they claim is no conflict.</summary>
    Task SetPeersAsync(ImmutableArray<IPAddress> addresses);

    Task<AnnouncerStatus> ReadStatusAsync();

    /// <summary>Takes every address off that was put on an interface, and ends.</summary>
    ValueTask StopAsync();
}
