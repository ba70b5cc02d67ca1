using System.Buffers.Binary;
using System.Net;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Benchmarks.Packets;

internal static class Tables
{
    private const int Batch = 65536;

    /// <summary>Takes everything out of a table.</summary>
    internal static void Clear<TKey, TValue>(TypedMap<TKey, TValue> map)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        var keys = new TKey[Batch];
        var values = new TValue[Batch];
        MapCursor cursor = new();
        MapBatchStatus status;
        do
        {
            status = map.TakeBatch(ref cursor, keys, values, out _);
        }
        while (status == MapBatchStatus.More);
        if (status != MapBatchStatus.End)
        {
            throw new InvalidOperationException($"{map.Map.Name}: a bucket holds more than {Batch} entries");
        }
    }

    /// <summary>Sets the first elements of an array to zeros.</summary>
    internal static void Zero<TValue>(BpfMap map, uint count)
        where TValue : unmanaged
    {
        if (count == 0)
        {
            return;
        }

        uint[] keys = [.. Enumerable.Range(0, (int)Math.Min(count, map.MaxEntries)).Select(i => (uint)i)];
        _ = new TypedMap<uint, TValue>(map).UpdateBatch(keys, new TValue[keys.Length], out _);
    }

    /// <summary>An address as the 32-bit word that a map holds in network byte order.</summary>
    internal static uint Word(IPAddress address) => BitConverter.ToUInt32(address.GetAddressBytes());

    internal static uint Word(string address) => Word(IPAddress.Parse(address));

    internal static ushort Network(ushort port) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(port) : port;
}
