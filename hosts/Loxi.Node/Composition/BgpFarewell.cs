using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>
/// Before anything else stops: lets routers look for other ways, closes the BGP sessions and takes learned routes out of the kernel. Where the node is only to
/// start again, routers with graceful restart are told nothing, and learned routes stay for the next start to compare.
/// </summary>
internal sealed class BgpFarewell(NodeAnnouncer announcer, NodeBgp bgp, NodeOptions options) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (options.BgpStop == BgpStopMode.Restart)
        {
            await announcer.StayAsync();
            await bgp.StopForRestartAsync();
            return;
        }

        try
        {
            await announcer.LeaveAsync(options.BgpDrain, cancellationToken);
        }
        finally
        {
            await bgp.StopAsync();
            if (options.BgpInstallRoutes)
            {
                KernelRoutes.RemoveAll();
            }
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
