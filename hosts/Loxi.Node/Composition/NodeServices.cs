using System.Collections.Immutable;
using Loxi.Api.Mapping;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Node.Rest;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>The desired services: changed one at a time, put in force, then saved. What could not be put in force or saved is taken back.</summary>
internal sealed class NodeServices(NatBalancer balancer, ServiceStore store) : INodeServices, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServiceModel _desired = ServiceModel.Empty;

    /// <summary>Puts the services of the state file in force; requests wait until then.</summary>
    public async Task StartAsync(ServiceModel saved)
    {
        await balancer.ApplyAsync(saved);
        _desired = saved;
        store.Fold();
        _ready.TrySetResult();
    }

    public async Task<ApplyResult> ApplyAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        var result = new ApplyResult(ApplyOutcome.Unchanged);
        await ChangeAsync(
            current =>
            {
                result = DesiredChange.Apply(new DesiredState(current, SourcePools.Empty), request, out var desired);
                return desired;
            },
            cancellationToken);
        return result;
    }

    public async Task<bool> DeleteAsync(ServiceKey key, CancellationToken cancellationToken) =>
        await ChangeAsync(current => current.Without(key), cancellationToken) > 0;

    public Task<int> DeleteByNameAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(current => DesiredChange.WithoutName(current, name), cancellationToken);

    public Task<int> DeleteAllAsync(CancellationToken cancellationToken) => ChangeAsync(static _ => ServiceModel.Empty, cancellationToken);

    public async Task<IReadOnlyList<ServiceView>> ListAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return [.. balancer.ReadServices().Select(s => new ServiceView(
            s.Service,
            [.. s.Endpoints.Select(e => new EndpointView(e.IsActive, e.Counters.PacketsIn + e.Counters.PacketsOut, e.Counters.BytesIn + e.Counters.BytesOut))]))];
    }

    public void Dispose() => _changing.Dispose();

    /// <summary>Returns by how many services the model became smaller.</summary>
    private async Task<int> ChangeAsync(Func<ServiceModel, ServiceModel> change, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var before = _desired;
            var desired = change(before);
            if (!ReferenceEquals(before, desired))
            {
                await PutInForceAsync(before, desired);
                _desired = desired;
            }

            return Math.Max(0, before.Count - desired.Count);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task PutInForceAsync(ServiceModel before, ServiceModel desired)
    {
        try
        {
            await balancer.ApplyAsync(desired);
            await store.SaveAsync(desired.DifferenceFrom(before), desired);
        }
        catch
        {
            await balancer.ApplyAsync(before);
            throw;
        }
    }
}
