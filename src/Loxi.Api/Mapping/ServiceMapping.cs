using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>What became of a service on the wire: the service, or why there is none.</summary>
public sealed record ServiceMapping
{
    internal ServiceMapping(Service? service, ImmutableArray<Problem> problems)
    {
        Service = problems.IsEmpty ? service : null;
        Problems = problems;
    }

    /// <summary>The service; null when there are problems.</summary>
    public Service? Service { get; }

    /// <summary>Everything that is wrong; empty when there is a service.</summary>
    public ImmutableArray<Problem> Problems { get; }

    /// <summary>Whether there is a service.</summary>
    [MemberNotNullWhen(true, nameof(Service))]
    public bool IsValid => Service is not null;
}
