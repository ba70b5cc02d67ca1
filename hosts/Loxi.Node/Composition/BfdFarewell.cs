namespace Loxi.Node.Composition;

/// <summary>Lets BFD say that the node goes before anything else stops, so that peers do not have to find out.</summary>
internal sealed class BfdFarewell(NodeBfd bfd) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => bfd.StopAsync();

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
