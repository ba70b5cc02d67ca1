using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Objects;

/// <summary>Finds global variables by the BTF of their data section.</summary>
internal static unsafe class BtfSections
{
    // BTF_KIND_DATASEC, linux/btf.h.
    private const uint KindDataSection = 15;

    public static (uint Offset, uint Size)? Find(nint btf, string section, string variable)
    {
        if (btf == 0)
        {
            return null;
        }

        int id = Libbpf.BtfFind(btf, section, KindDataSection);
        if (id < 0)
        {
            return null;
        }

        // struct btf_type { __u32 name_off, info, size; } then vlen x struct btf_var_secinfo { __u32 type, offset, size; }
        uint* type = Libbpf.BtfType(btf, (uint)id);
        uint count = type[1] & 0xffff;
        uint* entry = type + 3;
        for (uint i = 0; i < count; i++, entry += 3)
        {
            uint nameOffset = Libbpf.BtfType(btf, entry[0])[0];
            if (Marshal.PtrToStringUTF8((nint)Libbpf.BtfName(btf, nameOffset)) == variable)
            {
                return (entry[1], entry[2]);
            }
        }

        return null;
    }
}
