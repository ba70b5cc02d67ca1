using System.Runtime.CompilerServices;
using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Objects;

public sealed partial class BpfObject
{
    /// <summary>Sets the capacity of a map, replacing the one in the object file.</summary>
    /// <param name="map">Map name.</param>
    /// <param name="maxEntries">Number of entries, 1 or more; bytes (a power of two of pages) for a ring buffer.</param>
    /// <exception cref="KeyNotFoundException">The object has no such map.</exception>
    public void SetMapMaxEntries(string map, uint maxEntries)
    {
        RequireNotLoaded();
        ArgumentOutOfRangeException.ThrowIfZero(maxEntries);
        Check(Libbpf.MapSetMaxEntries(NativeMap(map), maxEntries), $"set max_entries of map '{map}' to {maxEntries}");
    }

    /// <summary>Sets the creation flags of a map, replacing those in the object file.</summary>
    /// <param name="map">Map name.</param>
    /// <param name="flags">Flags of <c>BPF_MAP_CREATE</c>.</param>
    /// <exception cref="KeyNotFoundException">The object has no such map.</exception>
    public void SetMapFlags(string map, BpfMapFlags flags)
    {
        RequireNotLoaded();
        Check(Libbpf.MapSetFlags(NativeMap(map), (uint)flags), $"set flags of map '{map}' to {flags}");
    }

    /// <summary>
    /// Pins a map at <paramref name="path"/> when the object loads, or adopts the map that is pinned there already. A pinned map of
    /// another shape is an error that names the difference.
    /// </summary>
    /// <param name="map">Map name.</param>
    /// <param name="path">Absolute path inside a bpffs; its directory must exist at <see cref="Load"/>.</param>
    /// <exception cref="KeyNotFoundException">The object has no such map.</exception>
    public void SetMapPinPath(string map, string path)
    {
        RequireNotLoaded();
        ArgumentException.ThrowIfNullOrEmpty(path);
        Check(Libbpf.MapSetPinPath(NativeMap(map), path), $"set pin path of map '{map}' to {path}");
        _pinPaths[map] = path;
    }

    /// <summary>Lets the programs use an existing map instead of creating a new one.</summary>
    /// <param name="map">Map name in the object.</param>
    /// <param name="existing">The map to use; its shape must equal the declared one. The caller keeps ownership.</param>
    /// <exception cref="KeyNotFoundException">The object has no such map.</exception>
    /// <exception cref="MapShapeMismatchException">The existing map has another shape.</exception>
    public void ReuseMap(string map, BpfMap existing)
    {
        RequireNotLoaded();
        ArgumentNullException.ThrowIfNull(existing);
        nint native = NativeMap(map);
        MapShape declared = DeclaredShape(map);
        declared.RequireEqual(existing.Shape, $"map '{map}'");
        using FdLease fd = existing.Handle.Lease();
        Check(Libbpf.MapReuseFd(native, fd.Fd), $"reuse an existing map as '{map}'");
    }

    /// <summary>Chooses whether a map is created at load; programs that use a map that is not created must not be loaded.</summary>
    /// <param name="map">Map name.</param>
    /// <param name="create">False to leave the map out.</param>
    /// <exception cref="KeyNotFoundException">The object has no such map.</exception>
    public void SetMapAutocreate(string map, bool create)
    {
        RequireNotLoaded();
        Check(Libbpf.MapSetAutocreate(NativeMap(map), create ? (byte)1 : (byte)0), $"set autocreate of map '{map}'");
    }

    /// <summary>Chooses whether a program is loaded.</summary>
    /// <param name="program">Function name of the program.</param>
    /// <param name="load">False to leave the program out.</param>
    /// <exception cref="KeyNotFoundException">The object has no such program.</exception>
    public void SetProgramAutoload(string program, bool load)
    {
        RequireNotLoaded();
        Check(Libbpf.ProgramSetAutoload(NativeProgram(program), load ? (byte)1 : (byte)0), $"set autoload of program '{program}'");
    }

    /// <summary>Sets the type of a program whose section name does not tell it.</summary>
    /// <param name="program">Function name of the program.</param>
    /// <param name="type">Program type.</param>
    /// <exception cref="KeyNotFoundException">The object has no such program.</exception>
    public void SetProgramType(string program, BpfProgramType type)
    {
        RequireNotLoaded();
        Check(Libbpf.ProgramSetType(NativeProgram(program), (uint)type), $"set type of program '{program}' to {type}");
    }

    /// <summary>Sets the expected attach type of a program (enum bpf_attach_type).</summary>
    /// <param name="program">Function name of the program.</param>
    /// <param name="attachType">Value of enum bpf_attach_type.</param>
    /// <exception cref="KeyNotFoundException">The object has no such program.</exception>
    public void SetProgramExpectedAttachType(string program, uint attachType)
    {
        RequireNotLoaded();
        Check(Libbpf.ProgramSetExpectedAttachType(NativeProgram(program), attachType), $"set attach type of program '{program}' to {attachType}");
    }

