using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>
/// Typed access to a map with one value per CPU and key (per-CPU hash, per-CPU array, per-CPU LRU hash; 4.6). Spans of values have
/// one element per possible CPU, <see cref="CpuCount"/> of them; in batches, the values of one key lie together. Does not own the map. Thread-safe.
/// </summary>
/// <typeparam name="TKey">Type of exactly the map's key size.</typeparam>
/// <typeparam name="TValue">Type of exactly the size of one CPU's value.</typeparam>
public sealed class PerCpuMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    // The kernel rounds each CPU's value up to 8 bytes (linux/bpf.h: round_up(value_size, 8)).
    private static readonly int Stride = (Unsafe.SizeOf<TValue>() + 7) & ~7;

    /// <summary>Opens typed access.</summary>
    /// <param name="map">The map; the caller keeps ownership.</param>
    /// <exception cref="ArgumentException">A size differs; the message names both. Or the map has no value per CPU.</exception>
    public PerCpuMap(BpfMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapGuard.RequireType(map, BpfMapType.PerCpuArray, BpfMapType.PerCpuHash, BpfMapType.LruPerCpuHash);
        MapGuard.RequireKey<TKey>(map);
        MapGuard.RequireValue<TValue>(map);
        Map = map;
        CpuCount = PossibleCpus.Count;
    }

    /// <summary>The map.</summary>
    public BpfMap Map { get; }

    /// <summary>Number of possible CPUs, so of values per key.</summary>
    public int CpuCount { get; }

    /// <summary>Reads the values of a key.</summary>
    /// <param name="key">Key.</param>
    /// <param name="values">Receives <see cref="CpuCount"/> values.</param>
    /// <returns>False when the key is absent.</returns>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe bool TryLookup(in TKey key, Span<TValue> values)
    {
        RequireCapacity(values.Length, 1);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Stride * CpuCount);
        try
        {
            using FdLease fd = Map.Handle.Lease();
            fixed (TKey* keyPointer = &key)
            fixed (byte* bytes = buffer)
            {
                if (!MapGuard.Found(Libbpf.MapLookup(fd.Fd, keyPointer, bytes), Map, "look up in"))
                {
                    return false;
                }
            }

            Unpack(buffer, values[..CpuCount]);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the values of a key, one per CPU.</summary>
    /// <param name="key">Key.</param>
    /// <param name="values"><see cref="CpuCount"/> values.</param>
    /// <param name="mode">Whether the entry may, must or must not exist.</param>
    /// <exception cref="ArgumentException">The span is too short.</exception>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe void Update(in TKey key, ReadOnlySpan<TValue> values, MapUpdateMode mode = MapUpdateMode.Any)
    {
        RequireCapacity(values.Length, 1);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Stride * CpuCount);
        try
        {
            Pack(values[..CpuCount], buffer);
            using FdLease fd = Map.Handle.Lease();
            fixed (TKey* keyPointer = &key)
            fixed (byte* bytes = buffer)
            {
                int result = Libbpf.MapUpdate(fd.Fd, keyPointer, bytes, (ulong)mode);
                if (result < 0)
                {
                    throw MapGuard.Failure(result, Map, $"update ({mode})");
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Deletes an entry.</summary>
    /// <param name="key">Key.</param>
    /// <returns>False when the key is absent.</returns>
    /// <exception cref="EbpfException">The kernel refused: EINVAL for arrays.</exception>
    public unsafe bool TryDelete(in TKey key)
    {
        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = &key)
        {
            return MapGuard.Found(Libbpf.MapDelete(fd.Fd, keyPointer), Map, "delete from");
        }
    }

    /// <summary>
    /// Reads the next entries in one system call (5.6; per-CPU arrays 5.14).
    /// </summary>
    /// <param name="cursor">Place in the map, <c>default</c> to start; moved on.</param>
    /// <param name="keys">Receives keys.</param>
    /// <param name="values">Receives <see cref="CpuCount"/> values per key.</param>
    /// <param name="count">How many entries were read; may be above 0 also at the end.</param>
    /// <exception cref="ArgumentException">The span of values is too short.</exception>
    /// <exception cref="EbpfException">The map type has no batch operations on this kernel, or the kernel refused otherwise.</exception>
    public unsafe MapBatchStatus LookupBatch(ref MapCursor cursor, Span<TKey> keys, Span<TValue> values, out int count)
    {
        RequireCapacity(values.Length, keys.Length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(checked(Stride * CpuCount * keys.Length));
        try
        {
            MapBatchStatus status;
            fixed (TKey* keyPointer = keys)
            fixed (byte* bytes = buffer)
            {
                status = MapGuard.ReadBatch(Map, ref cursor, keyPointer, bytes, keys.Length, delete: false, out count);
            }

            Unpack(buffer, values[..(count * CpuCount)]);
            return status;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> packed, Span<TValue> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MemoryMarshal.Read<TValue>(packed[(i * Stride)..]);
        }
    }

    private static void Pack(ReadOnlySpan<TValue> values, Span<byte> packed)
    {
        packed.Clear();
        for (int i = 0; i < values.Length; i++)
        {
            MemoryMarshal.Write(packed[(i * Stride)..], values[i]);
        }
    }

    private void RequireCapacity(int length, int keys)
    {
        if (length < (long)keys * CpuCount)
        {
            throw new ArgumentException($"The values of {keys} keys need {(long)keys * CpuCount} elements ({CpuCount} CPUs), the span has {length}");
        }
    }
}
