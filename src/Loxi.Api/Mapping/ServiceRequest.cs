using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Loxi.Core;
using Loxi.Core.Services;

namespace Loxi.Api.Mapping;

/// <summary>What a request about a service asks for, or why it cannot be read.</summary>
public sealed record ServiceRequest
{
    internal ServiceRequest(ServiceOperation operation, Service? service, ImmutableArray<int> positions, ImmutableArray<Problem> problems)
    {
        Operation = operation;
        Service = problems.IsEmpty ? service : null;
        Positions = positions;
        Problems = problems;
    }

    /// <summary>What to do.</summary>
    public ServiceOperation Operation { get; }

    /// <summary>The service; null when there are problems. To attach and to detach only its key and its endpoints count.</summary>
    public Service? Service { get; }

    /// <summary>For each of the service's endpoints, which are sorted, its position in the request.</summary>
    public ImmutableArray<int> Positions { get; }

    /// <summary>Everything that is wrong; empty when there is a service.</summary>
    public ImmutableArray<Problem> Problems { get; }

    /// <summary>Whether the request can be read.</summary>
    [MemberNotNullWhen(true, nameof(Service))]
    public bool IsValid => Service is not null;
}
