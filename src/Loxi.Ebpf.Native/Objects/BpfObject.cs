using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Objects;

/// <summary>
/// A compiled eBPF object file (ELF with BTF, as clang emits it for <c>-target bpf -g</c>): opened, adjusted, then loaded into the
/// kernel once. Maps and programs own their descriptors; disposing the object disposes them. Not thread-safe before
/// <see cref="Load"/> returns.
/// </summary>
public sealed partial class BpfObject : IDisposable
{
    private readonly Dictionary<string, nint> _nativeMaps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, nint> _nativePrograms = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _pinPaths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BpfMap> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BpfProgram> _programs = new(StringComparer.Ordinal);
    private nint _native;
    private bool _loaded;

    private BpfObject(nint native, string name)
    {
        _native = native;
        Name = name;
    }

    /// <summary>Name given when the object was opened; it appears in errors.</summary>
    public string Name { get; }

    /// <summary>The maps by name, available after <see cref="Load"/>. Sections of global variables appear as <c>.rodata</c>, <c>.data</c>, <c>.bss</c>.</summary>
    public IReadOnlyDictionary<string, BpfMap> Maps => _maps;

    /// <summary>The loaded programs by function name, available after <see cref="Load"/>; programs without autoload are absent.</summary>
    public IReadOnlyDictionary<string, BpfProgram> Programs => _programs;

    /// <summary>Names of all maps that the object file defines.</summary>
    public IReadOnlyCollection<string> MapNames => _nativeMaps.Keys;

    /// <summary>Names of all programs that the object file defines.</summary>
    public IReadOnlyCollection<string> ProgramNames => _nativePrograms.Keys;

    /// <summary>Opens an object file from memory. Nothing reaches the kernel yet.</summary>
    /// <param name="elf">The bytes of the ELF file; copied.</param>
    /// <param name="name">Name of the object; the names of its sections of global variables start with it.</param>
    /// <exception cref="EbpfException">libbpf is missing or too old, or the bytes are not a BPF object.</exception>
    public static unsafe BpfObject Open(ReadOnlySpan<byte> elf, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Libbpf.Require();
        byte[] nameBytes = Encoding.UTF8.GetBytes(name + "\0");
        StringBuilder log = LibbpfLog.Begin();
        try
        {
            fixed (byte* bytes = elf)
            fixed (byte* namePointer = nameBytes)
            {
                ObjectOpenOptions options = new() { Size = (nuint)sizeof(ObjectOpenOptions), ObjectName = namePointer };
                nint native = Libbpf.ObjectOpenMemory(bytes, (nuint)elf.Length, &options);
                if (native == 0)
                {
                    throw new EbpfException($"open BPF object '{name}' ({elf.Length} bytes)", Errno.Last, detail: log.ToString().Trim());
                }

                BpfObject result = new(native, name);
                result.ReadNames();
                return result;
            }
        }
        finally
        {
            LibbpfLog.End();
        }
    }

