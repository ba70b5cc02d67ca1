using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Loxi.Core.Services;

/// <summary>The source pools that a node shall have, one per name. Immutable: changes make another collection.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The plural says that it is a collection.")]
public sealed class SourcePools : IReadOnlyCollection<SourcePool>
{
    private readonly ImmutableSortedDictionary<string, SourcePool> _pools;

    private SourcePools(ImmutableSortedDictionary<string, SourcePool> pools) => _pools = pools;

    /// <summary>The collection without pools.</summary>
    public static SourcePools Empty { get; } = new(ImmutableSortedDictionary.Create<string, SourcePool>(StringComparer.Ordinal));

    /// <summary>How many pools there are.</summary>
    public int Count => _pools.Count;

    /// <summary>Makes a collection; of two pools of the same name the later one stays.</summary>
    /// <param name="pools">The pools.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pools"/> is null.</exception>
    public static SourcePools Create(IEnumerable<SourcePool> pools)
    {
        ArgumentNullException.ThrowIfNull(pools);
        var builder = Empty._pools.ToBuilder();
        foreach (var pool in pools)
        {
            builder[pool.Name] = pool;
        }

        return builder.Count == 0 ? Empty : new SourcePools(builder.ToImmutable());
    }

    /// <summary>Finds a pool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pool">The pool, null when there is none.</param>
    /// <returns>True when there is one.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out SourcePool? pool) => _pools.TryGetValue(name, out pool);

    /// <summary>The collection with this pool added, or in place of the one of the same name.</summary>
    /// <param name="pool">The pool.</param>
    /// <returns>The new collection; this one when it already holds an equal pool.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pool"/> is null.</exception>
    public SourcePools With(SourcePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        return _pools.TryGetValue(pool.Name, out var there) && there.Equals(pool) ? this : new SourcePools(_pools.SetItem(pool.Name, pool));
    }

    /// <summary>The collection without the pool of this name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The new collection; this one when it has no such pool.</returns>
    public SourcePools Without(string name) => _pools.ContainsKey(name) ? new SourcePools(_pools.Remove(name)) : this;

    /// <summary>Whether both hold the same pools.</summary>
    /// <param name="other">The other collection.</param>
    /// <returns>True when they do.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is null.</exception>
    public bool IsSameAs(SourcePools other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || _pools.Values.SequenceEqual(other._pools.Values);
    }

    /// <summary>The pools in the order of their names (ordinal).</summary>
    /// <returns>The pools.</returns>
    public IEnumerator<SourcePool> GetEnumerator() => _pools.Values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
