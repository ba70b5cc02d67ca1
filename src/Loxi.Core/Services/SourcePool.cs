using System.Collections.Immutable;
using System.Net;

namespace Loxi.Core.Services;

/// <summary>Addresses that the sources of connections are rewritten to. Part of a VIP group: they move between nodes with its VIPs. Immutable, compared by content.</summary>
public sealed record SourcePool
{
    private readonly ImmutableArray<IPAddress> _addresses = [];

    /// <summary>What services call it.</summary>
    public required string Name { get; init; }

    /// <summary>The group that it belongs to; only services of the same group may use it.</summary>
    /// <value>Default: <see cref="VipGroups.Default"/>.</value>
    public string VipGroup { get; init; } = VipGroups.Default;

    /// <summary>The addresses, of either family or both, in the order given. A client keeps to one of them while it has free ports (RFC 4787 REQ-2, "paired").</summary>
    /// <value>Default: none, which is not valid.</value>
    public ImmutableArray<IPAddress> Addresses
    {
        get => _addresses;
        init => _addresses = value.IsDefault ? [] : value;
    }

    /// <summary>Compares every member by content.</summary>
    /// <param name="other">The other pool.</param>
    /// <returns>True when all members are equal.</returns>
    public bool Equals(SourcePool? other) =>
        ReferenceEquals(this, other) || (other is not null
        && Name == other.Name
        && VipGroup == other.VipGroup
        && _addresses.AsSpan().SequenceEqual(other._addresses.AsSpan()));

    /// <summary>A hash of the name.</summary>
    /// <returns>The hash.</returns>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
