using Loxi.Bfd;
using Loxi.Bfd.DependencyInjection;
using Loxi.Bfd.Diagnostics;
using Loxi.Core.Failures;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Puts the speaker of Loxi.Bfd into a container.</summary>
public static class LoxiBfdServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="BfdSpeaker"/>, <see cref="BfdMetrics"/>, <see cref="BfdFailureDetector"/> as <see cref="IFailureDetector"/>, the options with their checks (at the start of a host too) and
    /// <see cref="TimeProvider.System"/>, each unless it is there. The speaker opens nothing before sessions are applied, by
    /// <see cref="BfdSpeaker.ApplyAsync"/> or with the host by <see cref="LoxiBfdBuilderExtensions.StartWithHost"/>. Disposing the container says AdminDown to
    /// every peer.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>Goes on with the configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static ILoxiBfdBuilder AddLoxiBfd(this IServiceCollection services, Action<LoxiBfdOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<LoxiBfdOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoxiBfdOptions>, LoxiBfdOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider =>
        {
            var value = provider.GetRequiredService<IOptions<LoxiBfdOptions>>().Value;
            return new BfdSpeaker(new BfdSpeakerOptions { RealTimePriority = value.RealTimePriority, StopTimeout = TimeSpan.FromSeconds(value.StopTimeoutSeconds) }, provider.GetService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>());
        });
        services.TryAddSingleton<BfdMetrics>();
        services.TryAddSingleton<IFailureDetector, BfdFailureDetector>();
        return new LoxiBfdBuilder(services);
    }

    private sealed record LoxiBfdBuilder(IServiceCollection Services) : ILoxiBfdBuilder;
}
