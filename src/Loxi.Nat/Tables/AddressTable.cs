using System.Net;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Nat.Tables;

/// <summary>Which addresses mean something to the programs: VIPs and endpoints (counted, services share them) and the node's own.</summary>
internal sealed class AddressTable(TypedMap<RawAddressKey, RawAddress> map)
{
    private readonly Dictionary<UInt128, Uses> _uses = [];
    private bool _adopting;

    /// <summary>Reads what an earlier process wrote. Until <see cref="EndAdoption"/> claims are counted and nothing is written.</summary>
    public void BeginAdoption()
    {
        _adopting = true;
        foreach (var (key, value) in map.ToArray())
        {
            _uses[WireAddress.ToNumber(key.Addr)] = new Uses { Key = key, Written = value.Flags, Local = (value.Flags & Shared.AddressLocal) != 0 };
        }
    }

    /// <summary>After the adopted services have claimed theirs: writes what differs and removes what nobody claims.</summary>
    public void EndAdoption()
    {
        _adopting = false;
        foreach (var number in _uses.Keys.ToArray())
        {
            Write(number);
        }
    }

    /// <summary>The node's own addresses, as far as they have been told.</summary>
    public IReadOnlyList<IPAddress> Local => [.. _uses.Values.Where(u => u.Local).Select(u => WireAddress.ToAddress(u.Key.Addr))];

    public void AddVip(IPAddress address) => Change(address, static (ref Uses u) => u.Vips++);

    public void RemoveVip(IPAddress address) => Change(address, static (ref Uses u) => u.Vips--);

    public void AddEndpoint(IPAddress address) => Change(address, static (ref Uses u) => u.Endpoints++);

    public void RemoveEndpoint(IPAddress address) => Change(address, static (ref Uses u) => u.Endpoints--);

    /// <summary>Whether the node itself has the address.</summary>
    public void SetLocal(IPAddress address, bool local) =>
        Change(address, local ? static (ref Uses u) => u.Local = true : static (ref Uses u) => u.Local = false);

    private void Change(IPAddress address, Edit edit)
    {
        var key = new RawAddressKey { Addr = WireAddress.From(address) };
        var number = WireAddress.ToNumber(key.Addr);
        ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, number, out _);
        uses.Key = key;
        edit(ref uses);
        if (!_adopting)
        {
            Write(number);
        }
    }

    private void Write(UInt128 number)
    {
        ref var uses = ref CollectionsMarshal.GetValueRefOrNullRef(_uses, number);
        var flags = uses.Flags;
        if (flags == 0)
        {
            map.TryDelete(uses.Key);
            _uses.Remove(number);
        }
        else if (flags != uses.Written)
        {
            map.Update(uses.Key, new RawAddress { Flags = flags });
            uses.Written = flags;
        }
    }

    private delegate void Edit(ref Uses uses);

    private struct Uses
    {
        public RawAddressKey Key;
        public int Vips;
        public int Endpoints;
        public bool Local;
        public uint Written;

        public readonly uint Flags =>
            (Vips > 0 ? Shared.AddressVip : 0u) | (Endpoints > 0 ? Shared.AddressEndpoint : 0u) | (Local ? Shared.AddressLocal : 0u);
    }
}
