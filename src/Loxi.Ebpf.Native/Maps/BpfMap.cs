using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>A map in the kernel, known by a descriptor. Typed access is by <see cref="TypedMap{TKey, TValue}"/> and its siblings over it. Thread-safe.</summary>
public sealed class BpfMap : IDisposable
{
    private BpfMap(BpfHandle handle, string name, MapShape shape, uint id)
    {
        Handle = handle;
        Name = name;
        Shape = shape;
        Id = id;
    }

    /// <summary>The descriptor.</summary>
    public BpfHandle Handle { get; }

    /// <summary>Name: the full C name when the map came from an object, else the kernel's (at most 15 characters).</summary>
    public string Name { get; }

    /// <summary>Type, sizes, capacity and flags.</summary>
    public MapShape Shape { get; }

    /// <summary>Map type.</summary>
    public BpfMapType Type => Shape.Type;

    /// <summary>Bytes of a key.</summary>
    public int KeySize => (int)Shape.KeySize;

    /// <summary>Bytes of a value (of one CPU's value for per-CPU maps).</summary>
    public int ValueSize => (int)Shape.ValueSize;

    /// <summary>Capacity in entries (bytes for a ring buffer).</summary>
    public uint MaxEntries => Shape.MaxEntries;

    /// <summary>Creation flags.</summary>
    public BpfMapFlags Flags => Shape.Flags;

    /// <summary>Identifier that is unique on this kernel while the map lives (4.13).</summary>
    public uint Id { get; }

