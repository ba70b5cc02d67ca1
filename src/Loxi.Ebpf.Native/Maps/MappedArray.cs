using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>
/// An array map created with BPF_F_MMAPABLE (5.5), mapped into this process: reading and writing are plain memory accesses that
/// programs see at once. Elements lie 8-byte aligned, so the value size must be a multiple of 8 or the map have one element.
/// Do not use <see cref="Span"/> after or during <see cref="Dispose"/>.
/// </summary>
/// <typeparam name="T">Type of exactly the map's value size.</typeparam>
public sealed unsafe class MappedArray<T> : IDisposable
    where T : unmanaged
{
    private readonly nuint _bytes;
    private readonly int _length;
    private nint _address;

    /// <summary>Maps an array.</summary>
    /// <param name="map">Array map with <see cref="BpfMapFlags.MemoryMappable"/>; may be disposed afterwards, the mapping keeps it alive.</param>
    /// <param name="writable">False to map it for reading only (the only way for frozen maps).</param>
    /// <exception cref="ArgumentException">The map is not such an array, or the size of its values differs.</exception>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public MappedArray(BpfMap map, bool writable = true)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapGuard.RequireType(map, BpfMapType.Array);
        MapGuard.RequireValue<T>(map);
        if (!map.Flags.HasFlag(BpfMapFlags.MemoryMappable))
        {
            throw new ArgumentException($"Map '{map.Name}' was created without BPF_F_MMAPABLE (flags {map.Flags})", nameof(map));
        }

        if (sizeof(T) % 8 != 0 && map.MaxEntries > 1)
        {
            throw new ArgumentException($"Map '{map.Name}' has values of {sizeof(T)} bytes, expected a multiple of 8: elements are 8-byte aligned", nameof(map));
        }

        _length = checked((int)map.MaxEntries);
        nuint page = (nuint)Environment.SystemPageSize;
        _bytes = ((((nuint)sizeof(T) + 7) & ~(nuint)7) * (nuint)_length + page - 1) & ~(page - 1);
        using FdLease fd = map.Handle.Lease();
        _address = Libc.Mmap(0, _bytes, Libc.ProtRead | (writable ? Libc.ProtWrite : 0), Libc.MapShared, fd.Fd, 0);
        if (_address == Libc.MapFailed)
        {
            _address = 0;
            throw new EbpfException($"map array '{map.Name}' ({_bytes} bytes) into memory", Errno.Last);
        }
    }

    /// <summary>Unmaps memory that was never disposed.</summary>
    ~MappedArray() => Unmap();

    /// <summary>The elements. Concurrent accesses by programs are not synchronised: use <see cref="Volatile"/> or <see cref="Interlocked"/> on elements.</summary>
    /// <exception cref="ObjectDisposedException">The mapping was disposed.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_address == 0, this);
            return new Span<T>((void*)_address, _length);
        }
    }

    /// <summary>Unmaps the memory.</summary>
    public void Dispose()
    {
        Unmap();
        GC.SuppressFinalize(this);
    }

    private void Unmap()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _ = Libc.Munmap(address, _bytes);
        }
    }
}
