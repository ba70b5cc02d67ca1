using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Maps;

namespace Loxi.Nat.Tables;

/// <summary>
/// Where Maglev tables stand in the kernel's map of maps. Each change of that map waits for a grace period there (10 ms and more), so
/// empty tables are put in several at a time, before they are needed, and one that is given up waits for the next set of members of its
/// size. It is written again at a later change at the earliest: a packet in flight may still read it, and would find a member of its own
/// service in it even then, because the programs take every slot modulo the number of members.
/// </summary>
internal sealed class MaglevPlaces(MapOfMaps<uint> map) : IDisposable
{
    private const int Eperm = 1;

    /// <summary>Fewest tables that are put in at a time.</summary>
    private const int LeastSpares = 4;

    /// <summary>Bytes of the most tables that are put in at a time.</summary>
    private const int MostSpareBytes = 512 * 1024;

    private readonly Dictionary<int, Pool> _pools = [];
    private readonly IndexAllocator _indices = new(Shared.MaxMaglevTables);

    /// <summary>Places that an earlier process has made.</summary>
    public void Adopt(IReadOnlySet<uint> used) => _indices.Adopt(used);

    /// <summary>Writes a table to a place of its own; false when every place is taken.</summary>
    public bool TryPlace(RawMaglevSlots[] table, out uint index)
    {
        var pool = PoolOf(table.Length);
        if (pool.Spares.Count == 0 && !TryGrow(pool, table.Length))
        {
            index = 0;
            return false;
        }

        (index, var inner) = pool.Spares.Dequeue();
        using (inner)
        {
            try
            {
                new TypedMap<uint, RawMaglevSlots>(inner).UpdateBatch(pool.Keys, table, out _);
            }
            catch
            {
                // Whoever gets the place next puts another table in.
                _indices.Free(index);
                throw;
            }
        }

        pool.InUse++;
        return true;
    }

    /// <summary>Nobody points to a place any more.</summary>
    public void Return(uint index)
    {
        if (TryOpen(index) is { } inner)
        {
            var pool = PoolOf((int)inner.MaxEntries);
            pool.InUse = Math.Max(0, pool.InUse - 1);
            pool.Spares.Enqueue((index, inner));
        }
        else
        {
            map.TryRemove(index);
            _indices.Free(index);
        }
    }

    /// <summary>Takes out a spare table beyond those that the next changes may need; false when there is none. <see cref="Remove"/> does the waiting.</summary>
    public bool TryTakeExcess(out uint index)
    {
        foreach (var pool in _pools.Values)
        {
            if (pool.Spares.Count > Math.Max(pool.Most, pool.InUse))
            {
                (index, var inner) = pool.Spares.Dequeue();
                inner.Dispose();
                return true;
            }
        }

        index = 0;
        return false;
    }

    /// <summary>Removes what <see cref="TryTakeExcess"/> has taken out; may be called beside everything else.</summary>
    public void Remove(uint index) => map.TryRemove(index);

    /// <summary>The place of a table that was removed is free.</summary>
    public void Free(uint index) => _indices.Free(index);

    public void Dispose()
    {
        foreach (var (_, inner) in _pools.Values.SelectMany(static pool => pool.Spares))
        {
            inner.Dispose();
        }
    }

    private Pool PoolOf(int elements)
    {
        if (!_pools.TryGetValue(elements, out var pool))
        {
            _pools[elements] = pool = new Pool(elements);
        }

        return pool;
    }

    /// <summary>Puts in as many as there are in use, by one system call and so after one grace period.</summary>
    private bool TryGrow(Pool pool, int elements)
    {
        var indices = new List<uint>();
        for (var wanted = Math.Clamp(pool.InUse, Math.Min(LeastSpares, pool.Most), pool.Most); indices.Count < wanted && TryTakeIndex(pool, out var index);)
        {
            indices.Add(index);
        }

        var inners = new List<BpfMap>();
        try
        {
            foreach (var _ in indices)
            {
                inners.Add(BpfMap.Create(BpfMapType.Array, sizeof(uint), 8, (uint)elements, BpfMapFlags.InnerMap, "loxi_maglev"));
            }

            map.SetBatch(indices.ToArray(), inners);
        }
        catch
        {
            inners.ForEach(static inner => inner.Dispose());
            indices.ForEach(_indices.Free);
            throw;
        }

        for (var i = 0; i < inners.Count; i++)
        {
            pool.Spares.Enqueue((indices[i], inners[i]));
        }

        return inners.Count > 0;
    }

    /// <summary>A free place, or else that of a spare table of another size.</summary>
    private bool TryTakeIndex(Pool grown, out uint index)
    {
        if (_indices.TryTake(out index))
        {
            return true;
        }

        foreach (var pool in _pools.Values.Where(p => p != grown && p.Spares.Count > 0))
        {
            (index, var inner) = pool.Spares.Dequeue();
            inner.Dispose();
            return true;
        }

        return false;
    }

    private BpfMap? TryOpen(uint index)
    {
        try
        {
            return map.TryOpen(index);
        }
        catch (EbpfException e) when (e.Errno == Eperm)
        {
            // Opening by identifier needs CAP_SYS_ADMIN: without it the place is not used again.
            return null;
        }
    }

    private sealed class Pool
    {
        public Pool(int elements)
        {
            Most = Math.Max(1, MostSpareBytes / (elements * 8));
            Keys = [.. Enumerable.Range(0, elements).Select(static i => (uint)i)];
        }

        public Queue<(uint Index, BpfMap Inner)> Spares { get; } = new();

        public int InUse { get; set; }

        public int Most { get; }

        public uint[] Keys { get; }
    }
}
