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
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused a change. Nothing is changed, but for the first model after tables were adopted.</exception>
    /// <exception cref="AggregateException">A change failed, and so did taking it back: the services are in force in part, and the next model is written whole.</exception>
    public async ValueTask ApplyAsync(ServiceModel desired, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(desired);
        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // What is in force has been checked when it came: only the difference needs to be.
            var difference = desired.DifferenceFrom(Current);
            Validate(desired.Count, difference);
            await WithRoomAsync(() => ApplyDifference(desired, difference), cancellationToken).ConfigureAwait(false);
            await ProbeWhatIsWantedAsync().ConfigureAwait(false);
        }
        finally
        {
            // Also when it was only asked for.
            _blocks.SetBlocks(_tables.BlockCount > 0);
            _applying.Release();
        }

        AvailabilityChanged?.Invoke();
    }

    /// <summary>Makes a change; where there is no room, once more when the places that earlier changes gave up are free.</summary>
    private async ValueTask WithRoomAsync(Action change, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            try
            {
                change();
                return;
            }
            catch (TableFullException) when (_tables.Quarantine.UntilFree is not null)
            {
                wait = _tables.Quarantine.UntilFree.Value;
            }
        }

        await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            change();
        }
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

        AvailabilityChanged?.Invoke();
    }

    /// <summary>Each flow checks its endpoint and next hop with its next packet; flows that say nothing any more are swept.</summary>
    private void LookAgain()
    {
        _generation.Move();
        _sweeper?.Change(SweepSoon, Timeout.InfiniteTimeSpan);
    }
}
