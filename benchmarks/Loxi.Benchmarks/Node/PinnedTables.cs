using System.Net;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Pinning;
using Loxi.Nat.Tables;

namespace Loxi.Benchmarks.Node;

/// <summary>The tables of a running node as its programs see them, read beside it.</summary>
internal sealed class PinnedTables : IDisposable
{
    private readonly List<BpfMap> _opened = [];
    private readonly TypedMap<RawServiceKey, RawService> _services;
    private readonly TypedMap<uint, uint> _members;
    private readonly TypedMap<uint, RawEndpoint> _endpoints;

    internal PinnedTables(string directory)
    {
        var pins = PinDirectory.Open(directory);
        _services = new(Open(pins, "services"));
        _members = new(Open(pins, "members"));
        _endpoints = new(Open(pins, "endpoints"));
    }

    /// <summary>How many services are in the table.</summary>
    internal int CountServices()
    {
        var count = 0;
        using var scan = _services.Scan();
        while (scan.MoveNext())
        {
            count += scan.Keys.Length;
        }

        return count;
    }

    /// <summary>Whether new connections of a service may go to an endpoint.</summary>
    internal bool Serves(string vip, string endpoint)
    {
        RawServiceKey key = new() { Vip = Wire(vip), Port = BitConverter.IsLittleEndian ? (ushort)IPAddress.HostToNetworkOrder((short)ServiceSet.Port) : ServiceSet.Port, Proto = 6 };
        if (!_services.TryLookup(key, out var service))
        {
            return false;
        }

        var wanted = Wire(endpoint);
        for (uint i = 0; i < service.MembersCount; i++)
        {
            if (_members.TryLookup(service.MembersBase + i, out var index)
                && _endpoints.TryLookup(index, out var found)
                && ((ReadOnlySpan<byte>)found.Addr).SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose() => _opened.ForEach(map => map.Dispose());

    private static Bytes16 Wire(string address)
    {
        var bytes = default(Bytes16);
        IPAddress.Parse(address).MapToIPv6().TryWriteBytes(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref bytes, 1)), out _);
        return bytes;
    }

    private BpfMap Open(PinDirectory pins, string name)
    {
        if (!pins.TryOpenMap(name, null, out var map))
        {
            throw new InvalidOperationException($"the node has no pinned map '{name}' in {pins.Path}");
        }

        _opened.Add(map);
        return map;
    }
}
