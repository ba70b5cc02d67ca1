using System.Collections.Immutable;
using Loxi.Api;
using Loxi.Api.Mapping;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Health;
using Loxi.Node.Ha;
using Loxi.Node.Rest;
using Loxi.Node.State;

namespace Loxi.Node.Composition;

/// <summary>The desired services and source pools: changed one at a time, put in force, then saved. What could not be put in force or saved is taken back.</summary>
internal sealed class NodeServices(NatBalancer balancer, ServiceStore store) : INodeServices, INodePools, IGroupedServices, IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DesiredState _desired = DesiredState.Empty;
    private DrainedServices _drained = DrainedServices.None;
    private volatile GroupSources _sources = GroupSources.None;

    /// <summary>Why a change is refused, by what was desired before and shall be; null where it is not. Set before the first request.</summary>
    public Func<DesiredState, DesiredState, string?> Guard { get; set; } = static (_, _) => null;

    /// <summary>Raised when <see cref="Current"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>What is in force and saved.</summary>
    public DesiredState Current => Volatile.Read(ref _desired);

    /// <summary>The services of <see cref="Current"/> with the sources that a controller gave their groups.</summary>
    public ServiceModel WithSources => _sources.Apply(Current.Services);

    /// <summary>Puts the pools and services of the state file in force; requests wait until then.</summary>
    public async Task StartAsync(DesiredState saved)
    {
        await balancer.ApplySourcePoolsAsync(saved.Pools);
        _drained = _drained.Follow(ServiceModel.Empty, saved.Services);
        await PutAsync(_drained.Model);
        Volatile.Write(ref _desired, saved);
        store.Fold();
        _ready.TrySetResult();
    }

    public async Task<ApplyResult> ApplyAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        var result = new ApplyResult(ApplyOutcome.Unchanged);
        await ChangeAsync(
            current =>
            {
                result = DesiredChange.Apply(current, request, out var services);
                return current with { Services = services };
            },
            cancellationToken);
        return result;
    }

    public async Task<bool> DeleteAsync(ServiceKey key, CancellationToken cancellationToken) =>
        await ChangeServicesAsync(services => services.Without(key), cancellationToken) > 0;

    public Task<int> DeleteByNameAsync(string name, CancellationToken cancellationToken) =>
        ChangeServicesAsync(services => DesiredChange.WithoutName(services, name), cancellationToken);

    public Task<int> DeleteAllAsync(CancellationToken cancellationToken) => ChangeServicesAsync(static _ => ServiceModel.Empty, cancellationToken);

    public async Task<IReadOnlyList<ServiceView>> ListAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return [.. balancer.ReadServices().Select(s => new ServiceView(
            _sources.TakeBack(s.Service, Current.Services),
            [.. s.Endpoints.Select(e => new EndpointView(e.IsActive, e.Counters.PacketsIn + e.Counters.PacketsOut, e.Counters.BytesIn + e.Counters.BytesOut))]))];
    }

    public async Task<SourcePools> ReadPoolsAsync(CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        return balancer.SourcePools;
    }

    public Task<PoolResult> PutPoolAsync(SourcePool pool, CancellationToken cancellationToken) =>
        ChangePoolsAsync(current => (PoolChange.Put(current, pool, out var pools), pools), cancellationToken);

    public Task<PoolResult> DeletePoolAsync(string name, CancellationToken cancellationToken) =>
        ChangePoolsAsync(current => (PoolChange.Delete(current, name, out var pools), pools), cancellationToken);

    /// <summary>Lets endpoints keep their connections and get no new ones, in every service that has them, now and later.</summary>
    /// <param name="endpoints">All endpoints that shall drain.</param>
    public async Task DrainAsync(ImmutableHashSet<HeldEndpoint> endpoints)
    {
        await _changing.WaitAsync();
        try
        {
            var drained = DrainedServices.Of(endpoints, _desired.Services);
            // Before the start there is nothing in force; no services at all would take away what an earlier process left.
            if (_ready.Task.IsCompleted)
            {
                await PutAsync(drained.Model);
            }

            _drained = drained;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Gives full-NAT services the sources that a controller has posted for their groups; all or nothing.</summary>
    public async Task SetSourcesAsync(GroupSources sources)
    {
        await _ready.Task;
        await _changing.WaitAsync();
        var before = _sources;
        try
        {
            if (sources.Equals(before))
            {
                return;
            }

            _sources = sources;
            await PutAsync(_drained.Model);
        }
        catch
        {
            _sources = before;
            await PutAsync(_drained.Model);
            throw;
        }
        finally
        {
            _changing.Release();
        }

        Changed?.Invoke();
    }

    public void Dispose() => _changing.Dispose();

    /// <summary>Returns by how many services the model became smaller.</summary>
    private async Task<int> ChangeServicesAsync(Func<ServiceModel, ServiceModel> change, CancellationToken cancellationToken)
    {
        var (before, after) = await ChangeAsync(current => current with { Services = change(current.Services) }, cancellationToken);
        return Math.Max(0, before.Services.Count - after.Services.Count);
    }

    private async Task<PoolResult> ChangePoolsAsync(Func<DesiredState, (PoolResult Result, SourcePools Desired)> change, CancellationToken cancellationToken)
    {
        var result = new PoolResult(PoolOutcome.Done);
        await ChangeAsync(
            current =>
            {
                (result, var pools) = change(current);
                return current with { Pools = pools };
            },
            cancellationToken);
        return result;
    }

    private async Task<(DesiredState Before, DesiredState After)> ChangeAsync(Func<DesiredState, DesiredState> change, CancellationToken cancellationToken)
    {
        await _ready.Task.WaitAsync(cancellationToken);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var before = _desired;
            var desired = change(before);
            if (!ReferenceEquals(before.Services, desired.Services) || !ReferenceEquals(before.Pools, desired.Pools))
            {
                if (Guard(before, desired) is { } reason)
                {
                    throw new RefusedRequestException(StatusCodes.Status403Forbidden, StatusCodes.Status403Forbidden, $"{ApiErrors.TooManyInstances}: {reason}");
                }

                var drained = _drained.Follow(before.Services, desired.Services);
                await PutInForceAsync(before, desired, drained.Model);
                _drained = drained;
                Volatile.Write(ref _desired, desired);
                Changed?.Invoke();
            }

            return (before, desired);
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task PutInForceAsync(DesiredState before, DesiredState desired, ServiceModel services)
    {
        try
        {
            await ApplyAsync(desired.Pools, services);
            await store.SaveAsync(StateDifference.Between(before, desired), desired);
        }
        catch
        {
            await ApplyAsync(before.Pools, _drained.Model);
            throw;
        }
    }

    /// <summary>A change is one of services or one of pools, so that in either order what is in force fits.</summary>
    private async Task ApplyAsync(SourcePools pools, ServiceModel services)
    {
        if (!ReferenceEquals(pools, balancer.SourcePools))
        {
            await balancer.ApplySourcePoolsAsync(pools);
        }

        await PutAsync(services);
    }

    private ValueTask PutAsync(ServiceModel services) => balancer.ApplyAsync(_sources.Apply(services));
}
