using System.Runtime.CompilerServices;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>Checks and error handling that all typed maps share.</summary>
internal static unsafe class MapGuard
{
    public static bool IsPerCpu(BpfMapType type)
        => type is BpfMapType.PerCpuHash or BpfMapType.PerCpuArray or BpfMapType.LruPerCpuHash or BpfMapType.PerCpuCgroupStorage;

    public static void RequireKey<TKey>(BpfMap map)
        where TKey : unmanaged
    {
        if (map.KeySize != sizeof(TKey))
        {
            throw new ArgumentException($"Map '{map.Name}' has keys of {map.KeySize} bytes, {typeof(TKey).Name} has {sizeof(TKey)}", nameof(map));
        }
    }

    public static void RequireValue<TValue>(BpfMap map)
        where TValue : unmanaged
    {
        if (map.ValueSize != sizeof(TValue))
        {
            throw new ArgumentException($"Map '{map.Name}' has values of {map.ValueSize} bytes, {typeof(TValue).Name} has {sizeof(TValue)}", nameof(map));
        }
    }

    public static void RequireType(BpfMap map, params ReadOnlySpan<BpfMapType> types)
    {
        if (!types.Contains(map.Type))
        {
            throw new ArgumentException($"Map '{map.Name}' is a {map.Type}, expected {string.Join(" or ", types.ToArray())}", nameof(map));
        }
    }

    public static void RequireSameLength(int keys, int values)
    {
        if (keys != values)
        {
            throw new ArgumentException($"There are {keys} keys and {values} values: expected as many of both", nameof(values));
        }
    }

    public static bool Found(int result, BpfMap map, string operation) => result switch
    {
        0 => true,
        -Errno.ENOENT => false,
        _ => throw Failure(result, map, operation),
    };

    public static EbpfException Failure(int result, BpfMap map, string operation)
        => new($"{operation} map '{map.Name}' ({map.Type}, {map.MaxEntries} entries)", -result);

    public static MapBatchStatus ReadBatch(BpfMap map, ref MapCursor cursor, void* keys, void* values, int capacity, bool delete, out int count)
    {
        using FdLease fd = map.Handle.Lease();
        count = 0;
        if (capacity == 0)
        {
            return MapBatchStatus.SpansTooSmall;
        }

        uint read = (uint)capacity;
        MapBatchOptions options = new() { Size = (nuint)sizeof(MapBatchOptions) };
        MapCursor.Token next = default;
        int result;
        fixed (MapCursor.Token* position = &cursor.Position)
        {
            void* start = cursor.Started ? position : null;
            result = delete
                ? Libbpf.MapLookupAndDeleteBatch(fd.Fd, start, &next, keys, values, &read, &options)
                : Libbpf.MapLookupBatch(fd.Fd, start, &next, keys, values, &read, &options);
        }

        switch (result)
        {
            case 0:
                cursor.Position = next;
                cursor.Started = true;
                count = (int)read;
                return MapBatchStatus.More;
            case -Errno.ENOENT:
                cursor.Position = next;
                cursor.Started = true;
                count = (int)read;
                return MapBatchStatus.End;
            case -Errno.ENOSPC:
                // Entries of buckets before the full one are delivered, and the token stands at the full one.
                if (read > 0 && read < (uint)capacity)
                {
                    cursor.Position = next;
                    cursor.Started = true;
                    count = (int)read;
                    return MapBatchStatus.More;
                }

                return MapBatchStatus.SpansTooSmall;
            default:
                throw Failure(result, map, delete ? "take a batch from" : "read a batch of");
        }
    }

    /// <summary>Errors by which the kernel says that a map type or the kernel itself has no batch operations.</summary>
    public static bool IsBatchUnsupported(int errno) => errno is Errno.ENOTSUPP or Errno.EINVAL or Errno.EOPNOTSUPP;
}
