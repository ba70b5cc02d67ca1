using Loxi.Nat;
using Loxi.Nat.Health;
using Loxi.Node.Endpoints;
using Loxi.Node.Rest;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>What operators say about endpoints: changed one at a time, put in force, then saved. What could not be put in force or saved is taken back.</summary>
internal sealed class NodeEndpoints(NatBalancer balancer, NodeServices services, EndpointStateFile file) : INodeEndpoints, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile EndpointModel _model = EndpointModel.Empty;

    /// <summary>Puts what the state file says in force; call before services are, so that they come with it.</summary>
    /// <exception cref="StateFileException">The file is damaged or holds something that this version does not understand.</exception>
    public async Task StartAsync()
    {
        var saved = file.Load();
        await ApplyAsync(saved);
        _model = saved;
    }

    public IReadOnlyList<NodeEndpoint> List() => EndpointListing.Make(
        _model,
        balancer.ReadServices().SelectMany(static s => s.Endpoints.Select(e => (s.Service, e.Endpoint, e.IsActive))),
        balancer.Probes);

    public Task<EndpointOutcome> ConfigureAsync(ConfiguredEndpoint endpoint, CancellationToken cancellationToken) =>
        ChangeAsync(current => (current.Configure(endpoint, out var desired), desired), cancellationToken);

    public Task<EndpointOutcome> RemoveAsync(EndpointSelector selector, CancellationToken cancellationToken) =>
        ChangeAsync(current => (current.Remove(selector, balancer.Current, out var desired), desired), cancellationToken);

    public Task<EndpointOutcome> SetStateAsync(HeldEndpoint endpoint, HandState state, CancellationToken cancellationToken) =>
        ChangeAsync(current => (current.SetState(endpoint, state, balancer.Current, out var desired), desired), cancellationToken);

    public void Dispose() => _changing.Dispose();

    private async Task<EndpointOutcome> ChangeAsync(Func<EndpointModel, (EndpointOutcome Outcome, EndpointModel Desired)> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var before = _model;
            var (outcome, desired) = change(before);
            if (!ReferenceEquals(before, desired))
            {
                await PutInForceAsync(before, desired);
                _model = desired;
            }

            return outcome;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task PutInForceAsync(EndpointModel before, EndpointModel desired)
    {
        try
        {
            await ApplyAsync(desired);
            file.Save(desired);
        }
        catch
        {
            await ApplyAsync(before);
            throw;
        }
    }

    private async Task ApplyAsync(EndpointModel model)
    {
        await balancer.ApplyEndpointRulesAsync(model.ToRules());
        await services.DrainAsync(model.ToDrained());
    }
}
