using Microsoft.Extensions.DependencyInjection;

namespace Loxi.Bgp.DependencyInjection;

/// <summary>A speaker in a container, for what is configured further.</summary>
public interface ILoxiBgpBuilder
{
    /// <summary>The container.</summary>
    IServiceCollection Services { get; }
}
