using System.Runtime.InteropServices;
using Loxi.Core.Services;
using Loxi.Nat.DataPlane;

namespace Loxi.Nat.Tables;

/// <summary>
/// Services as the programs see them. Applying a service writes only what differs, in an order in which a packet never meets half of
/// it: addresses, sources and endpoints, then the list of those that get connections (in a new place), then the service that points
/// there. Not thread-safe.
/// </summary>
internal sealed partial class ServiceTables : IDisposable
{
    private readonly NatMaps _maps;
    private readonly IndexAllocator _serviceIds;
    private readonly IndexAllocator _endpointIndices;
    private readonly RangeAllocator _memberRanges;
    private readonly MaglevTables _maglev;
    private readonly NodeAddresses _nodes;
    private readonly Dictionary<ServiceKey, ServiceSlot> _slots = [];
    private readonly EndpointSlot?[] _places;
    private readonly List<(uint Start, uint Length)> _quarantine = [];
    private uint _lastSerial;

    /// <summary>Takes the tables, which are empty or will be adopted.</summary>
    /// <param name="maps">The tables.</param>
    /// <param name="hashSeed">Seed of the consistent hash.</param>
    /// <param name="nodes">The node's own addresses; null when it has none.</param>
    /// <param name="groups">Numbers of VIP groups; null for new ones that nobody else knows.</param>
    public ServiceTables(NatMaps maps, ulong hashSeed, NodeAddresses? nodes = null, GroupNumbers? groups = null)
    {
        _maps = maps;
        _serviceIds = new IndexAllocator(maps.Rotation.Map.MaxEntries);
        _endpointIndices = new IndexAllocator(maps.Endpoints.Map.MaxEntries);
        _memberRanges = new RangeAllocator(maps.Members.Map.MaxEntries);
        _maglev = new MaglevTables(maps.Maglev, hashSeed);
        _nodes = nodes ?? new NodeAddresses(static _ => null);
        _places = new EndpointSlot?[maps.Endpoints.Map.MaxEntries];
        Groups = groups ?? new GroupNumbers();
        Sources = new SourceTable(maps.Sources);
        Addresses = new AddressTable(maps.Addresses);
    }

    public AddressTable Addresses { get; }

    public SourceTable Sources { get; }

    public GroupNumbers Groups { get; }

    public IReadOnlyDictionary<ServiceKey, ServiceSlot> Slots => _slots;

    public int MaglevTableCount => _maglev.Count;

    public MaglevPlaces MaglevPlaces => _maglev.Places;

    public RangeAllocator MemberRanges => _memberRanges;

    /// <summary>Endpoints that no service has any more. Their flows must go before their indices can be used again.</summary>
    public Queue<uint> Retired { get; } = new();

    /// <summary>The endpoint that has this index; null when it is free or retired.</summary>
    public EndpointSlot? PlaceOf(uint endpoint) => endpoint < _places.Length ? _places[endpoint] : null;

    /// <summary>The service whose endpoint has this index; null when it is free or retired.</summary>
    public ServiceSlot? OwnerOf(uint endpoint) => PlaceOf(endpoint)?.Owner;

    /// <summary>The block of the service whose endpoint has this index; 0 when it has none or is gone.</summary>
    public uint BlockOf(uint endpoint) => OwnerOf(endpoint)?.Key.Block ?? 0;

    /// <summary>Writes what differs. Returns whether packets of existing flows must look again (an endpoint went away or came back).</summary>
    /// <param name="desired">The service.</param>
    /// <param name="isHeld">Whether an endpoint that is new gets no connections from the start.</param>
    /// <exception cref="TableFullException">A table is full; the service is as it was before.</exception>
    public bool Apply(Service desired, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        FreeQuarantine();
        RemoveAdoptedInTheWayOf(desired.Key);
        var slot = _slots.TryGetValue(desired.Key, out var existing) ? existing : Create(desired.Key);
        var (before, oldClaim) = (slot.Desired, slot.Claim);
        var placement = new Placement();
        try
        {
            RequireRoom(slot, desired);
            slot.Claim = Claim(desired);
            PlaceEndpoints(slot, desired, isHeld, placement);
            slot.Desired = desired;
            WritePrefixes(slot);
            WriteSelection(slot, NeedsTable(desired));
        }
        catch
        {
            if (existing is null)
            {
                Remove(desired.Key);
            }
            else
            {
                slot.Desired = before;
                Restore(slot, placement);
                Unclaim(slot, oldClaim);
            }

            throw;
        }

        Settle(placement);
        if (oldClaim is not null)
        {
            Unclaim(desired.Key, oldClaim);
        }

        slot.LacksSources = false;
        return RetireOthers(slot);
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
        RemovePrefixes(slot);
        foreach (var endpoint in slot.Endpoints.Values)
        {
            Retire(endpoint);
        }

        Unclaim(slot, null);
        _quarantine.Add((slot.MembersBase, (uint)slot.Members.Length));
        ReleaseMaglev(slot);
        _serviceIds.Free(slot.Id);
        NoteKind(slot, -1);
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

        var before = place.State;
        place.Active = active;
        place.State = active ? before with { Since = Now } : before;
        try
        {
            WriteEndpoint(place);
            WriteSelectionOrLess(slot);
        }
        catch
        {
            // The next attempt begins anew.
            (place.Active, place.State) = (!active, before);
            throw;
        }

        return true;
    }

    /// <summary>The flows of a retired endpoint are gone: its index may be used again.</summary>
    public void Release(uint endpoint)
    {
        // The serial stays: the greatest one must be found by the next process too.
        _maps.Endpoints.TryLookup(endpoint, out var raw);
        _maps.Endpoints.Update(endpoint, new RawEndpoint { Serial = raw.Serial });
        _maps.EndpointStats.Update(endpoint, new RawEndpointStats[_maps.EndpointStats.CpuCount]);
        _maps.EndpointLoad.Span[(int)endpoint] = default;
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
        NoteKind(slot, +1);
        return slot;
    }

    /// <summary>Places that a packet in flight may still have read from when they were given up: used again from the next change on.</summary>
    private void FreeQuarantine()
    {
        foreach (var (start, length) in _quarantine)
        {
            _memberRanges.Free(start, length);
        }

        _quarantine.Clear();
        Sources.FreeQuarantine();
    }

    private static (UInt128 Address, ushort Port) KeyOf(ServiceEndpoint endpoint) =>
        (WireAddress.ToNumber(WireAddress.From(endpoint.Address)), endpoint.Port);

    private static RawServiceKey WireKey(ServiceKey key) => new()
    {
        Vip = WireAddress.From(key.Vip),
        Port = WireAddress.ToWire(key.Port),
        Proto = (byte)key.Protocol,
        Range = (byte)(key.PortMax > key.Port ? 1 : 0),
        Block = key.Block,
    };

    private static bool Same<T>(in T left, in T right)
        where T : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in left)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in right)));
}
