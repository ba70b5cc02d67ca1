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

    /// <summary>An address as the 32-bit word that a map holds in network byte order.</summary>
    internal static uint Word(IPAddress address) => BitConverter.ToUInt32(address.GetAddressBytes());

    internal static uint Word(string address) => Word(IPAddress.Parse(address));

    internal static ushort Network(ushort port) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(port) : port;

    /// <summary>An address in 16 bytes, IPv4 mapped into IPv6.</summary>
    internal static byte[] Mapped(IPAddress address) => address.MapToIPv6().GetAddressBytes();
}
