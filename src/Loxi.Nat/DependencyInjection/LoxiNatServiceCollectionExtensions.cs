using Loxi.Core.Connections;
using Loxi.Nat;
using Loxi.Nat.DependencyInjection;
using Loxi.Nat.Statistics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Puts the balancer of Loxi.Nat into a container.</summary>
public static class LoxiNatServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="NatBalancer"/>, its <see cref="IConnectionTable"/>, <see cref="NatMetrics"/>, the options with their checks (at the start of a host too) and
    /// <see cref="TimeProvider.System"/>, each unless it is there. The balancer loads its programs when it is first asked for, in the
    /// network namespace of that thread; it is on interfaces after <see cref="NatBalancer.Start"/>, or with the host by
    /// <see cref="LoxiNatBuilderExtensions.StartWithHost"/>. Disposing the container leaves the data plane in place.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>Goes on with the configuration.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static ILoxiNatBuilder AddLoxiNat(this IServiceCollection services, Action<LoxiNatOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<LoxiNatOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoxiNatOptions>, LoxiNatOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider =>
        {
            var value = provider.GetRequiredService<IOptions<LoxiNatOptions>>().Value;
            return NatBalancer.Open(value.ToNatOptions(), value.Timeouts, provider.GetService<ILoggerFactory>(), provider.GetRequiredService<TimeProvider>());
        });
        services.TryAddSingleton<IConnectionTable>(static provider => provider.GetRequiredService<NatBalancer>().Connections);
        services.TryAddSingleton<NatMetrics>();
        return new LoxiNatBuilder(services);
    }

    private sealed record LoxiNatBuilder(IServiceCollection Services) : ILoxiNatBuilder;
}
