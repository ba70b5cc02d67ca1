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
        foreach (var (key, raw) in _maps.Services.ToArray())
        {
            var slot = new ServiceSlot(ReadKey(key), raw.Id) { Written = raw };
            AdoptMembers(slot, raw);
            if (raw.Selection == (byte)RawSelection.Hash)
            {
                slot.AdoptedMaglev = raw.Maglev;
                maglev[raw.Maglev] = maglev.GetValueOrDefault(raw.Maglev) + 1;
            }

            _slots[slot.Key] = slot;
            byId[raw.Id] = slot;
            Addresses.AddVip(slot.Key.Vip);
        }

        _serviceIds.Adopt(byId.Keys.ToHashSet());
        _maglev.Adopt(maglev);
        AdoptEndpoints(byId);
        Addresses.EndAdoption();
    }

    /// <summary>Services that were adopted and that nobody wants.</summary>
    public ServiceKey[] Undesired() => [.. _slots.Values.Where(s => s.Desired is null).Select(s => s.Key)];

    private void AdoptMembers(ServiceSlot slot, RawService raw)
    {
        // Two services never share a place; if the tables say so, the second one gets a new one when it is applied.
        if (!_memberRanges.TryAdopt(raw.MembersBase, raw.MembersCount))
        {
            return;
        }

        slot.MembersBase = raw.MembersBase;
        slot.Members = new uint[raw.MembersCount];
        for (uint i = 0; i < raw.MembersCount; i++)
        {
            _maps.Members.TryLookup(raw.MembersBase + i, out var member);
            slot.Members[i] = member.Endpoint;
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
        var endpoint = new ServiceEndpoint(WireAddress.ToAddress(raw.Addr), WireAddress.FromWire(raw.Port), 1);
        var active = (raw.Flags & Shared.EndpointActive) != 0;
        if (!byId.TryGetValue(raw.Service, out var slot) || !slot.Endpoints.TryAdd(KeyOf(endpoint), new EndpointSlot(index, endpoint) { Active = active, Written = raw }))
        {
            Retired.Enqueue(index);
            return;
        }

        _owners[index] = slot;
        Addresses.AddEndpoint(endpoint.Address);
    }

    private static ServiceKey ReadKey(RawServiceKey key)
    {
        var port = WireAddress.FromWire(key.Port);
        return new ServiceKey(WireAddress.ToAddress(key.Vip), (ServiceProtocol)key.Proto, port, port, key.Block, "");
    }
}
