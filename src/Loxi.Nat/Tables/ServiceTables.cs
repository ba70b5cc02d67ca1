using System.Runtime.InteropServices;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;

namespace Loxi.Nat.Tables;

/// <summary>
/// Services as the programs see them. Applying a service writes only what differs, in an order in which a packet never meets half of
/// it: endpoints, then the list of active ones (in a new place), then the service that points there. Not thread-safe.
/// </summary>
internal sealed partial class ServiceTables : IDisposable
{
    private readonly NatMaps _maps;
    private readonly IndexAllocator _serviceIds;
    private readonly IndexAllocator _endpointIndices;
    private readonly RangeAllocator _memberRanges;
    private readonly MaglevTables _maglev;
    private readonly Dictionary<ServiceKey, ServiceSlot> _slots = [];
    private readonly ServiceSlot?[] _owners;
    private readonly List<(uint Start, uint Length)> _quarantine = [];

    public ServiceTables(NatMaps maps, ulong hashSeed)
    {
        _maps = maps;
        _serviceIds = new IndexAllocator(maps.Rotation.Map.MaxEntries);
        _endpointIndices = new IndexAllocator(maps.Endpoints.Map.MaxEntries);
        _memberRanges = new RangeAllocator(maps.Members.Map.MaxEntries);
        _maglev = new MaglevTables(maps.Maglev, hashSeed);
        _owners = new ServiceSlot?[maps.Endpoints.Map.MaxEntries];
        Addresses = new AddressTable(maps.Addresses);
    }

    public AddressTable Addresses { get; }

    public IReadOnlyDictionary<ServiceKey, ServiceSlot> Slots => _slots;

    public int MaglevTableCount => _maglev.Count;

    public MaglevPlaces MaglevPlaces => _maglev.Places;

    public RangeAllocator MemberRanges => _memberRanges;

    /// <summary>Endpoints that no service has any more. Their flows must go before their indices can be used again.</summary>
    public Queue<uint> Retired { get; } = new();

    /// <summary>The service whose endpoint has this index; null when it is free or retired.</summary>
    public ServiceSlot? OwnerOf(uint endpoint) => endpoint < _owners.Length ? _owners[endpoint] : null;

    /// <summary>The block of the service whose endpoint has this index; 0 when it has none or is gone.</summary>
    public uint BlockOf(uint endpoint) => OwnerOf(endpoint)?.Key.Block ?? 0;

    /// <summary>Writes what differs. Returns whether packets of existing flows must look again (an endpoint went away or came back).</summary>
    /// <param name="desired">The service.</param>
    /// <param name="isHeld">Whether an endpoint that is new gets no connections from the start.</param>
    /// <exception cref="TableFullException">A table is full; the service is as it was before.</exception>
    public bool Apply(Service desired, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        FreeQuarantine();
        var slot = _slots.TryGetValue(desired.Key, out var existing) ? existing : Create(desired.Key);
        var before = slot.Desired;
        var added = new List<(UInt128 Address, ushort Port)>();
        try
        {
            RequireRoom(slot, desired);
            PlaceEndpoints(slot, desired, isHeld, added);
            slot.Desired = desired;
            WriteSelection(slot, desired.Selection == SelectionPolicy.Hash);
            return RetireOthers(slot);
        }
        catch
        {
            if (existing is null)
            {
                Remove(desired.Key);
            }
            else
            {
                Restore(slot, before, added);
            }

            throw;
        }
    }

    /// <summary>Takes the service out; its endpoints are retired. False when there is none.</summary>
    public bool Remove(ServiceKey key)
    {
        FreeQuarantine();
        if (!_slots.Remove(key, out var slot))
        {
            return false;
        }

        _maps.Services.TryDelete(WireKey(key));
        Addresses.RemoveVip(key.Vip);
        foreach (var endpoint in slot.Endpoints.Values)
        {
            Retire(endpoint);
        }

        _quarantine.Add((slot.MembersBase, (uint)slot.Members.Length));
        ReleaseMaglev(slot);
        _serviceIds.Free(slot.Id);
        return true;
    }

    /// <summary>
    /// Lets an endpoint get connections, or not. Returns whether anything changed. Where there is no room for the new selection the service
    /// does with less until there is (<see cref="RetryWaiting"/>): whatever is full, a dead endpoint gets no new connections.
    /// </summary>
    public bool SetActive(ServiceKey key, ServiceEndpoint endpoint, bool active)
    {
        FreeQuarantine();
        if (!_slots.TryGetValue(key, out var slot) || !slot.Endpoints.TryGetValue(KeyOf(endpoint), out var place) || place.Active == active)
        {
            return false;
        }

        place.Active = active;
        try
        {
            WriteEndpoint(slot, place);
            WriteSelectionOrLess(slot);
        }
        catch
        {
            // The next attempt begins anew.
            place.Active = !active;
            throw;
        }

        return true;
    }

