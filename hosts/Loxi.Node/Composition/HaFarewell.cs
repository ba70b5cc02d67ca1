namespace Loxi.Node.Composition;

/// <summary>Gives the roles to other nodes before anything else stops: BGP then withdraws addresses that others already announce better.</summary>
internal sealed class HaFarewell(NodeHa ha) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => ha.LeaveAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
