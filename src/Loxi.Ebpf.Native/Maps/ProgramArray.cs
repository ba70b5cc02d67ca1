using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>Programs by index, for tail calls (4.2). Does not own the map. Thread-safe.</summary>
public sealed class ProgramArray
{
    /// <summary>Opens typed access.</summary>
    /// <param name="map">Map of type <see cref="BpfMapType.ProgramArray"/>; the caller keeps ownership.</param>
    /// <exception cref="ArgumentException">The map is of another type.</exception>
    public ProgramArray(BpfMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapGuard.RequireType(map, BpfMapType.ProgramArray);
        Map = map;
    }

    /// <summary>The map.</summary>
    public BpfMap Map { get; }

    /// <summary>Puts a program at an index.</summary>
    /// <param name="index">Index below the capacity.</param>
    /// <param name="program">Program of the type of the others; may be disposed afterwards.</param>
    /// <exception cref="EbpfException">E2BIG: index out of range; EINVAL: the program's type or properties differ from the others'.</exception>
    public unsafe void Set(uint index, BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        using FdLease fd = Map.Handle.Lease();
        using FdLease programFd = program.Handle.Lease();
        int value = programFd.Fd;
        int result = Libbpf.MapUpdate(fd.Fd, &index, &value, 0);
        if (result < 0)
        {
            throw MapGuard.Failure(result, Map, $"put program '{program.Name}' at index {index} of");
        }
    }

    /// <summary>Identifier of the program at an index.</summary>
    /// <param name="index">Index below the capacity.</param>
    /// <returns>The identifier, or null when the place is empty.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe uint? ReadProgramId(uint index)
    {
        using FdLease fd = Map.Handle.Lease();
        uint id = 0;
        return MapGuard.Found(Libbpf.MapLookup(fd.Fd, &index, &id), Map, "look up in") ? id : null;
    }

    /// <summary>Empties the place at an index.</summary>
    /// <param name="index">Index below the capacity.</param>
    /// <returns>False when it was empty.</returns>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe bool TryRemove(uint index)
    {
        using FdLease fd = Map.Handle.Lease();
        return MapGuard.Found(Libbpf.MapDelete(fd.Fd, &index), Map, "delete from");
    }
}
