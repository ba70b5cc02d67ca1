using Microsoft.Extensions.DependencyInjection;

namespace Loxi.Bfd.DependencyInjection;

/// <summary>A speaker in a container, for what is configured further.</summary>
public interface ILoxiBfdBuilder
{
    /// <summary>The container.</summary>
    IServiceCollection Services { get; }
}
