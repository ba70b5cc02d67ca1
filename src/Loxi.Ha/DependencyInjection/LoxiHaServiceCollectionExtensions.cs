using Loxi.Core.Failures;
using Loxi.Core.Roles;
using Loxi.Ha.DependencyInjection;
using Loxi.Ha.Diagnostics;
using Loxi.Ha.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Puts the speaker of Loxi.Ha into a container.</summary>
public static class LoxiHaServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="RoleSpeaker"/>, <see cref="HaMetrics"/>, the options with their checks (at the start of a host too) and <see cref="TimeProvider.System"/>, each
    /// unless it is there. <see cref="IRoleGates"/>, <see cref="IRoleEffects"/>, <see cref="IFailureDetector"/> and <see cref="IRoleWitness"/> are taken from the container where it has them. The
    /// speaker opens nothing before settings are applied, by <see cref="RoleSpeaker.ApplyAsync"/> or with the host by <see cref="LoxiHaBuilderExtensions.StartWithHost"/>.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>Goes on with the configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static ILoxiHaBuilder AddLoxiHa(this IServiceCollection services, Action<LoxiHaOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<LoxiHaOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoxiHaOptions>, LoxiHaOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider =>
        {
            var value = provider.GetRequiredService<IOptions<LoxiHaOptions>>().Value;
            return new RoleSpeaker(
                new RoleSpeakerOptions { RealTimePriority = value.RealTimePriority, StateDirectory = value.StateDirectory },
                provider.GetService<IRoleGates>(),
                provider.GetService<IRoleEffects>(),
                provider.GetService<IFailureDetector>(),
                provider.GetService<ILoggerFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<IRoleWitness>());
        });
        services.TryAddSingleton<HaMetrics>();
        return new LoxiHaBuilder(services);
    }

    private sealed record LoxiHaBuilder(IServiceCollection Services) : ILoxiHaBuilder;
}
