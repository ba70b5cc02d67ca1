using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    /// <summary>Reads what the node is and how it is attached.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The status.</returns>
    public Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        GetAsync("loxi/v1/status", LoxiJson.NodeStatus, cancellationToken);

    /// <summary>Reads the counters of the data plane.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The counters.</returns>
    public Task<NodeCounters> GetCountersAsync(CancellationToken cancellationToken = default) =>
        GetAsync("loxi/v1/counters", LoxiJson.NodeCounters, cancellationToken);

    /// <summary>Lists connections.</summary>
    /// <param name="filter">Which ones; null = all.</param>
    /// <param name="limit">How many at most, 1 to 1,000,000. Default: 10,000.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The connections, and whether there are more.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is out of range.</exception>
    public Task<ConnectionList> ListConnectionsAsync(ConnectionFilter? filter = null, int limit = 10_000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1_000_000);
        var query = (filter ?? ConnectionFilter.All).ToQuery();
        var separator = query.Length == 0 ? '?' : '&';
        return GetAsync(string.Create(CultureInfo.InvariantCulture, $"loxi/v1/connections{query}{separator}limit={limit}"), LoxiJson.ConnectionList, cancellationToken);
    }

    /// <summary>Counts connections.</summary>
    /// <param name="filter">Which ones; null = all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many there are.</returns>
    public async Task<long> CountConnectionsAsync(ConnectionFilter? filter = null, CancellationToken cancellationToken = default) =>
        (await GetAsync("loxi/v1/connections/count" + (filter ?? ConnectionFilter.All).ToQuery(), LoxiJson.ConnectionCount, cancellationToken).ConfigureAwait(false)).Count;

    /// <summary>Removes connections from the table. Their next packets are treated as new.</summary>
    /// <param name="filter">Which ones; <see cref="ConnectionFilter.All"/> must be given on purpose.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="filter"/> is null.</exception>
    public async Task<long> DeleteConnectionsAsync(ConnectionFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var path = "loxi/v1/connections" + (filter.MatchesAll ? "?all=true" : filter.ToQuery());
        return (await SendAsync(HttpMethod.Delete, path, null, LoxiJson.ConnectionCount, cancellationToken).ConfigureAwait(false)).Count;
    }
}
