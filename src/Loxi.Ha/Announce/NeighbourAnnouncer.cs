using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Roles;
using Loxi.Linux;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Ha.Announce;

/// <summary>
/// Announces VIPs on links: gratuitous ARP in both forms and unsolicited neighbour advertisements, 5 in the first second, 5 more after 5 s, then
/// every 60 s; puts them on interfaces, probes for them and defends them (RFC 5227, RFC 4861 7.2.6).
/// </summary>
/// <remarks>Needs CAP_NET_ADMIN and CAP_NET_RAW. Nothing is opened before the first call. Methods may be called from any thread and do not block.
/// What goes on the wire, and when, is written in <c>docs/ha-announce.md</c>.</remarks>
public sealed partial class NeighbourAnnouncer : INeighbourAnnouncer, IAsyncDisposable
{
    private readonly Worker _worker;

    /// <summary>Makes an announcer that has nothing to announce.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentOutOfRangeException">The real-time priority is not 0 to 99.</exception>
    public NeighbourAnnouncer(NeighbourAnnouncerOptions? options = null, ILoggerFactory? loggers = null)
    {
        options ??= new NeighbourAnnouncerOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.RealTimePriority, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.RealTimePriority, 99, nameof(options));
        var where = options.NetworkNamespace;
        _worker = new Worker(
            () => new LinuxAnnounceSystem(where),
            options.RealTimePriority,
            loggers?.CreateLogger<NeighbourAnnouncer>() ?? NullLogger<NeighbourAnnouncer>.Instance,
            options.Mark);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidAnnouncementException">The declaration is wrong: all that is, at once.</exception>
    /// <exception cref="LinuxException">A capability is missing, or the kernel refused addresses: each is named.</exception>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public Task ApplyAsync(ImmutableArray<AnnouncedGroup> groups, CancellationToken cancellationToken = default) =>
        _worker.Do((core, now) => core.Apply(groups.IsDefault ? [] : groups, now)).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public Task SetRoleAsync(string group, bool isMaster, ImmutableArray<IPAddress> withheld = default) =>
        _worker.Do((core, now) => core.SetRole(group, isMaster, withheld, now));

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public Task RepeatAsync(string? group = null) => _worker.Do((core, now) => core.Repeat(group, now));

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public async Task<ImmutableArray<AddressClaim>> ProbeAsync(string group, ImmutableArray<IPAddress> addresses = default, CancellationToken cancellationToken = default)
    {
        var result = new TaskCompletionSource<ImmutableArray<AddressClaim>>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _worker.Do((core, now) => core.BeginProbe(group, addresses, result, now)).ConfigureAwait(false);
        using var registration = cancellationToken.Register(() => result.TrySetCanceled(cancellationToken));
        return await result.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public Task SetPeersAsync(ImmutableArray<IPAddress> addresses) => _worker.Do((core, _) => core.SetPeers(addresses));

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<AddressConflict> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return _worker.Subscribe(listener);
    }

    /// <summary>Says which next hops are asked whether they are there, by ARP and neighbour solicitation every 150 ms; replaces what was said before.</summary>
    /// <param name="gateways">The gateways; empty for none.</param>
    /// <returns>Ends when the first questions are sent.</returns>
    /// <exception cref="LinuxException">A capability is missing, or links cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public Task SetGatewaysAsync(ImmutableArray<TrackedGateway> gateways) => _worker.Do((core, now) => core.SetGateways(gateways, now));

    /// <summary>Listens to gateways that answer, or no longer do.</summary>
    /// <param name="listener">Called on the announcer's thread; it must not block.</param>
    /// <returns>Dispose to end.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    public IDisposable SubscribeGateways(Action<GatewayStatus> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return _worker.SubscribeGateways(listener);
    }

    /// <summary>Reads what is announced. Opens nothing where nothing was asked for yet.</summary>
    /// <returns>All groups and counters, of one moment.</returns>
    /// <exception cref="ObjectDisposedException">The announcer is disposed.</exception>
    public Task<AnnouncerStatus> ReadStatusAsync() => _worker.ReadStatusAsync();

    /// <summary>Takes every address off that the announcer put on an interface, says no more, and ends.</summary>
    /// <returns>Ends when that is done.</returns>
    public ValueTask DisposeAsync() => _worker.DisposeAsync();
}
