using Loxi.Bgp;
using Loxi.Bgp.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

#pragma warning disable IDE0130 // Extensions of the container live in its namespace, so that they are found.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>What a speaker in a container can do more.</summary>
public static class LoxiBgpBuilderExtensions
{
    /// <summary>
    /// Applies a configuration when the host starts, which fails when it is wrong, and closes every session with Cease 6/2 when it stops. Without it the
    /// application calls <see cref="BgpSpeaker.ApplyAsync"/> when it is ready.
    /// </summary>
    /// <param name="builder">The speaker in the container.</param>
    /// <param name="configuration">Who the speaker is, and its peers.</param>
    /// <param name="advertisements">What to announce; none when that is set later.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ILoxiBgpBuilder StartWithHost(this ILoxiBgpBuilder builder, BgpConfiguration configuration, params IEnumerable<BgpAdvertisement> advertisements)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(advertisements);
        var first = advertisements.ToArray();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BgpSpeakerStarter>(provider => new BgpSpeakerStarter(provider, configuration, first)));
        return builder;
    }
}
