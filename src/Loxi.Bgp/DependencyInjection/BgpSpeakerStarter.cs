using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loxi.Bgp.DependencyInjection;

/// <summary>Begins and ends with the host.</summary>
internal sealed class BgpSpeakerStarter(IServiceProvider provider, BgpConfiguration configuration, IReadOnlyList<BgpAdvertisement> advertisements) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var speaker = provider.GetRequiredService<BgpSpeaker>();
        await speaker.SetAdvertisementsAsync(advertisements, cancellationToken).ConfigureAwait(false);
        await speaker.ApplyAsync(configuration, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await provider.GetRequiredService<BgpSpeaker>().DisposeAsync().ConfigureAwait(false);
}
