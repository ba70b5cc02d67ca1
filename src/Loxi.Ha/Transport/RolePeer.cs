using System.Collections.Immutable;

namespace Loxi.Ha.Transport;

/// <summary>Another node.</summary>
/// <param name="NodeId">Its id, another than the own.</param>
public sealed record RolePeer(ushort NodeId)
{
    internal const int MostPaths = 8;

    /// <summary>The ways to it: 1 to 8. Two or more are recommended: of one way nobody can tell a broken cable from a dead node.</summary>
    public ImmutableArray<RolePath> Paths { get; init; } = [];

    /// <inheritdoc />
    public bool Equals(RolePeer? other) => other is not null && other.NodeId == NodeId && other.Paths.AsSpan().SequenceEqual(Paths.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(NodeId, Paths.Length);
}
