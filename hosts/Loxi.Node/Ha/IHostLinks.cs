namespace Loxi.Node.Ha;

/// <summary>The interfaces of this host.</summary>
internal interface IHostLinks
{
    /// <summary>Reads them.</summary>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    HostLinks ReadLinks();

    /// <summary>Tells when an address or a link may have changed: once when it has begun to listen, then for each change, until cancelled.</summary>
    /// <exception cref="Linux.LinuxException">The kernel refused.</exception>
    IAsyncEnumerable<bool> WatchAsync(CancellationToken cancellationToken);
}
