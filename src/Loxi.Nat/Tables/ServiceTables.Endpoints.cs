using Loxi.Core.Services;
using Loxi.Nat.Connections;

namespace Loxi.Nat.Tables;

/// <summary>The endpoints of a service: placed before it points to them, retired when it does not any more.</summary>
internal sealed partial class ServiceTables
{
    /// <summary>Never 0, which says "always".</summary>
    private static uint Now => Math.Max(1, FlowClock.Now);

    private void PlaceEndpoints(ServiceSlot slot, Service desired, Func<Service, ServiceEndpoint, bool> isHeld, Placement placement)
    {
        foreach (var endpoint in slot.Endpoints.Values)
        {
            endpoint.Desired = false;
        }

        // All that come with a service have always been there; one that joins others has not.
        var since = slot.Members.Length > 0 ? Now : 0;
        foreach (var endpoint in desired.Endpoints)
        {
            if (slot.Endpoints.TryGetValue(KeyOf(endpoint), out var place))
            {
                Change(place, desired, endpoint, placement);
            }
            else
            {
                place = Add(slot, desired, endpoint, since, placement);
                place.Active = !isHeld(desired, endpoint);
            }

            place.Desired = true;
            WriteEndpoint(place, keepSources: true);
        }
    }

    private EndpointSlot Add(ServiceSlot slot, Service desired, ServiceEndpoint endpoint, uint since, Placement placement)
    {
        var state = TakeState(desired, endpoint, slot.Claim!.Group, since);
        _endpointIndices.TryTake(out var index);
        var place = new EndpointSlot(slot, index, ++_lastSerial, state);
        slot.Endpoints[KeyOf(endpoint)] = place;
        placement.Added.Add(place);
        _places[index] = place;
        Addresses.AddEndpoint(endpoint.Address, state.Group);
        return place;
    }

    private void Change(EndpointSlot place, Service desired, ServiceEndpoint endpoint, Placement placement)
    {
        var before = place.State;
        var returns = before.Endpoint.Draining && !endpoint.Draining && place.Active;
        var after = TakeState(desired, endpoint, place.Owner.Claim!.Group, returns ? Now : before.Since);
        if (after == before)
        {
            LeaveState(after);
            return;
        }

        placement.Changed.Add((place, before));
        place.State = after;
        MoveEndpoint(before, after);
    }

    /// <summary>No service points any more to a source that was only kept until now.</summary>
    private void WriteWithoutOldSources(Placement placement)
    {
        foreach (var (place, _) in placement.Changed)
        {
            WriteEndpoint(place);
        }
    }

    /// <summary>A change has come to pass: what it replaced is given up.</summary>
    private void LeaveOldStates(Placement placement)
    {
        foreach (var (_, before) in placement.Changed)
        {
            LeaveState(before);
        }
    }

    /// <summary>Takes back what an attempt to apply a service has done.</summary>
    private void Undo(ServiceSlot slot, bool isNew, Service? before, ServiceClaim? oldClaim, Placement placement, Exception reason)
    {
        try
        {
            if (isNew)
            {
                Remove(slot.Key);
                return;
            }

            slot.Desired = before;
            Restore(slot, placement);
            Unclaim(slot, oldClaim);
        }
        catch (Exception e)
        {
            throw new AggregateException($"Service {slot.Key} could not be applied, nor put back as it was.", reason, e);
        }
    }

    /// <summary>Takes back what <see cref="PlaceEndpoints"/> has done, and the selection among its endpoints where there is one already.</summary>
    private void Restore(ServiceSlot slot, Placement placement)
    {
        foreach (var (place, before) in placement.Changed)
        {
            var after = place.State;
            place.State = before;
            WriteEndpoint(place);
            MoveEndpoint(after, before);
            LeaveState(after);
        }

        if (placement.IsSelected && slot.Desired is { } desired)
        {
            WriteSelection(slot, NeedsTable(desired));
        }

        foreach (var place in placement.Added)
        {
            Retire(place);
        }
    }

    private void Retire(EndpointSlot place)
    {
        var dead = place.Written;
        dead.Flags &= Shared.EndpointIpv4;
        (dead.SourcesBase, dead.SourcesCount) = (0, 0);
        // No endpoint of a service has it: how the next process knows that this one is of none.
        dead.Weight = 0;
        _maps.Endpoints.Update(place.Index, dead);
        place.Owner.Endpoints.Remove(KeyOf(place.Endpoint));
        _places[place.Index] = null;
        Retired.Enqueue(place.Index);
        LeaveState(place.State);
        Addresses.RemoveEndpoint(place.Endpoint.Address, place.State.Group);
    }

    /// <summary>The address is claimed in the new group before the old one is given up.</summary>
    private void MoveEndpoint(in EndpointState from, in EndpointState to)
    {
        if (from.Group != to.Group)
        {
            Addresses.AddEndpoint(to.Endpoint.Address, to.Group);
            Addresses.RemoveEndpoint(from.Endpoint.Address, from.Group);
        }
    }

    /// <summary>Writes what differs.</summary>
    /// <param name="place">The endpoint.</param>
    /// <param name="keepSources">Leaves sources that it shall not have any more until the service does not ask for them either.</param>
    private void WriteEndpoint(EndpointSlot place, bool keepSources = false)
    {
        var endpoint = place.Endpoint;
        var isIpv4 = endpoint.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        var raw = new RawEndpoint
        {
            Addr = WireAddress.From(endpoint.Address),
            Port = WireAddress.ToWire(endpoint.Port),
            Flags = (ushort)((place.Active ? Shared.EndpointActive : 0) | (isIpv4 ? Shared.EndpointIpv4 : 0) | (endpoint.Draining ? Shared.EndpointDraining : 0)),
            Service = place.Owner.Id,
            SourcesBase = place.State.Sources?.Base ?? 0,
            SourcesCount = place.State.Sources?.Count ?? 0,
            Serial = place.Serial,
            Since = place.State.Since,
            Weight = (uint)endpoint.Weight,
        };
        if (keepSources && raw.SourcesCount == 0)
        {
            (raw.SourcesBase, raw.SourcesCount) = (place.Written.SourcesBase, place.Written.SourcesCount);
        }

        if (!Same(raw, place.Written))
        {
            WriteSourcesFirst(place, raw);
            _maps.Endpoints.Update(place.Index, raw);
            place.Written = raw;
        }
    }

    /// <summary>
    /// An element of an array is not replaced at once: a packet may read the place of one run and the length of another. So no length that is
    /// seen is longer than either run while the place changes.
    /// </summary>
    private void WriteSourcesFirst(EndpointSlot place, in RawEndpoint raw)
    {
        var between = place.Written;
        if (between.SourcesCount == 0 || raw.SourcesBase == between.SourcesBase)
        {
            return;
        }

        var shorter = Math.Min(between.SourcesCount, raw.SourcesCount);
        if (shorter < between.SourcesCount)
        {
            between.SourcesCount = shorter;
            _maps.Endpoints.Update(place.Index, between);
        }

        if (shorter < raw.SourcesCount)
        {
            between.SourcesBase = raw.SourcesBase;
            _maps.Endpoints.Update(place.Index, between);
        }
    }

    /// <summary>What a change has done so far.</summary>
    private sealed class Placement
    {
        public List<EndpointSlot> Added { get; } = [];

        public List<(EndpointSlot Place, EndpointState Before)> Changed { get; } = [];

        /// <summary>Whether the service points to the new endpoints.</summary>
        public bool IsSelected { get; set; }
    }
}
