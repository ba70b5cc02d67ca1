using Microsoft.Extensions.DependencyInjection;

namespace Loxi.Ha.DependencyInjection;

/// <summary>A speaker in a container, for what is configured further.</summary>
public interface ILoxiHaBuilder
{
    /// <summary>The container.</summary>
    IServiceCollection Services { get; }
}
