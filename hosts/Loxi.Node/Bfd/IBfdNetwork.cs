using System.Net;

namespace Loxi.Node.Bfd;

/// <summary>The network of this host.</summary>
internal interface IBfdNetwork
{
    /// <summary>Whether a peer is on a connected subnet; true when there is no route to it at all, because then nothing speaks for several hops.</summary>
    bool IsDirect(IPAddress peer);

    /// <summary>Tells when an address or a link may have come: once when it has begun to listen, then for each change, until cancelled.</summary>
    IAsyncEnumerable<bool> WatchAsync(CancellationToken cancellationToken);
}
