using Loxi.Node.Options;

namespace Loxi.Node.Composition;

/// <summary>Lets routers look for other ways before anything else stops, then closes the BGP sessions and takes learned routes out of the kernel.</summary>
internal sealed class BgpFarewell(NodeAnnouncer announcer, NodeBgp bgp, NodeOptions options) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
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
