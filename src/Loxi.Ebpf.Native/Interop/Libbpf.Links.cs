using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

internal static unsafe partial class Libbpf
{
    // int bpf_link_update(int link_fd, int new_prog_fd, const struct bpf_link_update_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_link_update")]
    public static partial int LinkUpdate(int link, int program, void* options);

    // int bpf_link_detach(int link_fd);
    [LibraryImport(Library, EntryPoint = "bpf_link_detach")]
    public static partial int LinkDetach(int link);

    // int bpf_link_get_fd_by_id(__u32 id);
    [LibraryImport(Library, EntryPoint = "bpf_link_get_fd_by_id")]
    public static partial int LinkFdById(uint id);

    // int bpf_xdp_query(int ifindex, int flags, struct bpf_xdp_query_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_xdp_query")]
    public static partial int XdpQuery(int ifindex, int flags, XdpQueryOptions* options);

    // int bpf_tc_hook_create(struct bpf_tc_hook *hook);
    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_create")]
    public static partial int TcHookCreate(TcHook* hook);

    // int bpf_tc_hook_destroy(struct bpf_tc_hook *hook);
    [LibraryImport(Library, EntryPoint = "bpf_tc_hook_destroy")]
    public static partial int TcHookDestroy(TcHook* hook);

    // int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_tc_attach")]
    public static partial int TcAttach(TcHook* hook, TcOptions* options);

    // int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_tc_detach")]
    public static partial int TcDetach(TcHook* hook, TcOptions* options);

    // int bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts);
    [LibraryImport(Library, EntryPoint = "bpf_tc_query")]
    public static partial int TcQuery(TcHook* hook, TcOptions* options);
}
