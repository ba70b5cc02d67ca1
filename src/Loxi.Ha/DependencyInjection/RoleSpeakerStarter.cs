using Loxi.Ha.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loxi.Ha.DependencyInjection;

/// <summary>Begins and ends with the host.</summary>
internal sealed class RoleSpeakerStarter(IServiceProvider provider, RoleSpeakerSettings settings) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => provider.GetRequiredService<RoleSpeaker>().ApplyAsync(settings, cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) => await provider.GetRequiredService<RoleSpeaker>().DisposeAsync().ConfigureAwait(false);
}
