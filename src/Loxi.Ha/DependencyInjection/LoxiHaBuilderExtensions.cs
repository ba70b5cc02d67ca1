using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Ha.DependencyInjection;
using Loxi.Ha.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>What a speaker of roles in a container can do more.</summary>
public static class LoxiHaBuilderExtensions
{
    /// <summary>Applies settings when the host starts, which fails when they are wrong, and stops when it stops. Without it the application calls <see cref="RoleSpeaker.ApplyAsync"/> when it is ready.</summary>
    /// <param name="builder">The speaker in the container.</param>
    /// <param name="settings">The settings to begin with.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ILoxiHaBuilder StartWithHost(this ILoxiHaBuilder builder, RoleSpeakerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RoleSpeakerStarter>(provider => new RoleSpeakerStarter(provider, settings)));
        return builder;
    }

    /// <summary>
    /// Registers <see cref="NeighbourAnnouncer"/>, as <see cref="INeighbourAnnouncer"/> too, and <see cref="AnnounceMetrics"/>, each unless it is there. It opens nothing before
    /// it is asked for something, and takes its addresses off when the container is disposed. Who has the roles (an <c>IRoleEffects</c>) tells it of them.
    /// </summary>
    /// <param name="builder">The speaker in the container.</param>
    /// <param name="options">How the announcer works; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static ILoxiHaBuilder AddAnnouncer(this ILoxiHaBuilder builder, NeighbourAnnouncerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(provider => new NeighbourAnnouncer(options, provider.GetService<ILoggerFactory>()));
        builder.Services.TryAddSingleton<INeighbourAnnouncer>(static provider => provider.GetRequiredService<NeighbourAnnouncer>());
        builder.Services.TryAddSingleton<AnnounceMetrics>();
        return builder;
    }
}
