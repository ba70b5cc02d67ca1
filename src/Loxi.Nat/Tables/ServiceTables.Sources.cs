using System.Net;
using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

/// <summary>Where the connections of endpoints come from: pools, addresses of services, and the node's own, which follow its routes.</summary>
internal sealed partial class ServiceTables
{
    /// <summary>The pools that services may name.</summary>
    public SourcePools Pools { get; private set; } = SourcePools.Empty;

    /// <summary>Endpoints whose source is the node's own address: the way to them is asked for again when the network has changed.</summary>
    public NodeAddresses NodeAddresses => _nodes;

    /// <summary>Puts other pools in force, for the services too that use them.</summary>
    /// <exception cref="TableFullException">There is no room for their addresses; nothing has changed.</exception>
    public void ApplyPools(SourcePools pools)
    {
        Quarantine.Free();
        if (pools.Sum(static p => (long)p.Addresses.Length) > Sources.Places.Capacity)
        {
            throw new TableFullException("source addresses", Sources.Places.Capacity);
        }

        var before = Pools;
        var added = pools.Where(p => !before.TryGet(p.Name, out var same) || !same.Equals(p)).ToArray();
        var removed = before.Where(p => !pools.TryGet(p.Name, out var same) || !same.Equals(p)).ToArray();
        var claimed = new List<SourcePool>();
        try
        {
            foreach (var pool in added)
            {
                ClaimPool(pool, add: true);
                claimed.Add(pool);
            }

            Pools = pools;
            var changed = added.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
            GiveSources(_slots.Values.Where(s => s.Desired?.SourcePool is { } name && changed.Contains(name)));
        }
        catch
        {
            Pools = before;
            claimed.ForEach(pool => ClaimPool(pool, add: false));
            throw;
        }

        foreach (var pool in removed)
        {
            ClaimPool(pool, add: false);
        }
    }

    /// <summary>
    /// Gives endpoints the addresses that the node has towards them now. One for which there is no room keeps what it has until there is
    /// (<see cref="RetryWaiting"/>).
    /// </summary>
    /// <param name="answers">What the kernel has said, for each destination that was asked for.</param>
    public void FollowRoutes(IReadOnlyDictionary<IPAddress, IPAddress?> answers)
    {
        Quarantine.Free();
        var moved = answers.Where(a => _nodes.Learn(a.Key, a.Value)).Select(static a => a.Key).ToHashSet();
        if (moved.Count == 0)
        {
            return;
        }

        foreach (var slot in _slots.Values.Where(s => s.Endpoints.Values.Any(e => e.State.FollowsNode && moved.Contains(e.Endpoint.Address))))
        {
            GiveSourcesOrWait(slot);
        }
    }

    private void GiveSourcesOrWait(ServiceSlot slot)
    {
        try
        {
            GiveSources([slot]);
            slot.LacksSources = false;
        }
        catch (TableFullException)
        {
            slot.LacksSources = true;
            Wait(slot);
        }
    }

    /// <summary>Gives the endpoints of services the sources that they shall have now: all are taken before the first endpoint changes.</summary>
    private void GiveSources(IEnumerable<ServiceSlot> slots)
    {
        var taken = new List<(EndpointSlot Place, SourceRun? Run)>();
        try
        {
            foreach (var slot in slots)
            {
                foreach (var place in slot.Endpoints.Values)
                {
                    var wanted = SourcesOf(slot.Desired!, place.Endpoint, _nodes.Of(place.Endpoint.Address));
                    if (!wanted.AsSpan().SequenceEqual(place.State.Sources?.Addresses))
                    {
                        taken.Add((place, Sources.Take(wanted)));
                    }
                }
            }
        }
        catch
        {
            taken.ForEach(t => Sources.Release(t.Run));
            throw;
        }

        foreach (var (place, run) in taken)
        {
            var old = place.State.Sources;
            place.State = place.State with { Sources = run };
            WriteEndpoint(place);
            Sources.Release(old);
        }
    }

    private EndpointState TakeState(Service service, ServiceEndpoint endpoint, byte group, uint since)
    {
        var follows = SourceRules.IsNodes(service, endpoint);
        var node = follows ? _nodes.Take(endpoint.Address) : null;
        try
        {
            return new EndpointState(endpoint, Sources.Take(SourcesOf(service, endpoint, node)), follows, since, group);
        }
        catch when (follows)
        {
            _nodes.Release(endpoint.Address);
            throw;
        }
    }

    private void LeaveState(in EndpointState state)
    {
        Sources.Release(state.Sources);
        if (state.FollowsNode)
        {
            _nodes.Release(state.Endpoint.Address);
        }
    }

    private UInt128[] SourcesOf(Service service, ServiceEndpoint endpoint, IPAddress? node)
    {
        var pool = service.SourcePool is { } name && Pools.TryGet(name, out var found) ? found : null;
        return [.. SourceRules.Of(service, endpoint, pool, node).Select(static a => WireAddress.ToNumber(WireAddress.From(a)))];
    }

    private void ClaimPool(SourcePool pool, bool add)
    {
        if (add)
        {
            var group = Groups.Take(pool.VipGroup);
            foreach (var address in pool.Addresses)
            {
                Addresses.AddSource(address, group);
            }
        }
        else
        {
            Groups.TryGet(pool.VipGroup, out var group);
            foreach (var address in pool.Addresses)
            {
                Addresses.RemoveSource(address, group);
            }

            Groups.Release(pool.VipGroup);
        }
    }
}
