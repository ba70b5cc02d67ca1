using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loxi.Nat.KernelCheck;

/// <summary>The few calls of libbpf 1.1 that loading an object takes.</summary>
internal static partial class Libbpf
{
    private const string Library = "libbpf.so.1";
    private const int MessageLength = 4096;

    private static TextWriter s_warnings = TextWriter.Null;

    // struct bpf_object *bpf_object__open_file(const char *path, const struct bpf_object_open_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_object__open_file", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial nint OpenFile(string path, nint options);

    // int bpf_object__load(struct bpf_object *obj);
    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int Load(nint bpfObject);

    // void bpf_object__close(struct bpf_object *obj);
    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void Close(nint bpfObject);

    // struct bpf_program *bpf_object__next_program(const struct bpf_object *obj, struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    public static partial nint NextProgram(nint bpfObject, nint program);

    // int bpf_program__set_log_level(struct bpf_program *prog, __u32 log_level);
    [LibraryImport(Library, EntryPoint = "bpf_program__set_log_level")]
    public static partial int SetLogLevel(nint program, uint level);

    // int bpf_program__set_log_buf(struct bpf_program *prog, char *log_buf, size_t log_size);
    [LibraryImport(Library, EntryPoint = "bpf_program__set_log_buf")]
    public static partial int SetLogBuffer(nint program, nint buffer, nuint size);

    // int bpf_program__fd(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramDescriptor(nint program);

    /// <summary>Section and name of a program, <c>xdp/loxi_main</c>.</summary>
    public static string ProgramName(nint program) =>
        $"{Marshal.PtrToStringUTF8(SectionNamePointer(program))}/{Marshal.PtrToStringUTF8(NamePointer(program))}";

    /// <summary>What the kernel knows of a loaded program.</summary>
    /// <exception cref="LibbpfException">The kernel refused.</exception>
    public static unsafe ProgramInfo Info(int descriptor)
    {
        ProgramInfo info = default;
        var length = (uint)sizeof(ProgramInfo);
        var status = ObjectInfo(descriptor, &info, &length);
        return status == 0 ? info : throw new LibbpfException("bpf_obj_get_info_by_fd", -status);
    }

    /// <summary>Sends libbpf's own warnings, which name what the verifier log does not, to a writer.</summary>
    public static unsafe void LogWarningsTo(TextWriter writer)
    {
        s_warnings = writer;
        SetPrint(&Print);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int Print(int level, byte* format, nint arguments)
    {
        if (level == 0)
        {
            var buffer = stackalloc byte[MessageLength];
            _ = Format(buffer, MessageLength, format, arguments);
            s_warnings.WriteLine($"    {Marshal.PtrToStringUTF8((nint)buffer)?.TrimEnd()}");
        }

        return 0;
    }

    // const char *bpf_program__name(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    private static partial nint NamePointer(nint program);

    // const char *bpf_program__section_name(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__section_name")]
    private static partial nint SectionNamePointer(nint program);

    // int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);
    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    private static unsafe partial int ObjectInfo(int descriptor, ProgramInfo* info, uint* length);

    // libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);   int (*)(enum libbpf_print_level, const char *, va_list)
    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    private static unsafe partial nint SetPrint(delegate* unmanaged[Cdecl]<int, byte*, nint, int> print);

    // int vsnprintf(char *str, size_t size, const char *format, va_list ap);   a va_list is passed by address on x86-64 and arm64
    [LibraryImport("libc", EntryPoint = "vsnprintf")]
    private static unsafe partial int Format(byte* text, nuint size, byte* format, nint arguments);
}
