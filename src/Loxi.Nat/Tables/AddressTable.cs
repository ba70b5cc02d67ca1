using System.Net;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Nat.Tables;

/// <summary>Which addresses mean something to the programs: VIPs and endpoints (counted, services share them) and the node's own.</summary>
internal sealed class AddressTable(TypedMap<RawAddressKey, RawAddress> map)
{
    private readonly Dictionary<UInt128, Uses> _uses = [];

    /// <summary>Forgets the counts and reads which addresses the kernel has, so that stale ones go when nothing claims them.</summary>
    public void Adopt()
    {
        foreach (var (key, value) in map.ToArray())
        {
            _uses[WireAddress.ToNumber(key.Addr)] = new Uses { Key = key, Written = value.Flags };
        }
    }

    /// <summary>After the adopted services are known: removes what none of them claims.</summary>
    public void DropUnclaimed()
    {
        foreach (var number in _uses.Where(u => u.Value.Flags == 0).Select(u => u.Key).ToArray())
        {
            Write(number);
        }
    }

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
        Write(number);
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
