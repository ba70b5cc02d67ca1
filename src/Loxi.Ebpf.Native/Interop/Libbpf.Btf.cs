using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

internal static unsafe partial class Libbpf
{
    // __s32 btf__find_by_name_kind(const struct btf *btf, const char *type_name, __u32 kind);
    [LibraryImport(Library, EntryPoint = "btf__find_by_name_kind", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int BtfFind(nint btf, string name, uint kind);

    // const struct btf_type *btf__type_by_id(const struct btf *btf, __u32 id);
    [LibraryImport(Library, EntryPoint = "btf__type_by_id")]
    public static partial uint* BtfType(nint btf, uint id);

    // const char *btf__name_by_offset(const struct btf *btf, __u32 offset);
    [LibraryImport(Library, EntryPoint = "btf__name_by_offset")]
    public static partial byte* BtfName(nint btf, uint offset);
}
