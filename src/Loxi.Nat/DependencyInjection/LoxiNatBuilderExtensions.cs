using Loxi.Nat;
using Loxi.Nat.DependencyInjection;
using Loxi.Nat.Interfaces;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>What a balancer in a container can do more.</summary>
public static class LoxiNatBuilderExtensions
{
    /// <summary>Attaches the balancer to interfaces when the host starts. Without it the application calls <see cref="NatBalancer.Start"/> when it is ready.</summary>
    /// <param name="builder">The balancer in the container.</param>
    /// <param name="policy">Which interfaces and how; null for every one but loopback.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static ILoxiNatBuilder StartWithHost(this ILoxiNatBuilder builder, InterfacePolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var chosen = policy ?? new InterfacePolicy();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NatBalancerStarter>(provider => new NatBalancerStarter(provider, chosen)));
        return builder;
    }
}
