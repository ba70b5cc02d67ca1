using System.Net;
using Loxi.Core.Services;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat;

/// <summary>Where rewritten connections come from: pools, and the node's own addresses, which follow its routes.</summary>
public sealed partial class NatBalancer
{
    private static readonly TimeSpan FollowSoon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FollowAgain = TimeSpan.FromSeconds(1);

    private ITimer? _follower;
    private int _followsSoon;

    /// <summary>The source pools in force.</summary>
    public SourcePools SourcePools => _tables.Pools;

    /// <summary>Makes the pools the ones in force, for the services too that use them. Connections that are there keep their source.</summary>
    /// <param name="pools">The pools.</param>
    /// <param name="cancellationToken">Checked before anything is changed.</param>
    /// <returns>A task that is complete when new connections follow the pools.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pools"/> is null.</exception>
    /// <exception cref="InvalidServicesException">A pool is not valid, or a service in force uses a pool that would be gone, would be of another group, or would have no address for one of its endpoints; nothing is changed.</exception>
    /// <exception cref="TableFullException">There is no room for the addresses, or for the groups; nothing is changed.</exception>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused a change; nothing is changed.</exception>
    /// <exception cref="AggregateException">A change failed, and so did taking it back: the pools are in force in part.</exception>
    public async ValueTask ApplySourcePoolsAsync(SourcePools pools, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pools);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var problems = SourcePoolValidator.Validate(pools).AddRange(SourcePoolValidator.Validate(Current, pools));
            if (!problems.IsEmpty)
            {
                throw new InvalidServicesException(problems);
            }

            await WithRoomAsync(() => _tables.ApplyPools(pools), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <summary>Routes, addresses or links have changed, perhaps many at once: the ways to endpoints are asked for soon.</summary>
    private void OnWaysChanged()
    {
        if (Interlocked.Exchange(ref _followsSoon, 1) == 0)
        {
            _follower?.Change(FollowSoon, Timeout.InfiniteTimeSpan);
        }
    }

    private void FollowRoutes()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        // What changes from here on asks for another turn.
        Interlocked.Exchange(ref _followsSoon, 0);
        try
        {
            FollowRoutesOnce();
        }
        catch (Exception e)
        {
            LogFollowFailed(FollowAgain, e);
            _follower?.Change(FollowAgain, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Asks the kernel for the ways to all endpoints that are reached from the node's own addresses, and writes what has changed.</summary>
    internal void FollowRoutesOnce()
    {
        IReadOnlyList<IPAddress> destinations;
        lock (_gate)
        {
            destinations = _tables.NodeAddresses.Destinations;
        }

        // Thousands of questions: a change of the services must not wait for them.
        var answers = destinations.ToDictionary(static d => d, _tables.NodeAddresses.Ask);
        lock (_gate)
        {
            _tables.FollowRoutes(answers);
        }
    }

    [LoggerMessage(2004, LogLevel.Error, "The node's addresses towards endpoints could not be followed; trying again in {Pause}")]
    private partial void LogFollowFailed(TimeSpan pause, Exception exception);
}
