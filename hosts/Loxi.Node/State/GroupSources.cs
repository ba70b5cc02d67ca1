using System.Collections.Immutable;
using System.Net;
using Loxi.Core.Services;
using Loxi.Node.Roles;

namespace Loxi.Node.State;

/// <summary>
/// The address that a controller posts with a role, <c>vip</c> of <c>cistate</c>: what full-NAT services of the group without <c>privateIP</c> and pool have as source instead of their VIP.
/// Immutable, pure.
/// </summary>
internal sealed record GroupSources
{
    private ImmutableDictionary<string, IPAddress> _sources = ImmutableDictionary<string, IPAddress>.Empty;

    /// <summary>No group has one.</summary>
    public static GroupSources None { get; } = new();

    /// <summary>Those of the posts.</summary>
    public static GroupSources Of(RoleModel posted) => posted.Groups.Values.All(static g => !AddressRules.IsUsable(g.Vip)) ? None
        : new() { _sources = posted.Groups.Where(static g => AddressRules.IsUsable(g.Value.Vip)).ToImmutableDictionary(static g => g.Key, static g => g.Value.Vip, StringComparer.Ordinal) };

    /// <summary>The services with the sources; the same object where there are none. A service that cannot have it, e.g. because an endpoint of it has that address, keeps its VIP.</summary>
    public ServiceModel Apply(ServiceModel services)
    {
        var model = services;
        foreach (var service in _sources.IsEmpty ? [] : services.AsEnumerable())
        {
            if (service is { Mode: NatMode.FullNat, PrivateAddress: null, SourcePool: null } && _sources.TryGetValue(service.VipGroup, out var source)
                && service with { PrivateAddress = source } is var other && ServiceValidator.Validate(other).IsEmpty)
            {
                model = model.With(other);
            }
        }

        return model;
    }

    /// <summary>A service as it was asked for.</summary>
    /// <param name="inForce">As it is in force.</param>
    /// <param name="desired">The services as they were asked for.</param>
    public Service TakeBack(Service inForce, ServiceModel desired) =>
        !_sources.IsEmpty && inForce.PrivateAddress is not null && desired.TryGet(inForce.Key, out var own) ? inForce with { PrivateAddress = own.PrivateAddress } : inForce;

    public bool Equals(GroupSources? other) => other is not null && _sources.Count == other._sources.Count && _sources.All(s => s.Value.Equals(other._sources.GetValueOrDefault(s.Key)));

    public override int GetHashCode() => _sources.Count;
}
