using Loxi.Ha.DependencyInjection;
using Loxi.Ha.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

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
}
