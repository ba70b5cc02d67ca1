using Loxi.Nat.Interfaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loxi.Nat.DependencyInjection;

/// <summary>Loads and attaches with the host; a host that stops leaves the data plane in place.</summary>
internal sealed class NatBalancerStarter(IServiceProvider provider, InterfacePolicy policy) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        provider.GetRequiredService<NatBalancer>().Start(policy);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
