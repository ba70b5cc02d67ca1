using System.Net;
using Loxi.Core.Services;
using Loxi.Ebpf.Native;

namespace Loxi.Nat.Tables;

/// <summary>Where the connections of endpoints come from: pools, addresses of services, and the node's own, which follow its routes.</summary>
internal sealed partial class ServiceTables
{
    /// <summary>The pools that services may name.</summary>
    public SourcePools Pools { get; private set; } = SourcePools.Empty;

    /// <summary>Endpoints whose source is the node's own address: the way to them is asked for again when the network has changed.</summary>
    public NodeAddresses NodeAddresses => _nodes;

    /// <summary>Puts other pools in force, for the services too that use them: all of it or nothing.</summary>
    /// <exception cref="TableFullException">There is no room for their addresses; nothing has changed.</exception>
    /// <exception cref="EbpfException">The kernel refused a change; nothing has changed.</exception>
    /// <exception cref="AggregateException">A change failed, and so did taking it back.</exception>
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
        var changed = added.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        var users = _slots.Values.Where(s => s.Desired?.SourcePool is { } name && changed.Contains(name)).ToArray();
        var back = new Stack<Action>();
        try
        {
            foreach (var pool in added)
            {
                ClaimPool(pool, back);
            }

            back.Push(() => UsePools(before, users));
            UsePools(pools, users);
            foreach (var pool in removed)
            {
                ReleasePool(pool, back);
            }
        }
        catch (Exception reason)
        {
            TakeBack(back, reason);
            throw;
        }
    }

    /// <summary>
    /// Gives endpoints the addresses that the node has towards them now. One for which there is no room, or which the kernel refuses, keeps
    /// what it has until there is (<see cref="RetryWaiting"/>).
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
        catch (Exception e) when (e is TableFullException or EbpfException)
        {
            // The answer counts as known from here on: nobody would come back to it for a new one.
            slot.LacksSources = true;
            Wait(slot);
        }
    }

    private void UsePools(SourcePools pools, IEnumerable<ServiceSlot> users)
    {
        Pools = pools;
        GiveSources(users);
    }

    /// <summary>Gives the endpoints of services the sources that they shall have now, all of them or none: all are taken before the first endpoint changes.</summary>
    private void GiveSources(IEnumerable<ServiceSlot> slots)
    {
        var taken = new List<(EndpointSlot Place, SourceRun? Old, SourceRun? New)>();
        var pointed = 0;
        try
        {
            foreach (var slot in slots)
            {
                foreach (var place in slot.Endpoints.Values)
                {
                    var wanted = SourcesOf(slot.Desired!, place.Endpoint, _nodes.Of(place.Endpoint.Address));
                    if (!wanted.AsSpan().SequenceEqual(place.State.Sources?.Addresses))
                    {
                        taken.Add((place, place.State.Sources, Sources.Take(wanted)));
                    }
                }
            }

            for (; pointed < taken.Count; pointed++)
            {
                Point(taken[pointed].Place, taken[pointed].New);
            }
        }
        catch (Exception reason)
        {
            PointBack(taken, pointed, reason);
            throw;
        }

        taken.ForEach(t => Sources.Release(t.Old));
    }

    /// <summary>Endpoints get their old sources again; one that the kernel does not let go keeps the new ones.</summary>
    private void PointBack(List<(EndpointSlot Place, SourceRun? Old, SourceRun? New)> taken, int pointed, Exception reason)
    {
        var failures = new List<Exception>();
        for (var i = 0; i < taken.Count; i++)
        {
            var (place, old, wanted) = taken[i];
            try
            {
                if (i < pointed)
                {
                    Point(place, old);
                }

                Sources.Release(wanted);
            }
            catch (Exception e)
            {
                Sources.Release(old);
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("A change of source addresses failed, and so did taking it back: endpoints have old and new ones.", [reason, .. failures]);
        }
    }

    /// <summary>The kernel's entry and what is known of it change together.</summary>
    private void Point(EndpointSlot place, SourceRun? run)
    {
        var before = place.State;
        place.State = before with { Sources = run };
        try
        {
            WriteEndpoint(place);
        }
        catch
        {
            place.State = before;
            throw;
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

    /// <param name="pool">The pool.</param>
    /// <param name="back">Gets what takes each step back, before the step: what could not be written has been counted all the same.</param>
    private void ClaimPool(SourcePool pool, Stack<Action> back)
    {
        var group = Groups.Take(pool.VipGroup);
        back.Push(() => Groups.Release(pool.VipGroup));
        foreach (var address in pool.Addresses)
        {
            back.Push(() => Addresses.RemoveSource(address, group));
            Addresses.AddSource(address, group);
        }
    }

    private void ReleasePool(SourcePool pool, Stack<Action> back)
    {
        Groups.TryGet(pool.VipGroup, out var group);
        foreach (var address in pool.Addresses)
        {
            back.Push(() => Addresses.AddSource(address, group));
            Addresses.RemoveSource(address, group);
        }

        // Taken back first: the group may get another number.
        back.Push(() => group = Groups.Take(pool.VipGroup));
        Groups.Release(pool.VipGroup);
    }

    private static void TakeBack(Stack<Action> back, Exception reason)
    {
        var failures = new List<Exception>();
        while (back.TryPop(out var step))
        {
            try
            {
                step();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("A change of the source pools failed, and so did taking it back: they are in force in part.", [reason, .. failures]);
        }
    }
}
