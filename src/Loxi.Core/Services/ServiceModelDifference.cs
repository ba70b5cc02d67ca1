using System.Collections.Immutable;

namespace Loxi.Core.Services;

/// <summary>What differs between two models. The order within each list means nothing.</summary>
/// <param name="Added">Services to add.</param>
/// <param name="Removed">Services to remove.</param>
/// <param name="Changed">Services whose content changes.</param>
public sealed record ServiceModelDifference(
    ImmutableArray<Service> Added, ImmutableArray<Service> Removed, ImmutableArray<ServiceChange> Changed)
{
    /// <summary>No difference.</summary>
    public static ServiceModelDifference None { get; } = new([], [], []);

    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty => Added.IsEmpty && Removed.IsEmpty && Changed.IsEmpty;
}
