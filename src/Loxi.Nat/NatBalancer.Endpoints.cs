using Loxi.Core.Services;
using Loxi.Nat.Health;

namespace Loxi.Nat;

/// <summary>Rules about endpoints, whatever services use them.</summary>
public sealed partial class NatBalancer
{
    /// <summary>Makes the rules the ones in force, changing only what differs. They count for the services in force and for those to come.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="cancellationToken">Checked before anything is changed.</param>
    /// <returns>A task that is complete when packets follow the rules.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="rules"/> is null.</exception>
    /// <exception cref="ArgumentException">A probe has a wrong value; all problems are listed and nothing is changed. Or services and rules ask for more probes than there can be.</exception>
    public async ValueTask ApplyEndpointRulesAsync(EndpointRules rules, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rules);
        List<string> errors = [.. rules.Targets.SelectMany(static t => t.Validate()).Distinct()];
        if (errors.Count != 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(rules));
        }

        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                ApplyRules(rules);
            }

            await ProbeWhatIsWantedAsync().ConfigureAwait(false);
        }
        finally
        {
            _applying.Release();
        }

        AvailabilityChanged?.Invoke();
    }

    private void ApplyRules(EndpointRules rules)
    {
        var before = EndpointRules;
        EndpointRules = rules;
        _targets.Touch();
        var lookAgain = false;
        foreach (var service in Current)
        {
            var moved = false;
            foreach (var endpoint in service.Endpoints)
            {
                var probedElse = ProbeTargets.Of(service, endpoint, before) != ProbeTargets.Of(service, endpoint, rules);
                var held = new HeldEndpoint(endpoint.Address, service.Key.Protocol, endpoint.Port);
                var wasHeld = before.Held.Contains(held);
                moved |= probedElse;
                if (probedElse || wasHeld != rules.Held.Contains(held))
                {
                    // An endpoint that is let go is taken for usable, as any other, until its probe has decided.
                    lookAgain |= SetActive(service, endpoint, wasHeld ? true : null);
                }
            }

            if (moved)
            {
                _targets.Remove(service, before);
                _targets.Add(service, rules);
            }
        }

        if (lookAgain)
        {
            LookAgain();
        }
    }

    private bool IsHeld(ServiceProtocol protocol, ServiceEndpoint endpoint) =>
        !EndpointRules.Held.IsEmpty && EndpointRules.Held.Contains(new HeldEndpoint(endpoint.Address, protocol, endpoint.Port));

    private bool IsKnownToBeDown(Service service, ServiceEndpoint endpoint) =>
        ProbeTargets.Of(service, endpoint, EndpointRules) is { } target
        && _probes.TryGetStatus(target) is { Health: { State: not HealthState.Unknown, IsUsable: false } };

    /// <summary>Lets an endpoint get connections or not, as hand and probe say. Returns whether anything changed.</summary>
    /// <param name="service">The service.</param>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="whileUnknown">What counts while the probe has not decided; null = what is in force.</param>
    private bool SetActive(Service service, ServiceEndpoint endpoint, bool? whileUnknown)
    {
        if (IsHeld(service.Key.Protocol, endpoint))
        {
            return _tables.SetActive(service.Key, endpoint, false);
        }

        if (ProbeTargets.Of(service, endpoint, EndpointRules) is not { } target)
        {
            return _tables.SetActive(service.Key, endpoint, true);
        }

        var active = _probes.TryGetStatus(target) is { Health.State: not HealthState.Unknown } status ? status.Health.IsUsable : whileUnknown;
        return active is { } known && _tables.SetActive(service.Key, endpoint, known);
    }
}
