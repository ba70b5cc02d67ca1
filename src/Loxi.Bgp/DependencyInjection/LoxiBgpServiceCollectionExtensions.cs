using Loxi.Bgp;
using Loxi.Bgp.DependencyInjection;
using Loxi.Bgp.Diagnostics;
using Loxi.Core.Failures;
using Loxi.Core.Routes;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Puts the speaker of Loxi.Bgp into a container.</summary>
public static class LoxiBgpServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="BgpSpeaker"/>, <see cref="BgpMetrics"/> and <see cref="TimeProvider.System"/>, each unless it is there. An
    /// <see cref="IRouteInstaller"/> of the container gets the learned routes, an <see cref="IFailureDetector"/> (Loxi.Bfd has one) tells which peers are gone. The speaker opens nothing before a configuration is applied, by
    /// <see cref="BgpSpeaker.ApplyAsync"/> or with the host by <see cref="LoxiBgpBuilderExtensions.StartWithHost"/>. Disposing the container closes every session.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">How the speaker works; null for the defaults.</param>
    /// <returns>Goes on with the configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static ILoxiBgpBuilder AddLoxiBgp(this IServiceCollection services, BgpSpeakerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new BgpSpeaker(
            options, provider.GetService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>(), installer: provider.GetService<IRouteInstaller>(), failures: provider.GetService<IFailureDetector>()));
        services.TryAddSingleton<BgpMetrics>();
        return new LoxiBgpBuilder(services);
    }

    private sealed record LoxiBgpBuilder(IServiceCollection Services) : ILoxiBgpBuilder;
}
