using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>
/// A map whose values are maps: array of maps or hash of maps (4.12). Setting an entry makes the outer map hold the inner one; a
/// program sees either the old or the new inner map. Does not own the map. Thread-safe.
/// </summary>
/// <typeparam name="TKey">Type of exactly the outer map's key size.</typeparam>
public sealed class MapOfMaps<TKey>
    where TKey : unmanaged
{
    /// <summary>Opens typed access.</summary>
    /// <param name="map">The outer map; the caller keeps ownership.</param>
    /// <exception cref="ArgumentException">The map is of another type, or the key size differs.</exception>
    public MapOfMaps(BpfMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapGuard.RequireType(map, BpfMapType.ArrayOfMaps, BpfMapType.HashOfMaps);
        MapGuard.RequireKey<TKey>(map);
        Map = map;
    }

    /// <summary>The outer map.</summary>
    public BpfMap Map { get; }

    /// <summary>Puts an inner map under a key, replacing the one there. When this returns, no program uses the old one any more.</summary>
    /// <param name="key">Key.</param>
    /// <param name="inner">Inner map; may be disposed afterwards.</param>
    /// <param name="mode">Whether the entry may, must or must not exist.</param>
    /// <exception cref="EbpfException">EINVAL: the inner map's shape differs from the template's; or the kernel refused otherwise.</exception>
    public unsafe void Set(in TKey key, BpfMap inner, MapUpdateMode mode = MapUpdateMode.Any)
    {
        ArgumentNullException.ThrowIfNull(inner);
        using FdLease outerFd = Map.Handle.Lease();
        using FdLease innerFd = inner.Handle.Lease();
        uint value = (uint)innerFd.Fd;
        fixed (TKey* keyPointer = &key)
        {
            int result = Libbpf.MapUpdate(outerFd.Fd, keyPointer, &value, (ulong)mode);
            if (result < 0)
            {
                throw MapGuard.Failure(result, Map, $"put inner map '{inner.Name}' ({inner.Shape}) into");
            }
        }
    }

    /// <summary>Puts inner maps under keys in one system call (5.19), replacing those there. The kernel waits once for programs that use the old ones, not once for each.</summary>
    /// <param name="keys">Keys.</param>
    /// <param name="inners">As many inner maps; may be disposed afterwards.</param>
    /// <exception cref="ArgumentException">There are more or fewer inner maps than keys.</exception>
    /// <exception cref="EbpfException">EINVAL: the shape of an inner map differs from the template's; or the kernel refused otherwise. Those before it stay.</exception>
    public unsafe void SetBatch(ReadOnlySpan<TKey> keys, IReadOnlyList<BpfMap> inners)
    {
        ArgumentNullException.ThrowIfNull(inners);
        MapGuard.RequireSameLength(keys.Length, inners.Count);
        if (keys.IsEmpty)
        {
            return;
        }

        uint[] values = new uint[inners.Count];
        int held = 0;
        try
        {
            while (held < values.Length)
            {
                bool isHeld = false;
                inners[held].Handle.DangerousAddRef(ref isHeld);
                values[held] = (uint)inners[held].Handle.DangerousGetHandle();
                held++;
            }

            using FdLease outerFd = Map.Handle.Lease();
            fixed (TKey* keyPointer = keys)
            fixed (uint* valuePointer = values)
            {
                uint count = (uint)keys.Length;
                MapBatchOptions options = new() { Size = (nuint)sizeof(MapBatchOptions) };
                int result = Libbpf.MapUpdateBatch(outerFd.Fd, keyPointer, valuePointer, &count, &options);
                if (result < 0)
                {
                    throw MapGuard.Failure(result, Map, $"put {keys.Length} inner maps '{inners[0].Name}' ({inners[0].Shape}) into");
                }
            }
        }
        finally
        {
            for (int i = 0; i < held; i++)
            {
                inners[i].Handle.DangerousRelease();
            }
        }
    }

    /// <summary>Opens the inner map of a key.</summary>
    /// <param name="key">Key.</param>
    /// <returns>The inner map, owned by the caller; or null when the key has none.</returns>
    /// <exception cref="EbpfException">The kernel refused (opening by identifier needs CAP_SYS_ADMIN).</exception>
    public unsafe BpfMap? TryOpen(in TKey key)
    {
        uint id = 0;
        using (FdLease fd = Map.Handle.Lease())
        {
            fixed (TKey* keyPointer = &key)
            {
                if (!MapGuard.Found(Libbpf.MapLookup(fd.Fd, keyPointer, &id), Map, "look up in"))
                {
                    return null;
                }
            }
        }

        return BpfMap.OpenById(id);
    }

    /// <summary>Takes the inner map of a key out.</summary>
    /// <param name="key">Key.</param>
    /// <returns>False when the key has none.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe bool TryRemove(in TKey key)
    {
        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = &key)
        {
            return MapGuard.Found(Libbpf.MapDelete(fd.Fd, keyPointer), Map, "delete from");
        }
    }
}
