using Loxi.Core.Services;

namespace Loxi.Node.State;

/// <summary>What the node shall do: its services, and the pools that their sources come from.</summary>
/// <param name="Services">The services.</param>
/// <param name="Pools">The source pools; every pool that a service names is among them.</param>
internal sealed record DesiredState(ServiceModel Services, SourcePools Pools)
{
    /// <summary>Nothing.</summary>
    public static DesiredState Empty { get; } = new(ServiceModel.Empty, SourcePools.Empty);
}
