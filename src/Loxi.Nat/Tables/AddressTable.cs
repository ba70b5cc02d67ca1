using System.Net;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Nat.Tables;

/// <summary>
/// Which addresses mean something to the programs: VIPs, source addresses that are given and endpoints (counted by VIP group, services
/// share them), the node's own and those of its peers.
/// </summary>
internal sealed class AddressTable(TypedMap<RawAddressKey, RawAddress> map)
{
    private readonly Dictionary<UInt128, AddressUses> _uses = [];
    private bool _adopting;

    /// <summary>Reads what an earlier process wrote. Until <see cref="EndAdoption"/> claims are counted and nothing is written.</summary>
    public void BeginAdoption()
    {
        _adopting = true;
        foreach (var (key, value) in map.ToArray())
        {
            // Who gives a source address is not in the tables: it stays until those who do have claimed theirs.
            _uses[WireAddress.ToNumber(key.Addr)] = new AddressUses
            {
                Key = key,
                Written = value,
                Local = (value.Flags & Shared.AddressLocal) != 0,
                Peer = (value.Flags & Shared.AddressPeer) != 0,
                Adopted = (value.Flags & Shared.AddressSource) != 0 ? value : default,
            };
        }
    }

    /// <summary>After the adopted services have claimed theirs: writes what differs and removes what nobody claims.</summary>
    public void EndAdoption()
    {
        _adopting = false;
        WriteAll();
    }

    /// <summary>Everybody has claimed what is theirs: source addresses of an earlier process that nobody gives any more go.</summary>
    public void Tidy()
    {
        foreach (var number in _uses.Where(static u => u.Value.Adopted.Flags != 0).Select(static u => u.Key).ToArray())
        {
            CollectionsMarshal.GetValueRefOrNullRef(_uses, number).Adopted = default;
            Write(number);
        }
    }

    /// <summary>The node's own addresses, as far as they have been told.</summary>
    public IReadOnlyList<IPAddress> Local => [.. _uses.Values.Where(u => u.Local).Select(u => WireAddress.ToAddress(u.Key.Addr))];

    /// <summary>Nodes that may hand packets over in a tunnel.</summary>
    public IReadOnlyList<IPAddress> Peers => [.. _uses.Values.Where(u => u.Peer).Select(u => WireAddress.ToAddress(u.Key.Addr))];

    public void AddVip(IPAddress address, byte group) => Change(address, group, static (ref GroupUses u) => u.Vips++);

    public void RemoveVip(IPAddress address, byte group) => Change(address, group, static (ref GroupUses u) => u.Vips--);

    /// <summary>An address that is given to connections, but is the VIP of no service by that.</summary>
    public void AddSource(IPAddress address, byte group) => Change(address, group, static (ref GroupUses u) => u.Sources++);

    public void RemoveSource(IPAddress address, byte group) => Change(address, group, static (ref GroupUses u) => u.Sources--);

    public void AddEndpoint(IPAddress address, byte group) => Change(address, group, static (ref GroupUses u) => u.Endpoints++);

    public void RemoveEndpoint(IPAddress address, byte group) => Change(address, group, static (ref GroupUses u) => u.Endpoints--);

    /// <summary>Whether the node itself has the address.</summary>
    public void SetLocal(IPAddress address, bool local)
    {
        Find(address, out var number).Local = local;
        WriteUnlessAdopting(number);
    }

    /// <summary>Whether a node with this address may hand packets over in a tunnel.</summary>
    public void SetPeer(IPAddress address, bool peer)
    {
        Find(address, out var number).Peer = peer;
        WriteUnlessAdopting(number);
    }

    private void Change(IPAddress address, byte group, Edit edit)
    {
        ref var uses = ref Find(address, out var number);
        edit(ref uses.Of(group));
        WriteUnlessAdopting(number);
    }

    private ref AddressUses Find(IPAddress address, out UInt128 number)
    {
        var key = new RawAddressKey { Addr = WireAddress.From(address) };
        number = WireAddress.ToNumber(key.Addr);
        ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, number, out _);
        uses.Key = key;
        return ref uses;
    }

    private void WriteUnlessAdopting(UInt128 number)
    {
        if (!_adopting)
        {
            Write(number);
        }
    }

    private void WriteAll()
    {
        foreach (var number in _uses.Keys.ToArray())
        {
            Write(number);
        }
    }

    private void Write(UInt128 number)
    {
        ref var uses = ref CollectionsMarshal.GetValueRefOrNullRef(_uses, number);
        var raw = uses.ToRaw();
        if (raw.Flags == 0)
        {
            map.TryDelete(uses.Key);
            _uses.Remove(number);
        }
        else if (raw.Flags != uses.Written.Flags || raw.VipGroup != uses.Written.VipGroup)
        {
            map.Update(uses.Key, raw);
            uses.Written = raw;
        }
    }

    private delegate void Edit(ref GroupUses uses);
}
