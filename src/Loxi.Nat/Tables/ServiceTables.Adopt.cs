using Loxi.Core.Services;

namespace Loxi.Nat.Tables;

internal sealed partial class ServiceTables
{
    /// <summary>
    /// Reads what an earlier process left in the tables, so that applying the same services writes nothing. An endpoint that belongs
    /// to no service was being retired and still is. Call once, before anything is applied.
    /// </summary>
    public void Adopt()
    {
        Addresses.BeginAdoption();
        var byId = new Dictionary<uint, ServiceSlot>();
        var maglev = new Dictionary<uint, int>();
        var ranges = ReadRanges();
        foreach (var (key, raw) in _maps.Services.ToArray())
        {
            if (!TryReadKey(key, ranges, out var serviceKey))
            {
                _maps.Services.TryDelete(key);
                continue;
            }

            var slot = new ServiceSlot(serviceKey, raw.Id) { Written = raw, Claim = new ServiceClaim(null, raw.VipGroup, null) };
            AdoptMembers(slot, raw);
            AdoptPrefixes(slot, ranges);
            if (raw.Selection is (byte)RawSelection.Hash or (byte)RawSelection.Persist)
            {
                slot.AdoptedMaglev = raw.Maglev;
                maglev[raw.Maglev] = maglev.GetValueOrDefault(raw.Maglev) + 1;
            }

            _slots[slot.Key] = slot;
            byId[raw.Id] = slot;
            Count(slot.Key, slot.Claim, add: true);
            NoteKind(slot, +1);
        }

        RemoveStrayPrefixes(ranges);
        ClearKindsThatAreGone();

        _serviceIds.Adopt(byId.Keys.ToHashSet());
        _maglev.Adopt(maglev);
        AdoptEndpoints(byId);
        Addresses.EndAdoption();
    }

    /// <summary>Services that were adopted and that nobody wants.</summary>
    public ServiceKey[] Undesired() => [.. _slots.Values.Where(s => s.Desired is null).Select(s => s.Key)];

    /// <summary>The first services are applied: groups and source addresses of an earlier process that none of them uses go.</summary>
    public void Tidy()
    {
        Groups.Tidy();
        Addresses.Tidy();
    }

    private void AdoptMembers(ServiceSlot slot, RawService raw)
    {
        // Two services never share a place; if the tables say so, the second one gets a new one when it is applied.
        if (!_memberRanges.TryAdopt(raw.MembersBase, raw.MembersCount))
        {
            return;
        }

        slot.MembersBase = raw.MembersBase;
        slot.Members = new RawMember[raw.MembersCount];
        for (uint i = 0; i < raw.MembersCount; i++)
        {
            _maps.Members.TryLookup(raw.MembersBase + i, out slot.Members[i]);
        }
    }

    private void AdoptEndpoints(Dictionary<uint, ServiceSlot> byId)
    {
        var used = new HashSet<uint>();
        using var scan = _maps.Endpoints.Scan();
        while (scan.MoveNext())
        {
            for (var i = 0; i < scan.Keys.Length; i++)
            {
                var raw = scan.Values[i];
                _lastSerial = Math.Max(_lastSerial, raw.Serial);
                if (WireAddress.ToNumber(raw.Addr) == 0)
                {
                    continue;
                }

                used.Add(scan.Keys[i]);
                AdoptEndpoint(scan.Keys[i], raw, byId);
            }
        }

        _endpointIndices.Adopt(used);
    }

    private void AdoptEndpoint(uint index, RawEndpoint raw, Dictionary<uint, ServiceSlot> byId)
    {
        var endpoint = new ServiceEndpoint(WireAddress.ToAddress(raw.Addr), WireAddress.FromWire(raw.Port), (int)raw.Weight);
        if (raw.Weight == 0 || !byId.TryGetValue(raw.Service, out var slot) || slot.Endpoints.ContainsKey(KeyOf(endpoint)))
        {
            Retired.Enqueue(index);
            return;
        }

        var state = new EndpointState(endpoint, Sources.Adopt(raw.SourcesBase, raw.SourcesCount), false, raw.Since, slot.Claim!.Group);
        var place = new EndpointSlot(slot, index, raw.Serial, state) { Active = (raw.Flags & Shared.EndpointActive) != 0, Written = raw };
        slot.Endpoints.Add(KeyOf(endpoint), place);
        _places[index] = place;
        Addresses.AddEndpoint(endpoint.Address, state.Group);
    }
}