    /// <summary>The shape of a map as the object file (and the setters above) declare it.</summary>
    /// <param name="map">Map name.</param>
    /// <exception cref="KeyNotFoundException">The object has no such map.</exception>
    public MapShape DeclaredShape(string map)
    {
        RequireNotLoaded();
        nint native = NativeMap(map);
        return new MapShape(
            (BpfMapType)Libbpf.MapType(native),
            Libbpf.MapKeySize(native),
            Libbpf.MapValueSize(native),
            Libbpf.MapMaxEntries(native),
            (BpfMapFlags)Libbpf.MapFlags(native));
    }

    /// <summary>Sets a <c>const volatile</c> variable of a read-only data section, found by its BTF, before the program is verified.</summary>
    /// <typeparam name="T">Type of exactly the variable's size.</typeparam>
    /// <param name="variable">Name of the C variable.</param>
    /// <param name="value">Value; constants let the verifier drop dead branches.</param>
    /// <exception cref="KeyNotFoundException">No read-only data section has such a variable.</exception>
    /// <exception cref="ArgumentException">The variable's size differs from the size of <typeparamref name="T"/>.</exception>
    public void SetReadOnlyData<T>(string variable, T value)
        where T : unmanaged
        => WriteVariable(variable, value, static section => section.StartsWith(".rodata", StringComparison.Ordinal), "read-only data section");

    /// <summary>Sets the initial value of a global variable in <c>.data</c>, <c>.bss</c> or <c>.rodata</c>.</summary>
    /// <typeparam name="T">Type of exactly the variable's size.</typeparam>
    /// <param name="variable">Name of the C variable.</param>
    /// <param name="value">Initial value.</param>
    /// <exception cref="KeyNotFoundException">No data section has such a variable.</exception>
    /// <exception cref="ArgumentException">The variable's size differs from the size of <typeparamref name="T"/>.</exception>
    public void SetGlobal<T>(string variable, T value)
        where T : unmanaged
        => WriteVariable(variable, value, static _ => true, "data section");

    private unsafe void WriteVariable<T>(string variable, T value, Func<string, bool> inSection, string kind)
        where T : unmanaged
    {
        RequireNotLoaded();
        ArgumentException.ThrowIfNullOrEmpty(variable);
        nint btf = Libbpf.ObjectBtf(_native);
        foreach ((string section, nint map) in _nativeMaps)
        {
            if (Libbpf.MapIsInternal(map) == 0 || !inSection(section) || BtfSections.Find(btf, section, variable) is not { } place)
            {
                continue;
            }

            if (place.Size != (uint)sizeof(T))
            {
                throw new ArgumentException($"Variable '{variable}' in {section} of BPF object '{Name}' has {place.Size} bytes, {typeof(T).Name} has {sizeof(T)}", nameof(value));
            }

            nuint size;
            byte* bytes = Libbpf.MapInitialValue(map, &size);
            if (bytes is null || place.Offset + place.Size > size)
            {
                throw new EbpfException($"set variable '{variable}' of BPF object '{Name}'", 0, detail: $"{section} has {size} initial bytes");
            }

            Unsafe.WriteUnaligned(bytes + place.Offset, value);
            return;
        }

        throw new KeyNotFoundException($"BPF object '{Name}' has no variable '{variable}' in a {kind}");
    }

    private void AdoptPinnedMaps()
    {
        foreach ((string map, string path) in _pinPaths)
        {
            MapShape declared = DeclaredShape(map);
            if (BpfMap.TryOpenPinned(path, out BpfMap? pinned))
            {
                using (pinned)
                {
                    declared.RequireEqual(pinned.Shape, $"map '{map}' pinned at {path}");
                }
            }
        }
    }

    private nint NativeMap(string map)
    {
        ArgumentException.ThrowIfNullOrEmpty(map);
        return _nativeMaps.TryGetValue(map, out nint native)
            ? native
            : throw new KeyNotFoundException($"BPF object '{Name}' has no map '{map}'; it has {string.Join(", ", _nativeMaps.Keys)}");
    }

    private nint NativeProgram(string program)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        return _nativePrograms.TryGetValue(program, out nint native)
            ? native
            : throw new KeyNotFoundException($"BPF object '{Name}' has no program '{program}'; it has {string.Join(", ", _nativePrograms.Keys)}");
    }

    private void Check(int result, string operation)
    {
        if (result < 0)
        {
            throw new EbpfException($"{operation} in BPF object '{Name}'", -result);
        }
    }
}