    /// <summary>The flows of a retired endpoint are gone: its index may be used again.</summary>
    public void Release(uint endpoint)
    {
        _maps.Endpoints.Update(endpoint, default);
        _maps.EndpointStats.Update(endpoint, new RawEndpointStats[_maps.EndpointStats.CpuCount]);
        _endpointIndices.Free(endpoint);
    }

    public void Dispose() => _maglev.Dispose();

    private ServiceSlot Create(ServiceKey key)
    {
        if (!_serviceIds.TryTake(out var id))
        {
            throw new TableFullException("services", _serviceIds.Capacity);
        }

        _maps.Rotation.Update(id, 0);
        _maps.ServiceStats.Update(id, new RawServiceStats[_maps.ServiceStats.CpuCount]);
        var slot = new ServiceSlot(key, id);
        _slots[key] = slot;
        Addresses.AddVip(key.Vip);
        return slot;
    }

    /// <summary>Everything that can be full is asked before anything is written.</summary>
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

    private void PlaceEndpoints(ServiceSlot slot, Service desired, Func<Service, ServiceEndpoint, bool> isHeld, List<(UInt128 Address, ushort Port)> added)
    {
        foreach (var endpoint in slot.Endpoints.Values)
        {
            endpoint.Desired = false;
        }

        foreach (var endpoint in desired.Endpoints)
        {
            var key = KeyOf(endpoint);
            if (!slot.Endpoints.TryGetValue(key, out var place))
            {
                _endpointIndices.TryTake(out var index);
                place = new EndpointSlot(index, endpoint) { Active = !isHeld(desired, endpoint) };
                slot.Endpoints[key] = place;
                added.Add(key);
                _owners[index] = slot;
                Addresses.AddEndpoint(endpoint.Address);
            }

            place.Desired = true;
            place.Endpoint = endpoint;
            WriteEndpoint(slot, place);
        }
    }

    /// <summary>Takes back what <see cref="PlaceEndpoints"/> has done.</summary>
    private void Restore(ServiceSlot slot, Service? before, List<(UInt128 Address, ushort Port)> added)
    {
        slot.Desired = before;
        foreach (var endpoint in before?.Endpoints ?? [])
        {
            slot.Endpoints[KeyOf(endpoint)].Endpoint = endpoint;
        }

        foreach (var key in added)
        {
            slot.Endpoints.Remove(key, out var endpoint);
            Retire(endpoint!);
        }
    }

    private bool RetireOthers(ServiceSlot slot)
    {
        var gone = slot.Endpoints.Where(e => !e.Value.Desired).ToArray();
        foreach (var (key, endpoint) in gone)
        {
            slot.Endpoints.Remove(key);
            Retire(endpoint);
        }

        return gone.Length > 0;
    }

    private void Retire(EndpointSlot endpoint)
    {
        var dead = endpoint.Written;
        dead.Flags = 0;
        _maps.Endpoints.Update(endpoint.Index, dead);
        Addresses.RemoveEndpoint(endpoint.Endpoint.Address);
        _owners[endpoint.Index] = null;
        Retired.Enqueue(endpoint.Index);
    }

    private void WriteEndpoint(ServiceSlot slot, EndpointSlot place)
    {
        var raw = new RawEndpoint
        {
            Addr = WireAddress.From(place.Endpoint.Address),
            Port = WireAddress.ToWire(place.Endpoint.Port),
            Flags = (ushort)(place.Active ? Shared.EndpointActive : 0),
            Service = slot.Id,
        };
        if (!Same(raw, place.Written))
        {
            _maps.Endpoints.Update(place.Index, raw);
            place.Written = raw;
        }
    }

    /// <summary>Places that a packet in flight may still have read from when they were given up: used again from the next change on.</summary>
    private void FreeQuarantine()
    {
        foreach (var (start, length) in _quarantine)
        {
            _memberRanges.Free(start, length);
        }

        _quarantine.Clear();
    }

    private static (UInt128 Address, ushort Port) KeyOf(ServiceEndpoint endpoint) =>
        (WireAddress.ToNumber(WireAddress.From(endpoint.Address)), endpoint.Port);

    private static RawServiceKey WireKey(ServiceKey key) => new()
    {
        Vip = WireAddress.From(key.Vip),
        Port = WireAddress.ToWire(key.Port),
        Proto = (byte)key.Protocol,
        Block = key.Block,
    };

    private static bool Same<T>(in T left, in T right)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in left)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in right)));
}
