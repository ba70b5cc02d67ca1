using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Maps;

/// <summary>struct bpf_devmap_val: value of a device map (hash) whose value size is 8 (5.8). Maps with 4-byte values hold the interface index alone.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DeviceMapEntry
{
    /// <summary>Creates a value.</summary>
    /// <param name="interfaceIndex">Interface that packets are redirected to.</param>
    /// <param name="programFdOrId">Descriptor (when writing) or identifier (when read) of an XDP program that runs on the egress device; 0 for none.</param>
    public DeviceMapEntry(int interfaceIndex, int programFdOrId = 0)
    {
        InterfaceIndex = interfaceIndex;
        ProgramFdOrId = programFdOrId;
    }

    /// <summary>Interface that packets are redirected to.</summary>
    public int InterfaceIndex { get; }

    /// <summary>Descriptor (when writing) or identifier (when read) of an XDP program for the egress device; 0 for none.</summary>
    public int ProgramFdOrId { get; }
}
