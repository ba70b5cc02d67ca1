using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>What became of a source pool on the wire: the pool, or why there is none.</summary>
public sealed record PoolMapping
{
    internal PoolMapping(SourcePool? pool, ImmutableArray<Problem> problems)
    {
        Pool = problems.IsEmpty ? pool : null;
        Problems = problems;
    }

    /// <summary>The pool; null when there are problems.</summary>
    public SourcePool? Pool { get; }

    /// <summary>Everything that is wrong; empty when there is a pool.</summary>
    public ImmutableArray<Problem> Problems { get; }

    /// <summary>Whether there is a pool.</summary>
    [MemberNotNullWhen(true, nameof(Pool))]
    public bool IsValid => Pool is not null;
}
