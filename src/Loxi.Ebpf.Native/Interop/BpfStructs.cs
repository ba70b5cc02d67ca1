using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>union bpf_attr, member link_create, with the tcx options of Linux 6.6 (linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkCreateAttribute
{
    public uint ProgramFd;
    public uint TargetInterface;
    public uint AttachType;
    public uint Flags;
    public uint RelativeFdOrId;
    public uint Padding;
    public ulong ExpectedRevision;
}

/// <summary>union bpf_attr, member query, with the link identifiers of Linux 6.6 (linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProgQueryAttribute
{
    public uint TargetInterface;
    public uint AttachType;
    public uint QueryFlags;
    public uint AttachFlags;
    public ulong ProgramIds;
    public uint Count;
    public uint Padding;
    public ulong ProgramAttachFlags;
    public ulong LinkIds;
    public ulong LinkAttachFlags;
    public ulong Revision;
}

/// <summary>The leading part of struct bpf_map_info (linux/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapInfo
{
    public uint Type;
    public uint Id;
    public uint KeySize;
    public uint ValueSize;
    public uint MaxEntries;
    public uint Flags;
    public ObjectName Name;
    public uint Interface;
    public uint BtfVmlinuxValueTypeId;
}

/// <summary>struct bpf_prog_info up to verified_insns (linux/bpf.h, Linux 5.16).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProgInfo
{
    public uint Type;
    public uint Id;
    public ulong Tag;
    public uint JitedLength;
    public uint XlatedLength;
    public ulong JitedInstructions;
    public ulong XlatedInstructions;
    public ulong LoadTime;
    public uint CreatedByUid;
    public uint MapCount;
    public ulong MapIds;
    public ObjectName Name;
    public uint Interface;
    public uint GplCompatible;
    public ulong NetnsDevice;
    public ulong NetnsInode;
    public uint JitedSymbolCount;
    public uint JitedFunctionLengthCount;
    public ulong JitedSymbols;
    public ulong JitedFunctionLengths;
    public uint BtfId;
    public uint FuncInfoRecordSize;
    public ulong FuncInfo;
    public uint FuncInfoCount;
    public uint LineInfoCount;
    public ulong LineInfo;
    public ulong JitedLineInfo;
    public uint JitedLineInfoCount;
    public uint LineInfoRecordSize;
    public uint JitedLineInfoRecordSize;
    public uint TagCount;
    public ulong Tags;
    public ulong RunTimeNanoseconds;
    public ulong RunCount;
    public ulong RecursionMisses;
    public uint VerifiedInstructions;
    public uint Padding;
}

/// <summary>struct bpf_link_info for links to interfaces: xdp.ifindex and tcx.{ifindex, attach_type} share their place.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinkInfoNative
{
    public uint Type;
    public uint Id;
    public uint ProgramId;
    public uint Padding;
    public uint Interface;
    public uint AttachType;
    public ulong Rest0;
    public ulong Rest1;
    public ulong Rest2;
    public ulong Rest3;
}

/// <summary>char name[BPF_OBJ_NAME_LEN].</summary>
[InlineArray(16)]
internal struct ObjectName
{
    private byte _first;

    public static string Read(ReadOnlySpan<byte> name)
    {
        int end = name.IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }
}

/// <summary>struct bpf_map_create_opts (bpf/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapCreateOptions
{
    public nuint Size;
    public uint BtfFd;
    public uint BtfKeyTypeId;
    public uint BtfValueTypeId;
    public uint BtfVmlinuxValueTypeId;
    public uint InnerMapFd;
    public uint MapFlags;
    public ulong MapExtra;
    public uint NumaNode;
    public uint Interface;
}

/// <summary>struct bpf_map_batch_opts (bpf/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MapBatchOptions
{
    public nuint Size;
    public ulong ElementFlags;
    public ulong Flags;
}

/// <summary>struct bpf_object_open_opts up to object_name (bpf/libbpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ObjectOpenOptions
{
    public nuint Size;
    public byte* ObjectName;
}

/// <summary>struct bpf_test_run_opts (bpf/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TestRunOptions
{
    public nuint Size;
    public void* DataIn;
    public void* DataOut;
    public uint DataSizeIn;
    public uint DataSizeOut;
    public void* ContextIn;
    public void* ContextOut;
    public uint ContextSizeIn;
    public uint ContextSizeOut;
    public uint ReturnValue;
    public int Repeat;
    public uint Duration;
    public uint Flags;
    public uint Cpu;
    public uint BatchSize;
}

/// <summary>struct bpf_tc_hook (bpf/libbpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TcHook
{
    public nuint Size;
    public int Interface;
    public int AttachPoint;
    public uint Parent;
    public uint Padding;
}

/// <summary>struct bpf_tc_opts (bpf/libbpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TcOptions
{
    public nuint Size;
    public int ProgramFd;
    public uint Flags;
    public uint ProgramId;
    public uint Handle;
    public uint Priority;
    public uint Padding;
}

/// <summary>struct bpf_xdp_query_opts (bpf/libbpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct XdpQueryOptions
{
    public nuint Size;
    public uint ProgramId;
    public uint NativeProgramId;
    public uint HardwareProgramId;
    public uint GenericProgramId;
    public byte AttachMode;
}

/// <summary>struct bpf_prog_load_opts up to log_buf (bpf/bpf.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProgLoadOptions
{
    public nuint Size;
    public int Attempts;
    public uint ExpectedAttachType;
    public uint ProgramBtfFd;
    public uint ProgramFlags;
    public uint ProgramInterface;
    public uint KernelVersion;
    public uint AttachBtfId;
    public uint AttachProgramFd;
    public uint AttachBtfObjectFd;
    public int* FdArray;
    public void* FuncInfo;
    public uint FuncInfoCount;
    public uint FuncInfoRecordSize;
    public void* LineInfo;
    public uint LineInfoCount;
    public uint LineInfoRecordSize;
    public uint LogLevel;
    public uint LogSize;
    public byte* LogBuffer;
}
