using Loxi.Core.Services;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>Whether a change fits, asked before its first write.</summary>
internal sealed partial class ServiceTables
{
    /// <summary>
    /// Checks a change of many services against the sizes of the tables, all of them together and in their order; nothing is written. What
    /// has been in quarantine for long enough is free for it.
    /// </summary>
    /// <param name="removed">Services that go before others come.</param>
    /// <param name="applied">Services that come or change.</param>
    /// <param name="isHeld">Whether an endpoint that is new gets no connections from the start.</param>
    /// <returns>Keeps what the kernel has said about the ways to new endpoints; to be disposed after the change.</returns>
    /// <exception cref="TableFullException">It does not fit.</exception>
    public IDisposable RequireRoom(IReadOnlyCollection<Service> removed, IReadOnlyCollection<Service> applied, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        Quarantine.Free();
        if (Lacking(removed, applied, isHeld) is { } full)
        {
            throw full;
        }

        // The indices of endpoints that go are free once their flows are gone, not before.
        if (applied.Sum(CountNewEndpoints) > _endpointIndices.Capacity - _endpointIndices.InUse)
        {
            throw new TableFullException("endpoints", _endpointIndices.Capacity);
        }

        RequireMemberRoom(applied, isHeld);
        var plan = new SourcePlan(Sources, _nodes);
        try
        {
            foreach (var service in removed)
            {
                PlanSources(plan, _slots.GetValueOrDefault(service.Key), null);
            }

            foreach (var service in applied)
            {
                PlanSources(plan, _slots.GetValueOrDefault(service.Key), service);
            }
        }
        catch
        {
            plan.Dispose();
            throw;
        }

        return plan;
    }

    /// <summary>Whether services can come before others go: those then have their places still.</summary>
    public bool FitBeside(IReadOnlyCollection<Service> applied, Func<Service, ServiceEndpoint, bool> isHeld) => Lacking([], applied, isHeld) is null;

    /// <summary>What is full of the tables in which a service that goes gives up its place at once; null when all fits.</summary>
    private TableFullException? Lacking(IReadOnlyCollection<Service> removed, IReadOnlyCollection<Service> applied, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        var free = _serviceIds.Capacity - _serviceIds.InUse + removed.Count(s => _slots.ContainsKey(s.Key));
        if (applied.Count(s => !_slots.ContainsKey(s.Key)) > free)
        {
            return new TableFullException("services", _serviceIds.Capacity);
        }

        var groups = applied.Select(static s => s.VipGroup).Where(g => !Groups.TryGet(g, out _)).Distinct(StringComparer.Ordinal).Count();
        if (groups > Groups.Free)
        {
            return GroupNumbers.Full();
        }

        var given = removed.Sum(s => _slots.GetValueOrDefault(s.Key)?.Prefixes.Count ?? 0);
        var taken = applied.Where(s => s.Key.PortMax > s.Key.Port && !_slots.ContainsKey(s.Key)).Sum(s => PortRanges.Prefixes(s.Key.Port, s.Key.PortMax).Count);
        if (_prefixCount - given + taken > _maps.Ranges.Map.MaxEntries)
        {
            return new TableFullException("prefixes of port ranges", _maps.Ranges.Map.MaxEntries);
        }

        var released = removed.Select(s => _slots.GetValueOrDefault(s.Key)?.Maglev).OfType<MaglevLease>();
        var changes = applied.Select(s => (_slots.GetValueOrDefault(s.Key)?.Maglev, NeedsTable(s) ? MembersAfter(s, isHeld) : []));
        return _maglev.MostDuring(released, changes) > Shared.MaxMaglevTables ? MaglevTables.Full() : null;
    }

    /// <summary>The lists of members are written one after the other, each in a new place: what they leave is in quarantine until later.</summary>
    private void RequireMemberRoom(IReadOnlyCollection<Service> applied, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        var places = _memberRanges.Copy();
        foreach (var service in applied)
        {
            if (!places.TryTake((uint)NewMembers(service, isHeld), out _))
            {
                throw new TableFullException("members of services", places.Capacity);
            }
        }
    }

    /// <summary>Length of the list of members that <see cref="WriteSelection"/> will write; 0 when it leaves the one that is there.</summary>
    private int NewMembers(Service service, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        var slot = _slots.GetValueOrDefault(service.Key);
        var members = new List<(uint Index, int Weight)>(service.Endpoints.Length);
        var hasNew = false;
        foreach (var endpoint in service.Endpoints.Where(e => IsMemberAfter(slot, service, e, isHeld)))
        {
            var known = slot?.Endpoints.GetValueOrDefault(KeyOf(endpoint));
            hasNew |= known is null;
            members.Add((known?.Index ?? 0, endpoint.Weight));
        }

        return hasNew || slot is null || !SameMembers(MembersOf(service.Selection, [.. members]), slot.Members) ? members.Count : 0;
    }

    private void PlanSources(SourcePlan plan, ServiceSlot? slot, Service? service)
    {
        // As they are written: all of a service are taken before it gives up any.
        foreach (var endpoint in service?.Endpoints ?? [])
        {
            var node = SourceRules.IsNodes(service!, endpoint) ? plan.NodeTowards(endpoint.Address) : null;
            plan.Take(SourcesOf(service!, endpoint, node));
        }

        foreach (var place in slot?.Endpoints.Values ?? Enumerable.Empty<EndpointSlot>())
        {
            plan.Release(place.State.Sources);
        }
    }

    private int CountNewEndpoints(Service service) =>
        _slots.TryGetValue(service.Key, out var slot) ? service.Endpoints.Count(e => !slot.Endpoints.ContainsKey(KeyOf(e))) : service.Endpoints.Length;

    private void RequireEndpointRoom(Service desired)
    {
        if (CountNewEndpoints(desired) > _endpointIndices.Capacity - _endpointIndices.InUse)
        {
            throw new TableFullException("endpoints", _endpointIndices.Capacity);
        }
    }

    /// <summary>What <see cref="WriteSelection"/> will ask a table for.</summary>
    private MaglevMember[] MembersAfter(Service service, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        var slot = _slots.GetValueOrDefault(service.Key);
        return [.. service.Endpoints.Where(e => IsMemberAfter(slot, service, e, isHeld)).Select(static e => new MaglevMember(e.Address, e.Port, e.Weight))];
    }

    private static bool IsMemberAfter(ServiceSlot? slot, Service service, ServiceEndpoint endpoint, Func<Service, ServiceEndpoint, bool> isHeld) =>
        !endpoint.Draining && (slot is not null && slot.Endpoints.TryGetValue(KeyOf(endpoint), out var place) ? place.Active : !isHeld(service, endpoint));
}
