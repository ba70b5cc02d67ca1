using Loxi.Bfd;
using Loxi.Bfd.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>What a speaker in a container can do more.</summary>
public static class LoxiBfdBuilderExtensions
{
    /// <summary>
    /// Applies sessions when the host starts, which fails when they are wrong, and says AdminDown to every peer when it stops. Without it the
    /// application calls <see cref="BfdSpeaker.ApplyAsync"/> when it is ready.
    /// </summary>
    /// <param name="builder">The speaker in the container.</param>
    /// <param name="sessions">The sessions to begin with; none when others are applied later.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ILoxiBfdBuilder StartWithHost(this ILoxiBfdBuilder builder, params IEnumerable<BfdSessionSettings> sessions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(sessions);
        var first = sessions.ToArray();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BfdSpeakerStarter>(provider => new BfdSpeakerStarter(provider, first)));
        return builder;
    }
}
