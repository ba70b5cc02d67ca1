using Loxi.Api.V1;
using Loxi.Api.Wire;
using Microsoft.Extensions.Logging;

namespace Loxi.Node.Rest;

/// <summary>What the node is and what it counts.</summary>
internal interface INodeStatus
{
    /// <summary>The version, for <c>GET /netlox/v1/version</c>.</summary>
    VersionInfo Version { get; }

    /// <summary>The level below which nothing is logged; a change is in force at once.</summary>
    LogLevel LogLevel { get; set; }

    Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken);

    Task<NodeCounters> GetCountersAsync(CancellationToken cancellationToken);
}
