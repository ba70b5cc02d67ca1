using System.Diagnostics.CodeAnalysis;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Programs;

/// <summary>A verified program in the kernel, known by a descriptor. Thread-safe.</summary>
public sealed partial class BpfProgram : IDisposable
{
    private BpfProgram(BpfHandle handle, string name, in ProgInfo info)
    {
        Handle = handle;
        Name = name;
        Type = (BpfProgramType)info.Type;
        Id = info.Id;
        VerifiedInstructions = info.VerifiedInstructions;
        TranslatedBytes = (int)info.XlatedLength;
        JitedBytes = (int)info.JitedLength;
        Tag = Convert.ToHexStringLower(BitConverter.GetBytes(info.Tag));
    }

    /// <summary>The descriptor.</summary>
    public BpfHandle Handle { get; }

    /// <summary>Name: the full C name when the program came from an object, else the kernel's (at most 15 characters).</summary>
    public string Name { get; }

    /// <summary>Program type.</summary>
    public BpfProgramType Type { get; }

    /// <summary>Identifier that is unique on this kernel while the program lives (4.13).</summary>
    public uint Id { get; }

    /// <summary>The kernel's digest of the instructions, 16 hexadecimal digits.</summary>
    public string Tag { get; }

    /// <summary>Instructions that the verifier walked, over all paths (limit 1,000,000); 0 before Linux 5.16.</summary>
    public uint VerifiedInstructions { get; }

    /// <summary>Bytes of the program after the kernel's rewriting (8 per instruction).</summary>
    public int TranslatedBytes { get; }

    /// <summary>Bytes of machine code; 0 without a JIT.</summary>
    public int JitedBytes { get; }

    /// <summary>Time that verification and compilation in the kernel took; zero for a program that was not loaded by this process.</summary>
    public TimeSpan LoadDuration { get; internal set; }

    /// <summary>Opens a pinned program.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <exception cref="EbpfException">Nothing is pinned there (ENOENT), or it is not a program.</exception>
    public static BpfProgram OpenPinned(string path)
        => TryOpenPinned(path, out BpfProgram? program) ? program : throw new EbpfException($"open the program pinned at {path}", Errno.ENOENT);

    /// <summary>Opens a pinned program if something is pinned at the path.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <param name="program">The program.</param>
    /// <returns>False when nothing is pinned there.</returns>
    /// <exception cref="EbpfException">What is pinned there is not a program, or access is denied.</exception>
    public static bool TryOpenPinned(string path, [NotNullWhen(true)] out BpfProgram? program)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Libbpf.Require();
        program = null;
        int fd = Libbpf.OpenPinned(path);
        if (fd == -Errno.ENOENT)
        {
            return false;
        }

        if (fd < 0)
        {
            throw new EbpfException($"open the program pinned at {path}", -fd);
        }

        BpfHandle handle = new(fd);
        ObjectKind.Require(handle, ObjectKind.Program, path);
        program = FromHandle(handle, null, out _);
        return true;
    }

    /// <summary>Opens a program by its identifier.</summary>
    /// <param name="id">Identifier (see <see cref="Id"/>).</param>
    /// <param name="program">The program.</param>
    /// <returns>False when no program has that identifier any more.</returns>
    /// <exception cref="EbpfException">CAP_SYS_ADMIN is missing.</exception>
    public static bool TryOpenById(uint id, [NotNullWhen(true)] out BpfProgram? program)
    {
        Libbpf.Require();
        program = null;
        int fd = Libbpf.ProgFdById(id);
        if (fd == -Errno.ENOENT)
        {
            return false;
        }

        program = fd >= 0 ? FromHandle(new BpfHandle(fd), null, out _) : throw new EbpfException($"open program with id {id}", -fd);
        return true;
    }

    /// <summary>Pins the program so that it outlives the process.</summary>
    /// <param name="path">Path inside a bpffs; must not exist.</param>
    /// <exception cref="EbpfException">The path exists (EEXIST), or is not in a bpffs.</exception>
    public void Pin(string path) => ObjectKind.Pin(Handle, path, $"program '{Name}'");

    /// <summary>Closes the descriptor. The kernel frees the program when no link, pin or descriptor refers to it.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>Wraps a descriptor, which it then owns, also when it fails.</summary>
    internal static unsafe BpfProgram FromHandle(BpfHandle handle, string? name, out ulong loadStarted)
    {
        using FdLease fd = handle.Lease();
        ProgInfo info = default;
        uint length = (uint)sizeof(ProgInfo);
        int result = Libbpf.ObjectInfo(fd.Fd, &info, &length);
        if (result < 0)
        {
            handle.Dispose();
            throw new EbpfException($"read the description of program '{name}'", -result);
        }

        loadStarted = info.LoadTime;
        return new BpfProgram(handle, name ?? ObjectName.Read(info.Name), info);
    }
}
