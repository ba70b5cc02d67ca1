using System.Net;
using System.Net.Sockets;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat.Tables;

namespace Loxi.Nat.Connections;

/// <summary>
/// Finds service and endpoint of connections as packets find them: the VIP before the unspecified address, a single port before a
/// range. What it has found it remembers until <see cref="Forget"/>: records of one service come in heaps. Not thread-safe.
/// </summary>
internal sealed class ServicePlaceFinder(ServiceTables services)
{
    private readonly Dictionary<Wanted, ServiceSlot?> _found = [];
    private readonly List<ServiceSlot> _ranges = [];
    private bool _hasRanges;
    private Wanted _last;
    private ServiceSlot? _lastSlot;

    /// <summary>The services may be others from now on.</summary>
    public void Forget()
    {
        _found.Clear();
        _ranges.Clear();
        _hasRanges = false;
        _last = default;
        _lastSlot = null;
    }

    /// <summary>None when there is a place.</summary>
    public ConnectionImportResult Find(in ConnectionRecord record, out ServicePlace place)
    {
        place = default;
        if (Slot(new Wanted(record.Vip, record.VipPort, record.Protocol, record.Block)) is not { } slot)
        {
            return ConnectionImportResult.UnknownService;
        }

        var address = new UInt128(record.Endpoint.High, record.Endpoint.Low);
        // An endpoint with port 0 gets packets at the port that the client uses.
        if (!slot.Endpoints.TryGetValue((address, record.EndpointPort), out var endpoint)
            && !(record.EndpointPort == record.VipPort && slot.Endpoints.TryGetValue((address, 0), out endpoint)))
        {
            return ConnectionImportResult.UnknownEndpoint;
        }

        place = new ServicePlace(endpoint.Index, slot.Written.VipGroup, slot.Desired is null or { Tunnel: TunnelMode.Auto });
        return ConnectionImportResult.None;
    }

    private ServiceSlot? Slot(in Wanted wanted)
    {
        if (wanted == _last)
        {
            return _lastSlot;
        }

        if (!_found.TryGetValue(wanted, out var slot))
        {
            slot = Search(wanted);
            _found[wanted] = slot;
        }

        _last = wanted;
        _lastSlot = slot;
        return slot;
    }

    private ServiceSlot? Search(in Wanted wanted)
    {
        var vip = wanted.Vip.ToIPAddress();
        return SearchAt(vip, wanted) ?? SearchAt(vip.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, wanted);
    }

    private ServiceSlot? SearchAt(IPAddress vip, in Wanted wanted)
    {
        if (services.Slots.TryGetValue(new ServiceKey(vip, wanted.Protocol, wanted.Port, wanted.Port, wanted.Block, ""), out var slot))
        {
            return slot;
        }

        if (!_hasRanges)
        {
            _hasRanges = true;
            _ranges.AddRange(services.Slots.Values.Where(static s => s.Key.PortMax > s.Key.Port));
        }

        foreach (var range in _ranges)
        {
            var key = range.Key;
            if (key.Port <= wanted.Port && wanted.Port <= key.PortMax && key.Protocol == wanted.Protocol && key.Block == wanted.Block && key.Vip.Equals(vip))
            {
                return range;
            }
        }

        return null;
    }

    private readonly record struct Wanted(FlowAddress Vip, ushort Port, ServiceProtocol Protocol, uint Block);
}