    /// <summary>Opens an object file embedded as a resource, as the <c>BpfProgram</c> build item of this package embeds it.</summary>
    /// <param name="assembly">Assembly that carries the resource.</param>
    /// <param name="resourceName">Resource name: <c>x.bpf.o</c>.</param>
    /// <exception cref="EbpfException">The resource is absent, which also happens when the assembly was built on a machine without clang; or the object cannot be opened.</exception>
    public static BpfObject OpenEmbedded(Assembly assembly, string resourceName)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrEmpty(resourceName);
        using Stream stream = assembly.GetManifestResourceStream(resourceName)
            ?? throw new EbpfException(
                $"open embedded BPF object '{resourceName}'",
                0,
                detail: $"assembly {assembly.GetName().Name} does not contain it (it was built where clang 14 or later is missing, or the name is wrong); present: {string.Join(", ", assembly.GetManifestResourceNames())}");
        byte[] elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        string name = resourceName.EndsWith(".bpf.o", StringComparison.Ordinal) ? resourceName[..^".bpf.o".Length] : resourceName;
        return Open(elf, name);
    }

    /// <summary>
    /// Creates the maps and loads the programs into the kernel. When the verifier refuses a program, libbpf loads it again with
    /// log level 1 and a buffer of 16 MiB, and the exception carries that log.
    /// </summary>
    /// <exception cref="EbpfException">The kernel refused a map or a program, or privileges are missing.</exception>
    /// <exception cref="InvalidOperationException">The object is already loaded.</exception>
    public void Load()
    {
        RequireNotLoaded();
        AdoptPinnedMaps();
        StringBuilder log = LibbpfLog.Begin();
        int result;
        try
        {
            result = Libbpf.ObjectLoad(_native);
        }
        finally
        {
            LibbpfLog.End();
        }

        long finished = Libc.BootTimeNanoseconds();
        _loaded = true;
        if (result < 0)
        {
            string text = log.ToString();
            Close();
            throw new EbpfException($"load BPF object '{Name}'", -result, LibbpfLog.VerifierPart(text), LibbpfLog.LibraryPart(text));
        }

        try
        {
            CollectMaps();
            CollectPrograms(finished);
        }
        catch
        {
            Dispose();
            throw;
        }

        // The descriptors are duplicated: the ELF copy and the relocation tables are no longer needed.
        Close();
    }

    /// <summary>Closes the object, its maps and its programs. Pinned and attached ones live on in the kernel.</summary>
    public void Dispose()
    {
        foreach (BpfMap map in _maps.Values)
        {
            map.Dispose();
        }

        foreach (BpfProgram program in _programs.Values)
        {
            program.Dispose();
        }

        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the libbpf object that was never disposed.</summary>
    ~BpfObject() => Close();

    private unsafe void ReadNames()
    {
        for (nint map = Libbpf.ObjectNextMap(_native, 0); map != 0; map = Libbpf.ObjectNextMap(_native, map))
        {
            string name = Marshal.PtrToStringUTF8((nint)Libbpf.MapName(map))!;
            _nativeMaps[Libbpf.MapIsInternal(map) != 0 ? SectionOf(name) : name] = map;
        }

        for (nint program = Libbpf.ObjectNextProgram(_native, 0); program != 0; program = Libbpf.ObjectNextProgram(_native, program))
        {
            _nativePrograms[Marshal.PtrToStringUTF8((nint)Libbpf.ProgramName(program))!] = program;
        }
    }

    private static string SectionOf(string internalMapName)
    {
        int dot = internalMapName.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? internalMapName : internalMapName[dot..];
    }

    private void CollectMaps()
    {
        foreach ((string name, nint native) in _nativeMaps)
        {
            int fd = Libbpf.MapFd(native);
            if (fd >= 0)
            {
                _maps[name] = BpfMap.FromHandle(BpfHandle.Duplicate(fd, $"map '{name}'"), name);
            }
        }
    }

    private void CollectPrograms(long finished)
    {
        List<(BpfProgram Program, ulong Started)> started = [];
        foreach ((string name, nint native) in _nativePrograms)
        {
            int fd = Libbpf.ProgramAutoload(native) != 0 ? Libbpf.ProgramFd(native) : -1;
            if (fd >= 0)
            {
                BpfProgram program = BpfProgram.FromHandle(BpfHandle.Duplicate(fd, $"program '{name}'"), name, out ulong loadStarted);
                _programs[name] = program;
                started.Add((program, loadStarted));
            }
        }

        // load_time is when the kernel began to verify a program; libbpf loads one after the other.
        started.Sort(static (a, b) => a.Started.CompareTo(b.Started));
        for (int i = 0; i < started.Count; i++)
        {
            ulong end = i + 1 < started.Count ? started[i + 1].Started : (ulong)finished;
            started[i].Program.LoadDuration = TimeSpan.FromTicks((long)(end - started[i].Started) / TimeSpan.NanosecondsPerTick);
        }
    }

    private void Close()
    {
        if (_native != 0)
        {
            Libbpf.ObjectClose(_native);
            _native = 0;
        }
    }

    private void RequireNotLoaded([CallerMemberName] string? operation = null)
    {
        ObjectDisposedException.ThrowIf(_native == 0 && !_loaded, this);
        if (_loaded)
        {
            throw new InvalidOperationException($"BPF object '{Name}' was already loaded: {operation} is possible before Load only");
        }
    }
}
