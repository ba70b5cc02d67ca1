using System.Net;
using System.Runtime.CompilerServices;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Nat.Health;
using Loxi.Node.Endpoints;
using Loxi.Node.Rest;
using Loxi.Node.State;
using Microsoft.Extensions.Logging;

namespace Loxi.Node.Tests.Rest;

/// <summary>A node without a data plane: keeps what it is told.</summary>
internal sealed class InMemoryNode : INodeServices, INodePools, INodeConnections, INodeEndpoints, INodeStatus
{
    public ServiceModel Model { get; private set; } = ServiceModel.Empty;

    public SourcePools Pools { get; private set; } = SourcePools.Empty;

    public List<NodeConnection> Connections { get; } = [];

    public HashSet<IPAddress> Unhealthy { get; } = [];

    public Exception? Fault { get; set; }

    public VersionInfo Version { get; } = new() { Version = "0.1.0", BuildInfo = "test" };

    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    public Task<ApplyResult> ApplyAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        var result = DesiredChange.Apply(new DesiredState(Model, Pools), request, out var desired);
        Model = desired;
        return Task.FromResult(result);
    }

    public Task<SourcePools> ReadPoolsAsync(CancellationToken cancellationToken) => Task.FromResult(Pools);

    public Task<PoolResult> PutPoolAsync(SourcePool pool, CancellationToken cancellationToken)
    {
        if (Fault is not null)
        {
            throw Fault;
        }

        var result = PoolChange.Put(new DesiredState(Model, Pools), pool, out var desired);
        Pools = desired;
        return Task.FromResult(result);
    }

    public Task<PoolResult> DeletePoolAsync(string name, CancellationToken cancellationToken)
    {
        var result = PoolChange.Delete(new DesiredState(Model, Pools), name, out var desired);
        Pools = desired;
        return Task.FromResult(result);
    }

    public Task<bool> DeleteAsync(ServiceKey key, CancellationToken cancellationToken)
    {
        var before = Model;
        Model = Model.Without(key);
        return Task.FromResult(!ReferenceEquals(before, Model));
    }

    public Task<int> DeleteByNameAsync(string name, CancellationToken cancellationToken)
    {
        var before = Model.Count;
        Model = DesiredChange.WithoutName(Model, name);
        return Task.FromResult(before - Model.Count);
    }

    public Task<int> DeleteAllAsync(CancellationToken cancellationToken)
    {
        var count = Model.Count;
        Model = ServiceModel.Empty;
        return Task.FromResult(count);
    }

    Task<IReadOnlyList<ServiceView>> INodeServices.ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ServiceView>>([.. Model.ToOrderedArray().Select(service =>
            new ServiceView(service, [.. service.Endpoints.Select(e => new EndpointView(!Unhealthy.Contains(e.Address), 0, 0))]))]);

    public async IAsyncEnumerable<NodeConnection> ListAsync(ConnectionFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var connection in Connections.Where(c => ConnectionMatcher.Matches(filter, c)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return connection;
        }

        await Task.CompletedTask;
    }

    public Task<long> CountAsync(ConnectionFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult<long>(Connections.Count(c => ConnectionMatcher.Matches(filter, c)));

    Task<long> INodeConnections.DeleteAsync(ConnectionFilter filter, CancellationToken cancellationToken) =>
        Task.FromResult<long>(Connections.RemoveAll(c => ConnectionMatcher.Matches(filter, c)));

    public EndpointModel Endpoints { get; private set; } = EndpointModel.Empty;

    public IReadOnlyList<NodeEndpoint> List() => EndpointListing.Make(
        Endpoints,
        Model.SelectMany(s => s.Endpoints.Select(e => (s, e, !Unhealthy.Contains(e.Address)))),
        []);

    public Task<EndpointOutcome> ConfigureAsync(ConfiguredEndpoint endpoint, CancellationToken cancellationToken)
    {
        var outcome = Endpoints.Configure(endpoint, out var desired);
        Endpoints = desired;
        return Task.FromResult(outcome);
    }

    public Task<EndpointOutcome> RemoveAsync(EndpointSelector selector, CancellationToken cancellationToken)
    {
        var outcome = Endpoints.Remove(selector, Model, out var desired);
        Endpoints = desired;
        return Task.FromResult(outcome);
    }

    public Task<EndpointOutcome> SetStateAsync(HeldEndpoint endpoint, HandState state, CancellationToken cancellationToken)
    {
        var outcome = Endpoints.SetState(endpoint, state, Model, out var desired);
        Endpoints = desired;
        return Task.FromResult(outcome);
    }

    public Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(new NodeStatus
    {
        Instance = "default",
        Layout = 1,
        HashSeed = "0x0123",
        Interfaces = [new InterfaceStatus { Name = "eth1", Index = 3, Hook = "tcx" }],
    });

    public Task<NodeCounters> GetCountersAsync(CancellationToken cancellationToken) => Task.FromResult(new NodeCounters
    {
        Reasons = [new ReasonCounter { Name = "no-service", Verdict = "pass", Packets = 7 }],
    });
}
