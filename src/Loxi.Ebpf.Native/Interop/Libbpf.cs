using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>
/// libbpf 1.x. Every function that returns int returns zero or a descriptor on success and the negated errno on failure
/// (libbpf 1.0 onwards); functions that return a pointer return NULL and leave errno.
/// </summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "libbpf.so.1";

    // __u32 libbpf_major_version(void);
    [LibraryImport(Library, EntryPoint = "libbpf_major_version")]
    private static partial uint MajorVersion();

    // __u32 libbpf_minor_version(void);
    [LibraryImport(Library, EntryPoint = "libbpf_minor_version")]
    private static partial uint MinorVersion();

    // libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn);
    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    public static partial nint SetPrint(delegate* unmanaged[Cdecl]<int, byte*, void*, int> callback);

    // int libbpf_num_possible_cpus(void);
    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    public static partial int PossibleCpus();

    // struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz, const struct bpf_object_open_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    public static partial nint ObjectOpenMemory(void* buffer, nuint size, ObjectOpenOptions* options);

    // int bpf_object__load(struct bpf_object *obj);
    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int ObjectLoad(nint bpfObject);

    // void bpf_object__close(struct bpf_object *object);
    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void ObjectClose(nint bpfObject);

    // struct btf *bpf_object__btf(const struct bpf_object *obj);
    [LibraryImport(Library, EntryPoint = "bpf_object__btf")]
    public static partial nint ObjectBtf(nint bpfObject);

    // struct bpf_program *bpf_object__next_program(const struct bpf_object *obj, struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    public static partial nint ObjectNextProgram(nint bpfObject, nint program);

    // struct bpf_map *bpf_object__next_map(const struct bpf_object *obj, const struct bpf_map *map);
    [LibraryImport(Library, EntryPoint = "bpf_object__next_map")]
    public static partial nint ObjectNextMap(nint bpfObject, nint map);

    // const char *bpf_program__name(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    public static partial byte* ProgramName(nint program);

    // const char *bpf_program__section_name(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__section_name")]
    public static partial byte* ProgramSectionName(nint program);

    // int bpf_program__fd(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramFd(nint program);

    // bool bpf_program__autoload(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__autoload")]
    public static partial byte ProgramAutoload(nint program);

    // int bpf_program__set_autoload(struct bpf_program *prog, bool autoload);
    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    public static partial int ProgramSetAutoload(nint program, byte autoload);

    // enum bpf_prog_type bpf_program__type(const struct bpf_program *prog);
    [LibraryImport(Library, EntryPoint = "bpf_program__type")]
    public static partial uint ProgramType(nint program);

    // int bpf_program__set_type(struct bpf_program *prog, enum bpf_prog_type type);
    [LibraryImport(Library, EntryPoint = "bpf_program__set_type")]
    public static partial int ProgramSetType(nint program, uint type);

    // int bpf_program__set_expected_attach_type(struct bpf_program *prog, enum bpf_attach_type type);
    [LibraryImport(Library, EntryPoint = "bpf_program__set_expected_attach_type")]
    public static partial int ProgramSetExpectedAttachType(nint program, uint type);

    // int bpf_prog_load(enum bpf_prog_type prog_type, const char *prog_name, const char *license,
    //                   const struct bpf_insn *insns, size_t insn_cnt, const struct bpf_prog_load_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_prog_load")]
    public static partial int ProgLoad(uint type, byte* name, byte* license, void* instructions, nuint count, ProgLoadOptions* options);

    // int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_prog_test_run_opts")]
    public static partial int ProgTestRun(int program, TestRunOptions* options);

    // int bpf_prog_get_fd_by_id(__u32 id);
    [LibraryImport(Library, EntryPoint = "bpf_prog_get_fd_by_id")]
    public static partial int ProgFdById(uint id);

    // int bpf_map_get_fd_by_id(__u32 id);
    [LibraryImport(Library, EntryPoint = "bpf_map_get_fd_by_id")]
    public static partial int MapFdById(uint id);

    // int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len);
    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    public static partial int ObjectInfo(int fd, void* info, uint* length);

    // int bpf_obj_pin(int fd, const char *pathname);
    [LibraryImport(Library, EntryPoint = "bpf_obj_pin", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Pin(int fd, string path);

    // int bpf_obj_get(const char *pathname);
    [LibraryImport(Library, EntryPoint = "bpf_obj_get", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenPinned(string path);

    /// <summary>Throws, with what to install, when libbpf.so.1 is absent or older than 1.1. Cheap after the first success.</summary>
    public static void Require()
    {
        if (_available)
        {
            return;
        }

        string found;
        try
        {
            uint major = MajorVersion();
            uint minor = MinorVersion();
            if (major == 1 && minor >= 1)
            {
                LibbpfLog.Install();
                _available = true;
                return;
            }

            found = $"libbpf {major}.{minor} is installed";
        }
        catch (DllNotFoundException)
        {
            found = "libbpf.so.1 was not found";
        }

        throw new EbpfException(
            "load libbpf",
            0,
            detail: $"{found}, expected libbpf.so.1 of version 1.1 or later: install it with 'apt-get install libbpf1' (Debian 12, Ubuntu 23.04 or later) or 'dnf install libbpf'");
    }

    private static volatile bool _available;
}
