using Loxi.Core.Services;
using Loxi.Nat.Selection;

namespace Loxi.Nat.Tables;

/// <summary>Whether a change fits, asked before its first write.</summary>
internal sealed partial class ServiceTables
{
    /// <summary>Checks a change against the sizes of the tables; nothing is written.</summary>
    /// <param name="removed">Services that go, before others come.</param>
    /// <param name="applied">Services that come or change.</param>
    /// <exception cref="TableFullException">It does not fit.</exception>
    public void RequireRoom(IReadOnlyCollection<Service> removed, IReadOnlyCollection<Service> applied)
    {
        var free = _serviceIds.Capacity - _serviceIds.InUse + removed.Count(s => _slots.ContainsKey(s.Key));
        if (applied.Count(s => !_slots.ContainsKey(s.Key)) > free)
        {
            throw new TableFullException("services", _serviceIds.Capacity);
        }

        // The indices of endpoints that go are free once their flows are gone, not before.
        if (applied.Sum(CountNewEndpoints) > _endpointIndices.Capacity - _endpointIndices.InUse)
        {
            throw new TableFullException("endpoints", _endpointIndices.Capacity);
        }

        var groups = applied.Select(static s => s.VipGroup).Where(g => !Groups.TryGet(g, out _)).Distinct(StringComparer.Ordinal).Count();
        if (groups > Groups.Free)
        {
            throw GroupNumbers.Full();
        }

        RequirePrefixRoom(removed, applied);
        RequireMaglevRoom(removed, applied);
    }

    private void RequirePrefixRoom(IReadOnlyCollection<Service> removed, IReadOnlyCollection<Service> applied)
    {
        var given = removed.Sum(s => _slots.GetValueOrDefault(s.Key)?.Prefixes.Count ?? 0);
        var taken = applied.Where(s => s.Key.PortMax > s.Key.Port && !_slots.ContainsKey(s.Key)).Sum(s => PortRanges.Prefixes(s.Key.Port, s.Key.PortMax).Count);
        if (_prefixCount - given + taken > _maps.Ranges.Map.MaxEntries)
        {
            throw new TableFullException("prefixes of port ranges", _maps.Ranges.Map.MaxEntries);
        }
    }

    /// <summary>Everything of one service that can be full is asked before anything is written.</summary>
    private void RequireRoom(ServiceSlot slot, Service desired)
    {
        var added = desired.Endpoints.Count(e => !slot.Endpoints.ContainsKey(KeyOf(e)));
        if (added > _endpointIndices.Capacity - _endpointIndices.InUse)
        {
            throw new TableFullException("endpoints", _endpointIndices.Capacity);
        }

        if (!_memberRanges.TryTake((uint)desired.Endpoints.Length, out var start))
        {
            throw new TableFullException("members of services", _memberRanges.Capacity);
        }

        _memberRanges.Free(start, (uint)desired.Endpoints.Length);
    }

    private int CountNewEndpoints(Service service) =>
        _slots.TryGetValue(service.Key, out var slot) ? service.Endpoints.Count(e => !slot.Endpoints.ContainsKey(KeyOf(e))) : service.Endpoints.Length;

    private void RequireMaglevRoom(IReadOnlyCollection<Service> removed, IReadOnlyCollection<Service> applied)
    {
        var taken = applied.Where(NeedsTable).Select(MembersAfter).Where(static set => set.Length > 0).ToArray();
        var released = removed.Concat(applied).Select(s => _slots.GetValueOrDefault(s.Key)?.Maglev).OfType<MaglevLease>().ToArray();
        if (taken.Length > 0 && _maglev.CountAfter(released, taken) > Shared.MaxMaglevTables)
        {
            throw MaglevTables.Full();
        }
    }

    /// <summary>What <see cref="WriteSelection"/> will ask a table for.</summary>
    private MaglevMember[] MembersAfter(Service service)
    {
        var slot = _slots.GetValueOrDefault(service.Key);
        return
        [
            .. service.Endpoints
                .Where(e => !e.Draining && (slot is null || !slot.Endpoints.TryGetValue(KeyOf(e), out var place) || place.Active))
                .Select(static e => new MaglevMember(e.Address, e.Port, e.Weight)),
        ];
    }
}
