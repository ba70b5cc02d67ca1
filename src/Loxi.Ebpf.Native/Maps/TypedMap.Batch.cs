using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

public sealed partial class TypedMap<TKey, TValue>
{
    /// <summary>Writes many entries in one system call (5.6), creating or replacing them: the kernel knows no other mode here.</summary>
    /// <param name="keys">Keys.</param>
    /// <param name="values">As many values.</param>
    /// <returns>How many were written: fewer than given when an entry failed (<paramref name="failure"/> says why); those before it stay written.</returns>
    /// <param name="failure"><see cref="MapUpdateResult.Done"/>, or why the entry at the returned index failed.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="EbpfException">The map type has no batch operations (ENOTSUPP or EINVAL), or the kernel refused otherwise.</exception>
    public unsafe int UpdateBatch(ReadOnlySpan<TKey> keys, ReadOnlySpan<TValue> values, out MapUpdateResult failure)
    {
        MapGuard.RequireSameLength(keys.Length, values.Length);
        failure = MapUpdateResult.Done;
        if (keys.IsEmpty)
        {
            return 0;
        }

        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = keys)
        fixed (TValue* valuePointer = values)
        {
            uint count = (uint)keys.Length;
            MapBatchOptions options = new() { Size = (nuint)sizeof(MapBatchOptions) };
            int result = Libbpf.MapUpdateBatch(fd.Fd, keyPointer, valuePointer, &count, &options);
            failure = result switch
            {
                0 => MapUpdateResult.Done,
                -Errno.E2BIG or -Errno.ENOSPC => MapUpdateResult.Full,
                _ => throw MapGuard.Failure(result, Map, "update a batch in"),
            };
            return (int)count;
        }
    }

    /// <summary>Deletes many entries in one system call (5.6). Keys that are absent are skipped.</summary>
    /// <param name="keys">Keys.</param>
    /// <returns>How many entries were deleted.</returns>
    /// <exception cref="EbpfException">The map type has no batch operations, or the kernel refused otherwise.</exception>
    public unsafe int DeleteBatch(ReadOnlySpan<TKey> keys)
    {
        using FdLease fd = Map.Handle.Lease();
        int deleted = 0;
        fixed (TKey* keyPointer = keys)
        {
            int position = 0;
            while (position < keys.Length)
            {
                uint count = (uint)(keys.Length - position);
                MapBatchOptions options = new() { Size = (nuint)sizeof(MapBatchOptions) };
                int result = Libbpf.MapDeleteBatch(fd.Fd, keyPointer + position, &count, &options);
                deleted += (int)count;
                if (result == 0)
                {
                    break;
                }

                if (result != -Errno.ENOENT)
                {
                    throw MapGuard.Failure(result, Map, "delete a batch from");
                }

                // The kernel stops at the first absent key: step over it.
                position += (int)count + 1;
            }
        }

        return deleted;
    }

    /// <summary>
    /// Reads the next entries in one system call without allocating (5.6). A walk sees every entry that stays in the map; entries
    /// that are added or deleted meanwhile may be missed or seen.
    /// </summary>
    /// <param name="cursor">Place in the map, <c>default</c> to start; moved on.</param>
    /// <param name="keys">Receives keys.</param>
    /// <param name="values">Receives as many values; same length.</param>
    /// <param name="count">How many entries were read; may be above 0 also at the end.</param>
    /// <exception cref="EbpfException">The map type has no batch operations, or the kernel refused otherwise.</exception>
    public unsafe MapBatchStatus LookupBatch(ref MapCursor cursor, Span<TKey> keys, Span<TValue> values, out int count)
    {
        MapGuard.RequireSameLength(keys.Length, values.Length);
        fixed (TKey* keyPointer = keys)
        fixed (TValue* valuePointer = values)
        {
            return MapGuard.ReadBatch(Map, ref cursor, keyPointer, valuePointer, keys.Length, delete: false, out count);
        }
    }

    /// <summary>Reads the next entries and deletes them in the same step (5.6; hash maps only).</summary>
    /// <param name="cursor">Place in the map, <c>default</c> to start; moved on.</param>
    /// <param name="keys">Receives keys.</param>
    /// <param name="values">Receives as many values; same length.</param>
    /// <param name="count">How many entries were taken; may be above 0 also at the end.</param>
    /// <exception cref="EbpfException">The map type has no batch operations, or the kernel refused otherwise.</exception>
    public unsafe MapBatchStatus TakeBatch(ref MapCursor cursor, Span<TKey> keys, Span<TValue> values, out int count)
    {
        MapGuard.RequireSameLength(keys.Length, values.Length);
        fixed (TKey* keyPointer = keys)
        fixed (TValue* valuePointer = values)
        {
            return MapGuard.ReadBatch(Map, ref cursor, keyPointer, valuePointer, keys.Length, delete: true, out count);
        }
    }

    /// <summary>Walks the whole map batch by batch, growing its buffers for full hash buckets, and key by key where the map has no batch operations.</summary>
    /// <param name="batchSize">Entries per system call, 1 or more; default 4096.</param>
    public MapScanner<TKey, TValue> Scan(int batchSize = 4096) => new(this, batchSize);

    /// <summary>Copies every entry into an array. For small maps and tests; large ones are better walked by <see cref="Scan"/>.</summary>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public KeyValuePair<TKey, TValue>[] ToArray()
    {
        List<KeyValuePair<TKey, TValue>> entries = [];
        using MapScanner<TKey, TValue> scanner = Scan();
        while (scanner.MoveNext())
        {
            for (int i = 0; i < scanner.Keys.Length; i++)
            {
                entries.Add(new(scanner.Keys[i], scanner.Values[i]));
            }
        }

        return [.. entries];
    }
}