    /// <summary>Creates a map.</summary>
    /// <param name="type">Map type.</param>
    /// <param name="keySize">Bytes of a key; 0 for ring buffers and queues.</param>
    /// <param name="valueSize">Bytes of a value; 0 for ring buffers.</param>
    /// <param name="maxEntries">Capacity in entries (bytes for a ring buffer).</param>
    /// <param name="flags">Creation flags.</param>
    /// <param name="name">Name; the kernel keeps the first 15 characters of [A-Za-z0-9_.].</param>
    /// <param name="innerTemplate">For a map of maps: a map of the shape that inner maps will have.</param>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public static unsafe BpfMap Create(
        BpfMapType type,
        int keySize,
        int valueSize,
        uint maxEntries,
        BpfMapFlags flags = BpfMapFlags.None,
        string name = "",
        BpfMap? innerTemplate = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keySize);
        ArgumentOutOfRangeException.ThrowIfNegative(valueSize);
        ArgumentNullException.ThrowIfNull(name);
        Libbpf.Require();
        string kernelName = name.Length > 15 ? name[..15] : name;
        MapCreateOptions options = new() { Size = (nuint)sizeof(MapCreateOptions), MapFlags = (uint)flags };
        int fd;
        if (innerTemplate is null)
        {
            fd = Libbpf.MapCreate((uint)type, kernelName, (uint)keySize, (uint)valueSize, maxEntries, &options);
        }
        else
        {
            using FdLease inner = innerTemplate.Handle.Lease();
            options.InnerMapFd = (uint)inner.Fd;
            fd = Libbpf.MapCreate((uint)type, kernelName, (uint)keySize, (uint)valueSize, maxEntries, &options);
        }

        return fd >= 0
            ? FromHandle(new BpfHandle(fd), name)
            : throw new EbpfException($"create {type} map '{name}' (key {keySize}, value {valueSize}, {maxEntries} entries, flags {flags})", -fd);
    }

    /// <summary>Opens a pinned map.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <exception cref="EbpfException">Nothing is pinned there (ENOENT), or it is not a map.</exception>
    public static BpfMap OpenPinned(string path)
        => TryOpenPinned(path, out BpfMap? map) ? map : throw new EbpfException($"open the map pinned at {path}", Errno.ENOENT);

    /// <summary>Opens a pinned map and checks its shape.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <param name="expected">Shape that the map must have.</param>
    /// <exception cref="EbpfException">Nothing is pinned there (ENOENT), or it is not a map.</exception>
    /// <exception cref="MapShapeMismatchException">The shape differs; the message says how.</exception>
    public static BpfMap OpenPinned(string path, MapShape expected)
    {
        BpfMap map = OpenPinned(path);
        try
        {
            expected.RequireEqual(map.Shape, $"map pinned at {path}");
            return map;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Opens a pinned map if something is pinned at the path.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <param name="map">The map.</param>
    /// <returns>False when nothing is pinned there.</returns>
    /// <exception cref="EbpfException">What is pinned there is not a map, or access is denied.</exception>
    public static bool TryOpenPinned(string path, [NotNullWhen(true)] out BpfMap? map)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Libbpf.Require();
        map = null;
        int fd = Libbpf.OpenPinned(path);
        if (fd == -Errno.ENOENT)
        {
            return false;
        }

        if (fd < 0)
        {
            throw new EbpfException($"open the map pinned at {path}", -fd);
        }

        BpfHandle handle = new(fd);
        ObjectKind.Require(handle, ObjectKind.Map, path);
        map = FromHandle(handle, null);
        return true;
    }

    /// <summary>Opens a map by its identifier.</summary>
    /// <param name="id">Identifier (see <see cref="Id"/>).</param>
    /// <exception cref="EbpfException">No map has that identifier (ENOENT), or CAP_SYS_ADMIN is missing.</exception>
    public static BpfMap OpenById(uint id)
    {
        Libbpf.Require();
        int fd = Libbpf.MapFdById(id);
        return fd >= 0 ? FromHandle(new BpfHandle(fd), null) : throw new EbpfException($"open map with id {id}", -fd);
    }

    /// <summary>Pins the map so that it outlives the process.</summary>
    /// <param name="path">Path inside a bpffs; must not exist.</param>
    /// <exception cref="EbpfException">The path exists (EEXIST), or is not in a bpffs (EPERM or EINVAL).</exception>
    public void Pin(string path) => ObjectKind.Pin(Handle, path, $"map '{Name}'");

    /// <summary>Forbids user space to change the map; programs still may. Used for constants.</summary>
    /// <exception cref="EbpfException">The kernel refused (5.2).</exception>
    public void Freeze()
    {
        using FdLease fd = Handle.Lease();
        int result = Libbpf.MapFreeze(fd.Fd);
        if (result < 0)
        {
            throw new EbpfException($"freeze map '{Name}'", -result);
        }
    }

    /// <summary>Bytes of kernel memory that the map uses, from <c>/proc/self/fdinfo</c>: exact for preallocated maps since 6.4, an estimate before.</summary>
    public long ReadMemoryBytes()
    {
        using FdLease fd = Handle.Lease();
        foreach (string line in File.ReadLines($"/proc/self/fdinfo/{fd.Fd}"))
        {
            if (line.StartsWith("memlock:", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan("memlock:".Length).Trim(), CultureInfo.InvariantCulture);
            }
        }

        throw new EbpfException($"read the memory use of map '{Name}'", 0, detail: $"/proc/self/fdinfo/{fd.Fd} has no 'memlock' line");
    }

    /// <summary>Closes the descriptor. The kernel frees the map when no program, pin or descriptor refers to it.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>Wraps a descriptor, which it then owns, also when it fails.</summary>
    internal static unsafe BpfMap FromHandle(BpfHandle handle, string? name)
    {
        using FdLease fd = handle.Lease();
        MapInfo info = default;
        uint length = (uint)sizeof(MapInfo);
        int result = Libbpf.ObjectInfo(fd.Fd, &info, &length);
        if (result < 0)
        {
            handle.Dispose();
            throw new EbpfException($"read the description of map '{name}'", -result);
        }

        MapShape shape = new((BpfMapType)info.Type, info.KeySize, info.ValueSize, info.MaxEntries, (BpfMapFlags)info.Flags);
        return new BpfMap(handle, name ?? ObjectName.Read(info.Name), shape, info.Id);
    }
}
