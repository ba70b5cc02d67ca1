using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>
/// Typed access to a map with one value per key: hash, array, LRU hash, LPM trie, device maps. Does not own the map.
/// Operations on single entries do not allocate. Thread-safe; each operation is one system call.
/// </summary>
/// <typeparam name="TKey">Type of exactly the map's key size, laid out as in C, padding zeroed.</typeparam>
/// <typeparam name="TValue">Type of exactly the map's value size.</typeparam>
public sealed partial class TypedMap<TKey, TValue>
    where TKey : unmanaged
    where TValue : unmanaged
{
    /// <summary>Opens typed access.</summary>
    /// <param name="map">The map; the caller keeps ownership.</param>
    /// <exception cref="ArgumentException">A size differs; the message names both. Or the map has one value per CPU (see <see cref="PerCpuMap{TKey, TValue}"/>).</exception>
    public TypedMap(BpfMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapGuard.RequireKey<TKey>(map);
        MapGuard.RequireValue<TValue>(map);
        if (MapGuard.IsPerCpu(map.Type))
        {
            throw new ArgumentException($"Map '{map.Name}' is a {map.Type}: it has one value per CPU, use PerCpuMap", nameof(map));
        }

        Map = map;
    }

    /// <summary>The map.</summary>
    public BpfMap Map { get; }

    /// <summary>Reads the value of a key.</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">Value, or <c>default</c>.</param>
    /// <returns>False when the key is absent.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe bool TryLookup(in TKey key, out TValue value)
    {
        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = &key)
        fixed (TValue* valuePointer = &value)
        {
            *valuePointer = default;
            return MapGuard.Found(Libbpf.MapLookup(fd.Fd, keyPointer, valuePointer), Map, "look up in");
        }
    }

    /// <summary>Reads the value of a key and deletes the entry in one step (hash maps: 5.14).</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">Value, or <c>default</c>.</param>
    /// <returns>False when the key is absent.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe bool TryTake(in TKey key, out TValue value)
    {
        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = &key)
        fixed (TValue* valuePointer = &value)
        {
            *valuePointer = default;
            return MapGuard.Found(Libbpf.MapLookupAndDelete(fd.Fd, keyPointer, valuePointer), Map, "look up and delete in");
        }
    }

    /// <summary>Writes an entry.</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">Value.</param>
    /// <param name="mode">Whether the entry may, must or must not exist.</param>
    /// <exception cref="EbpfException">The kernel refused: EEXIST, ENOENT, E2BIG (full) and others.</exception>
    public void Update(in TKey key, in TValue value, MapUpdateMode mode = MapUpdateMode.Any)
    {
        int result = UpdateCore(key, value, mode);
        if (result < 0)
        {
            throw MapGuard.Failure(result, Map, $"update ({mode})");
        }
    }

    /// <summary>Writes an entry; expected failures are results, not exceptions.</summary>
    /// <param name="key">Key.</param>
    /// <param name="value">Value.</param>
    /// <param name="mode">Whether the entry may, must or must not exist.</param>
    /// <exception cref="EbpfException">The kernel refused for another reason than those of <see cref="MapUpdateResult"/>.</exception>
    public MapUpdateResult TryUpdate(in TKey key, in TValue value, MapUpdateMode mode = MapUpdateMode.Any)
        => UpdateCore(key, value, mode) switch
        {
            0 => MapUpdateResult.Done,
            -Errno.EEXIST => MapUpdateResult.AlreadyExists,
            -Errno.ENOENT => MapUpdateResult.NotFound,
            -Errno.E2BIG or -Errno.ENOSPC => MapUpdateResult.Full,
            int error => throw MapGuard.Failure(error, Map, $"update ({mode})"),
        };

    /// <summary>Deletes an entry.</summary>
    /// <param name="key">Key.</param>
    /// <returns>False when the key is absent.</returns>
    /// <exception cref="EbpfException">The kernel refused: EINVAL for arrays, whose entries always exist.</exception>
    public unsafe bool TryDelete(in TKey key)
    {
        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = &key)
        {
            return MapGuard.Found(Libbpf.MapDelete(fd.Fd, keyPointer), Map, "delete from");
        }
    }

    /// <summary>
    /// Finds the key after a key in the map's own order. When the given key is absent (deleted meanwhile) a hash map starts again
    /// from its first key: a walk by keys sees every entry that stays, but may see some twice.
    /// </summary>
    /// <param name="previous">Key to continue from, or null for the first.</param>
    /// <param name="next">The key found.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe bool TryNextKey(TKey? previous, [NotNullWhen(true)] out TKey next)
    {
        using FdLease fd = Map.Handle.Lease();
        TKey previousKey = previous.GetValueOrDefault();
        fixed (TKey* nextPointer = &next)
        {
            *nextPointer = default;
            return MapGuard.Found(Libbpf.MapNextKey(fd.Fd, previous is null ? null : &previousKey, nextPointer), Map, "walk");
        }
    }

    private unsafe int UpdateCore(in TKey key, in TValue value, MapUpdateMode mode)
    {
        using FdLease fd = Map.Handle.Lease();
        fixed (TKey* keyPointer = &key)
        fixed (TValue* valuePointer = &value)
        {
            return Libbpf.MapUpdate(fd.Fd, keyPointer, valuePointer, (ulong)mode);
        }
    }
}
