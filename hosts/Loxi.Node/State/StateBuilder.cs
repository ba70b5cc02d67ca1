using Loxi.Core.Services;

namespace Loxi.Node.State;

/// <summary>A desired state while it is read: the whole file first, then one change after the other.</summary>
internal sealed class StateBuilder(DesiredState state)
{
    public Dictionary<ServiceKey, Service> Services { get; } = state.Services.ToDictionary(static s => s.Key);

    public Dictionary<string, SourcePool> Pools { get; } = state.Pools.ToDictionary(static p => p.Name);

    public DesiredState ToState() => new(ServiceModel.Create(Services.Values), SourcePools.Create(Pools.Values));
}
