using System.Net;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ebpf.Native.Maps;
using Loxi.Nat.DataPlane;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// Clients of services with persist selection. Services on the unspecified address are left out: each node has such clients at its own addresses.
/// What another node says is compared and put in two steps. A packet between them can only be a client's first one for long, of which the other node's word is as good.
/// </summary>
public sealed class PersistenceTable : IPersistenceTable
{
    private readonly TypedMap<RawPersistKey, RawPersist> _map;
    private readonly ServiceTables _services;
    private readonly Lock _gate;

    internal PersistenceTable(NatMaps maps, ServiceTables services, Lock gate) => (_map, _services, _gate) = (maps.Persist, services, gate);

    /// <inheritdoc/>
    public int Capacity => (int)_map.Map.MaxEntries;

    /// <inheritdoc/>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused to read.</exception>
    public void Read(PersistenceHandler entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (!HasServices())
        {
            return;
        }

        var now = FlowClock.Now;
        using var scanner = _map.Scan();
        while (scanner.MoveNext())
        {
            for (var i = 0; i < scanner.Keys.Length; i++)
            {
                ref readonly var value = ref scanner.Values[i];
                if (EndpointOf(scanner.Keys[i].Service, value) is { } place && now - value.Tick <= place.Owner.Written.PersistTicks)
                {
                    entry(RecordOf(scanner.Keys[i], value, place, now));
                }
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused.</exception>
    public PersistenceResult Put(in PersistenceRecord record, in PersistenceRecord? known)
    {
        if (!record.IsPossible)
        {
            return PersistenceResult.Malformed;
        }

        lock (_gate)
        {
            if (Find(record) is not { } place)
            {
                return PersistenceResult.Unknown;
            }

            var key = KeyOf(record, place);
            var raw = new RawPersist { Endpoint = place.Index, Serial = place.Serial, Tick = FlowClock.Now - (uint)(FlowClock.ToTicks(record.Age) - 1) };
            if (!_map.TryLookup(key, out var there))
            {
                return _map.TryUpdate(key, raw, MapUpdateMode.NoExist) == MapUpdateResult.AlreadyExists ? PersistenceResult.Moved : PersistenceResult.Done;
            }

            // Of an endpoint that is gone nobody expects anything.
            if (EndpointOf(key.Service, there) is { } current && current != place && !(known is { } expected && IsAt(current, expected)))
            {
                return PersistenceResult.Moved;
            }

            if (EndpointOf(key.Service, there) == place && (int)(there.Tick - raw.Tick) >= 0)
            {
                return PersistenceResult.Done;
            }

            _map.Update(key, raw);
            return PersistenceResult.Done;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="Ebpf.Native.EbpfException">The kernel refused.</exception>
    public bool Remove(in PersistenceRecord record)
    {
        lock (_gate)
        {
            if (Find(record) is not { } place)
            {
                return true;
            }

            var key = KeyOf(record, place);
            if (!_map.TryLookup(key, out var there))
            {
                return true;
            }

            if (EndpointOf(key.Service, there) is { } current && current != place)
            {
                return false;
            }

            _map.TryDelete(key);
            return true;
        }
    }

    /// <inheritdoc/>
    public TimeSpan? TimeoutOf(in PersistenceRecord record)
    {
        lock (_gate)
        {
            return Find(record) is { } place ? TimeSpan.FromTicks(place.Owner.Written.PersistTicks * (1L << Shared.TickShift) / TimeSpan.NanosecondsPerTick) : null;
        }
    }

    private static bool IsPersistent(ServiceSlot slot) => slot.Written.Selection == (byte)RawSelection.Persist && !slot.Key.Vip.Equals(IPAddress.Any) && !slot.Key.Vip.Equals(IPAddress.IPv6Any);

    private static bool IsAt(EndpointSlot place, in PersistenceRecord record) =>
        place.Endpoint.Port == record.EndpointPort && FlowAddress.From(place.Endpoint.Address) == record.Endpoint;

    private static RawPersistKey KeyOf(in PersistenceRecord record, EndpointSlot place)
    {
        var key = new RawPersistKey { Service = place.Owner.Id };
        record.Client.Write(key.Client);
        return key;
    }

    private static PersistenceRecord RecordOf(in RawPersistKey key, in RawPersist value, EndpointSlot place, uint now) => new()
    {
        Client = FlowAddress.Read(key.Client),
        Vip = FlowAddress.From(place.Owner.Key.Vip),
        VipPort = place.Owner.Key.Port,
        Protocol = place.Owner.Key.Protocol,
        Block = place.Owner.Key.Block,
        Endpoint = FlowAddress.From(place.Endpoint.Address),
        EndpointPort = (ushort)place.Endpoint.Port,
        Age = FlowClock.Since(value.Tick, now),
    };

    private bool HasServices()
    {
        lock (_gate)
        {
            return _services.Slots.Values.Any(IsPersistent);
        }
    }

    /// <summary>The endpoint that an entry is about; null when it is gone.</summary>
    private EndpointSlot? EndpointOf(uint service, in RawPersist value) =>
        _services.PlaceOf(value.Endpoint) is { } place && place.Serial == value.Serial && place.Owner.Id == service && IsPersistent(place.Owner) ? place : null;

    private EndpointSlot? Find(in PersistenceRecord record)
    {
        // The key of a range has its last port, which records do not.
        var key = new ServiceKey(record.Vip.ToIPAddress(), record.Protocol, record.VipPort, record.VipPort, record.Block, "");
        if (!_services.Slots.TryGetValue(key, out var slot))
        {
            var (vip, port, protocol, block) = (key.Vip, record.VipPort, record.Protocol, record.Block);
            slot = _services.Slots.Values.FirstOrDefault(s => s.IsRange && s.Key.Port == port && s.Key.Protocol == protocol && s.Key.Block == block && s.Key.Vip.Equals(vip));
        }

        return slot is not null && IsPersistent(slot) && slot.Endpoints.TryGetValue((new UInt128(record.Endpoint.High, record.Endpoint.Low), record.EndpointPort), out var place) ? place : null;
    }
}
