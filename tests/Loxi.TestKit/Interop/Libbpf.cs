using System.Runtime.InteropServices;

namespace Loxi.TestKit.Interop;

/// <summary>Loading and attaching of a small TC program.</summary>
internal static unsafe partial class Libbpf
{
    internal const int SchedCls = 3;
    internal const int Ingress = 1;
    internal const int Egress = 2;

    // int bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license, const struct bpf_insn *insns, size_t count, const struct bpf_prog_load_opts *opts);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_prog_load", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ProgramLoad(int type, string name, string license, ulong* instructions, nint count, void* options);

    // int bpf_tc_hook_create(struct bpf_tc_hook *hook);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_tc_hook_create")]
    internal static partial int HookCreate(TcHook* hook);

    // int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);
    [LibraryImport("libbpf.so.1", EntryPoint = "bpf_tc_attach")]
    internal static partial int TcAttach(TcHook* hook, TcOptions* options);

    [StructLayout(LayoutKind.Sequential)]
    internal struct TcHook
    {
        internal nint Size;
        internal int InterfaceIndex;
        internal int AttachPoint;
        internal uint Parent;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TcOptions
    {
        internal nint Size;
        internal int ProgramFd;
        internal uint Flags;
        internal uint ProgramId;
        internal uint Handle;
        internal uint Priority;
    }
}
