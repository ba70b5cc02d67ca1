using Microsoft.Extensions.DependencyInjection;

namespace Loxi.Nat.DependencyInjection;

/// <summary>A balancer in a container, for what is configured further.</summary>
public interface ILoxiNatBuilder
{
    /// <summary>The container.</summary>
    IServiceCollection Services { get; }
}
