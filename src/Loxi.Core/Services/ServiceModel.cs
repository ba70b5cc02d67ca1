using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Loxi.Core.Services;

/// <summary>The services that a node shall have: an immutable collection with one service per key. Changes make a new model that shares what did not change.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The model is what the field calls it; that it is a collection is incidental.")]
public sealed class ServiceModel : IReadOnlyCollection<Service>
{
    private readonly ImmutableDictionary<ServiceKey, Service> _services;

    private readonly ImmutableDictionary<ServiceKey, Service>? _origin;
    private readonly ImmutableArray<ServiceKey> _touched = [];

    private ServiceModel(ImmutableDictionary<ServiceKey, Service> services) => _services = services;

    /// <summary>Remembers what it was made from and which keys may differ, so that one change among many is found without looking at the others.</summary>
    private ServiceModel(ImmutableDictionary<ServiceKey, Service> services, ImmutableDictionary<ServiceKey, Service> origin, ImmutableArray<ServiceKey> touched)
        : this(services) => (_origin, _touched) = (origin, touched);

    /// <summary>The model without services.</summary>
    public static ServiceModel Empty { get; } = new(ImmutableDictionary<ServiceKey, Service>.Empty);

    /// <summary>How many services there are.</summary>
    public int Count => _services.Count;

    /// <summary>The keys, in no particular order.</summary>
    public IEnumerable<ServiceKey> Keys => _services.Keys;

    /// <summary>Makes a model; of two services with the same key the later one stays.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static ServiceModel Create(IEnumerable<Service> services)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = ImmutableDictionary.CreateBuilder<ServiceKey, Service>();
        foreach (var service in services)
        {
            builder[service.Key] = service;
        }

        return builder.Count == 0 ? Empty : new ServiceModel(builder.ToImmutable());
    }

    /// <summary>Whether there is a service with this key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when there is.</returns>
    public bool Contains(ServiceKey key) => _services.ContainsKey(key);

    /// <summary>Finds a service.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="service">The service, null when there is none.</param>
    /// <returns>True when there is one.</returns>
    public bool TryGet(ServiceKey key, [NotNullWhen(true)] out Service? service) => _services.TryGetValue(key, out service);

    /// <summary>The model with this service added, or in place of the one with the same key.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The new model; this one when it already holds an equal service.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="service"/> is null.</exception>
    public ServiceModel With(Service service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var changed = _services.SetItem(service.Key, service);
        return ReferenceEquals(changed, _services) ? this : new ServiceModel(changed, _services, [service.Key]);
    }

    /// <summary>The model without the service of this key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The new model; this one when it has no such service.</returns>
    public ServiceModel Without(ServiceKey key)
    {
        var changed = _services.Remove(key);
        return ReferenceEquals(changed, _services) ? this : new ServiceModel(changed, _services, [key]);
    }

    /// <summary>The model without the services of these keys.</summary>
    /// <param name="keys">The keys; unknown ones are passed over.</param>
    /// <returns>The new model; this one when it has none of them.</returns>
    public ServiceModel Without(IEnumerable<ServiceKey> keys)
    {
        ImmutableArray<ServiceKey> touched = [.. keys];
        var changed = _services.RemoveRange(touched);
        return ReferenceEquals(changed, _services) ? this : new ServiceModel(changed, _services, touched);
    }

    /// <summary>What must be done to get from <paramref name="current"/> to this model.</summary>
    /// <param name="current">The model that is in force.</param>
    /// <returns>The difference; services are compared by content.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="current"/> is null.</exception>
    public ServiceModelDifference DifferenceFrom(ServiceModel current)
    {
        ArgumentNullException.ThrowIfNull(current);
        if (ReferenceEquals(current._services, _services))
        {
            return ServiceModelDifference.None;
        }

        var added = ImmutableArray.CreateBuilder<Service>();
        var removed = ImmutableArray.CreateBuilder<Service>();
        var changed = ImmutableArray.CreateBuilder<ServiceChange>();
        var keys = ReferenceEquals(current._services, _origin) ? _touched.Distinct() : _services.Keys.Concat(current._services.Keys.Where(key => !_services.ContainsKey(key)));
        foreach (var key in keys)
        {
            current._services.TryGetValue(key, out var existing);
            if (!_services.TryGetValue(key, out var desired))
            {
                if (existing is not null)
                {
                    removed.Add(existing);
                }
            }
            else if (existing is null)
            {
                added.Add(desired);
            }
            else if (!existing.Equals(desired))
            {
                changed.Add(new ServiceChange(existing, desired));
            }
        }

        return new ServiceModelDifference(added.DrainToImmutable(), removed.DrainToImmutable(), changed.DrainToImmutable());
    }

    /// <summary>The services in the order of their keys.</summary>
    /// <returns>A new array.</returns>
    public ImmutableArray<Service> ToOrderedArray()
    {
        var services = _services.Values.ToArray();
        Array.Sort(services, static (a, b) => a.Key.CompareTo(b.Key));
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(services);
    }

    /// <inheritdoc/>
    public IEnumerator<Service> GetEnumerator() => _services.Values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
