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
    private uint _lastSerial;

    /// <summary>Takes the tables, which are empty or will be adopted.</summary>
    /// <param name="maps">The tables.</param>
    /// <param name="hashSeed">Seed of the consistent hash.</param>
    /// <param name="time">The clock by which places that were given up are free again.</param>
    /// <param name="nodes">The node's own addresses; null when it has none.</param>
    /// <param name="groups">Numbers of VIP groups; null for new ones that nobody else knows.</param>
    public ServiceTables(NatMaps maps, ulong hashSeed, TimeProvider time, NodeAddresses? nodes = null, GroupNumbers? groups = null)
    {
        _maps = maps;
        _serviceIds = new IndexAllocator(maps.Rotation.Map.MaxEntries);
        _endpointIndices = new IndexAllocator(maps.Endpoints.Map.MaxEntries);
        _memberRanges = new RangeAllocator(maps.Members.Map.MaxEntries);
        _maglev = new MaglevTables(maps.Maglev, hashSeed);
        _nodes = nodes ?? new NodeAddresses(static _ => null);
        _places = new EndpointSlot?[maps.Endpoints.Map.MaxEntries];
        Groups = groups ?? new GroupNumbers();
        Quarantine = new Quarantine(time);
        Sources = new SourceTable(maps.Sources, Quarantine);
        Addresses = new AddressTable(maps.Addresses);
    }

    public AddressTable Addresses { get; }

    public SourceTable Sources { get; }

    /// <summary>Members and sources that were given up. What is old enough is freed before a change, not within it.</summary>
    public Quarantine Quarantine { get; }

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

    /// <summary>
    /// Writes what differs. Endpoints that the service has no more get no new connections, but keep what they have until
    /// <see cref="RetireOthers"/>: applied as it was before, the service is as if nothing had been.
    /// </summary>
    /// <param name="desired">The service.</param>
    /// <param name="isHeld">Whether an endpoint that is new gets no connections from the start.</param>
    /// <exception cref="TableFullException">A table is full; the service is as it was before.</exception>
    /// <exception cref="AggregateException">It failed, and so did putting the service back.</exception>
    public void Apply(Service desired, Func<Service, ServiceEndpoint, bool> isHeld)
    {
        RemoveAdoptedInTheWayOf(desired.Key);
        var slot = _slots.TryGetValue(desired.Key, out var existing) ? existing : Create(desired.Key);
        var (before, oldClaim) = (slot.Desired, slot.Claim);
        var placement = new Placement();
        try
        {
            RequireEndpointRoom(desired);
            slot.Claim = Claim(desired);
            PlaceEndpoints(slot, desired, isHeld, placement);
            slot.Desired = desired;
            WritePrefixes(slot);
            WriteSelection(slot, NeedsTable(desired));
            placement.IsSelected = true;
            WriteWithoutOldSources(placement);
        }
        catch (Exception e)
        {
            Undo(slot, isNew: existing is null, before, oldClaim, placement, e);
            throw;
        }

        LeaveOldStates(placement);
        if (oldClaim is not null)
        {
            Unclaim(desired.Key, oldClaim);
        }

        slot.LacksSources = false;
    }

    /// <summary>
    /// Retires the endpoints that a service has no more since it was applied. Returns whether packets of existing flows must look again.
    /// </summary>
    public bool RetireOthers(ServiceKey key)
    {
        var gone = _slots.TryGetValue(key, out var slot) ? slot.Endpoints.Values.Where(static e => !e.Desired).ToArray() : [];
        Array.ForEach(gone, Retire);
        return gone.Length > 0;
    }

    /// <summary>Takes the service out; its endpoints are retired. False when there is none. Where it fails in the middle it can be called again.</summary>
    public bool Remove(ServiceKey key)
    {
        if (!_slots.TryGetValue(key, out var slot))
        {
            return false;
        }

        _maps.Services.TryDelete(WireKey(key));
        slot.Written = default;
        RemovePrefixes(slot);
        foreach (var endpoint in slot.Endpoints.Values.ToArray())
        {
            Retire(endpoint);
        }

        Unclaim(slot, null);
        _slots.Remove(key);
        Quarantine.Add(_memberRanges, slot.MembersBase, (uint)slot.Members.Length);
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
        Quarantine.Free();
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
