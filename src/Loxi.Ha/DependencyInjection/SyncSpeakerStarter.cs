using Loxi.Ha.Sync.Speaker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Loxi.Ha.DependencyInjection;

/// <summary>Begins and ends with the host.</summary>
internal sealed class SyncSpeakerStarter<TKey, TValue>(IServiceProvider provider, SyncSpeakerMade<TKey, TValue> made, IOptions<LoxiSyncOptions> options) : IHostedService
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Settings is { } settings)
        {
            await provider.GetRequiredService<SyncSpeaker<TKey, TValue>>().ApplyAsync(settings, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (made.Speaker is { } speaker)
        {
            await speaker.DisposeAsync().ConfigureAwait(false);
        }
    }
}
