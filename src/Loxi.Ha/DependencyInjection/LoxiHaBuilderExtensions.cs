using Loxi.Core.Roles;
using Loxi.Ha.Announce;
using Loxi.Ha.DependencyInjection;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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

    /// <summary>
    /// Registers <see cref="SyncSpeaker{TKey, TValue}"/>, as <see cref="ISyncSpeaker"/> too, its <see cref="SyncCertificate"/> and <see cref="SyncMetrics"/>, each unless it is there, and the options with their checks (at the start of a host too). The container must have an
    /// <see cref="ISyncSchema{TKey, TValue}"/> and an <see cref="ISyncTable{TKey, TValue}"/>. The speaker begins with the host where <see cref="LoxiSyncOptions.Settings"/> are given, and ends with it. What HELLO and roles say goes to it by
    /// <see cref="SyncSpeaker{TKey, TValue}.SetAliveAsync"/> and <see cref="SyncSpeaker{TKey, TValue}.SetRoleAsync"/>, which the application calls. One in a container.
    /// </summary>
    /// <typeparam name="TKey">The key of an entry.</typeparam>
    /// <typeparam name="TValue">The value of an entry.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ILoxiHaBuilder AddSync<TKey, TValue>(this ILoxiHaBuilder builder, Action<LoxiSyncOptions> configure)
        where TKey : unmanaged, IEquatable<TKey>
        where TValue : unmanaged
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<LoxiSyncOptions>().ValidateOnStart().Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoxiSyncOptions>, LoxiSyncOptionsValidator>());
        services.TryAddSingleton(static provider => SyncCertificate.LoadOrCreate(provider.GetRequiredService<IOptions<LoxiSyncOptions>>().Value.StateDirectory!, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider =>
        {
            var value = provider.GetRequiredService<IOptions<LoxiSyncOptions>>().Value;
            var engine = new SyncSettings { NodeId = (byte)value.NodeId!.Value, MaxEntries = value.MaxEntries };
            return provider.GetRequiredService<SyncSpeakerMade<TKey, TValue>>().Speaker = new SyncSpeaker<TKey, TValue>(
                new SyncSpeakerOptions
                {
                    Engine = value.Engine?.Invoke(engine) ?? engine,
                    Certificate = provider.GetRequiredService<SyncCertificate>(),
                    StateDirectory = value.StateDirectory,
                    ChangeQueue = value.ChangeQueue,
                },
                provider.GetRequiredService<ISyncSchema<TKey, TValue>>(),
                provider.GetRequiredService<ISyncTable<TKey, TValue>>(),
                provider.GetService<ILoggerFactory>(),
                provider.GetRequiredService<TimeProvider>());
        });
        services.TryAddSingleton<SyncSpeakerMade<TKey, TValue>>();
        services.TryAddSingleton<ISyncSpeaker>(static provider => provider.GetRequiredService<SyncSpeaker<TKey, TValue>>());
        services.TryAddSingleton<SyncMetrics>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SyncSpeakerStarter<TKey, TValue>>());
        return builder;
    }
}
