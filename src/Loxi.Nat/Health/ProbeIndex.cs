using Loxi.Core.Services;

namespace Loxi.Nat.Health;

/// <summary>Which endpoints of which services each probe decides for, so that a change of health costs nothing per service. Not thread-safe.</summary>
internal sealed class ProbeIndex
{
    private static readonly HashSet<(ServiceKey Service, ServiceEndpoint Endpoint)> Nobody = [];

    private readonly Dictionary<ProbeTarget, HashSet<(ServiceKey Service, ServiceEndpoint Endpoint)>> _users = [];

    /// <summary>All targets, each once.</summary>
    public IReadOnlyCollection<ProbeTarget> Targets => _users.Keys;

    /// <summary>Moves whenever the set of targets changes.</summary>
    public long Version { get; private set; }

    /// <summary>The endpoints that a target decides for; none when it is not known.</summary>
    public IReadOnlyCollection<(ServiceKey Service, ServiceEndpoint Endpoint)> Of(ProbeTarget target) =>
        _users.TryGetValue(target, out var users) ? users : Nobody;

    /// <summary>Moves <see cref="Version"/>: what is probed beside the services has changed.</summary>
    public void Touch() => Version++;

    /// <summary>Takes in the endpoints of a service that are probed.</summary>
    public void Add(Service service, EndpointRules rules)
    {
        foreach (var endpoint in service.Endpoints)
        {
            if (ProbeTargets.Of(service, endpoint, rules) is not { } target)
            {
                continue;
            }

            if (!_users.TryGetValue(target, out var users))
            {
                _users[target] = users = [];
                Version++;
            }

            users.Add((service.Key, endpoint));
        }
    }

    /// <summary>Takes out what <see cref="Add"/> took in for the same service and rules.</summary>
    public void Remove(Service service, EndpointRules rules)
    {
        foreach (var endpoint in service.Endpoints)
        {
            if (ProbeTargets.Of(service, endpoint, rules) is { } target
                && _users.TryGetValue(target, out var users)
                && users.Remove((service.Key, endpoint))
                && users.Count == 0)
            {
                _users.Remove(target);
                Version++;
            }
        }
    }
}
