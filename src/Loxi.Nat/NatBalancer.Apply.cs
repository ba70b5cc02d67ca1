using System.Collections.Immutable;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat;

/// <summary>Putting services in force, and what the health of their endpoints changes.</summary>
public sealed partial class NatBalancer
{
    /// <summary>Makes the model the one in force, changing only what differs. Applying the same model again does nothing.</summary>
    /// <param name="desired">The services.</param>
    /// <param name="cancellationToken">Checked before anything is changed.</param>
    /// <returns>A task that is complete when packets follow the model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="desired"/> is null.</exception>
    /// <exception cref="InvalidServicesException">Services are not valid, or ask for functions that do not exist; nothing is changed.</exception>
    /// <exception cref="TableFullException">A table is full. Nothing is changed; the first model after tables were adopted may be in force in part when it differs from what they held.</exception>
    public async ValueTask ApplyAsync(ServiceModel desired, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(desired);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What is in force has been checked when it came: only the difference needs to be.
            var difference = desired.DifferenceFrom(Current);
            Validate(desired.Count, difference);
            await ApplyDifferenceAsync(desired, difference).ConfigureAwait(false);
        }
        finally
        {
            // Also when it was only asked for.
            _blocks.SetBlocks(_tables.BlockCount > 0);
            _applying.Release();
        }
    }

    private async ValueTask ApplyDifferenceAsync(ServiceModel desired, ServiceModelDifference difference)
    {
        lock (_gate)
        {
            _tables.RequireRoom(difference.Removed, [.. difference.Added, .. difference.Changed.Select(static c => c.To)]);
            var before = Current;
            try
            {
                ApplyToTables(difference);
            }
            catch (TableFullException) when (_tidied || !Adopted)
            {
                // What did not fit has not been written; what came before it goes again.
                ApplyToTables(before.DifferenceFrom(Current));
                throw;
            }

            // The same services: the model that the next change is made from.
            Current = desired;
        }

        await ProbeWhatIsWantedAsync().ConfigureAwait(false);
    }

    private async ValueTask ProbeWhatIsWantedAsync()
    {
        long version;
        ImmutableArray<ProbeTarget> targets;
        lock (_gate)
        {
            version = _targets.Version;
            if (version == _probedVersion)
            {
                return;
            }

            targets = [.. _targets.Targets, .. EndpointRules.Targets];
        }

        await _probes.ApplyAsync(targets, CancellationToken.None).ConfigureAwait(false);
        _probedVersion = version;
    }

    private void ApplyToTables(ServiceModelDifference difference)
    {
        var lookAgain = false;
        try
        {
            foreach (var service in difference.Removed)
            {
                lookAgain |= _tables.Remove(service.Key);
                _targets.Remove(service, EndpointRules);
                Current = Current.Without(service.Key);
            }

            foreach (var service in difference.Added.Concat(difference.Changed.Select(c => c.To)))
            {
                lookAgain |= ApplyOne(service);
            }

            lookAgain |= RemoveUndesired();
        }
        finally
        {
            // Also for those before the one that did not fit.
            if (lookAgain)
            {
                LookAgain();
            }
        }
    }

    /// <summary>What an earlier process left and the first model does not have; later there is nothing to look for.</summary>
    private bool RemoveUndesired()
    {
        if (_tidied)
        {
            return false;
        }

        var removed = false;
        foreach (var key in _tables.Undesired())
        {
            removed |= _tables.Remove(key);
        }

        _tables.Tidy();
        _tidied = true;
        return removed;
    }

    private bool ApplyOne(Service service)
    {
        var lookAgain = _tables.Apply(service, _isHeld);
        if (Current.TryGet(service.Key, out var before))
        {
            _targets.Remove(before, EndpointRules);
        }

        if (ProbeTargets.LacksProbe(service) && (before is null || !ProbeTargets.LacksProbe(before)))
        {
            LogNoProbe(service.Key);
        }

        _targets.Add(service, EndpointRules);
        Current = Current.With(service);
        foreach (var endpoint in service.Endpoints)
        {
            lookAgain |= SetActive(service, endpoint, whileUnknown: null);
        }

        return lookAgain;
    }

    private void OnHealthChange(HealthChange change)
    {
        lock (_gate)
        {
            var lookAgain = false;
            try
            {
                foreach (var (service, endpoint) in _targets.Of(change.Target))
                {
                    lookAgain |= _tables.SetActive(service, endpoint, change.Current.IsUsable && !IsHeld(service.Protocol, endpoint));
                }
            }
            finally
            {
                if (lookAgain)
                {
                    LookAgain();
                }
            }
        }
    }

    /// <summary>Each flow checks its endpoint and next hop with its next packet; flows that say nothing any more are swept.</summary>
    private void LookAgain()
    {
        _generation.Move();
        _sweeper?.Change(SweepSoon, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(2404, LogLevel.Warning, "Service {Service} asks for monitoring, but this version probes by TCP only: its endpoints count as up; set probetype and probeport to a TCP port of theirs")]
    private partial void LogNoProbe(ServiceKey service);
}
