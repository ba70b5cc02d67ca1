using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loxi.Bfd.DependencyInjection;

/// <summary>Begins and ends with the host.</summary>
internal sealed class BfdSpeakerStarter(IServiceProvider provider, IReadOnlyList<BfdSessionSettings> sessions) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => provider.GetRequiredService<BfdSpeaker>().ApplyAsync(sessions, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) => await provider.GetRequiredService<BfdSpeaker>().DisposeAsync().ConfigureAwait(false);
}
