using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Links;
using Loxi.Ebpf.Native.Maps;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Features;

/// <summary>The attempts behind <see cref="KernelFeatures"/>.</summary>
internal static unsafe class FeatureProbes
{
    private const int LoopbackInterface = 1;

    // Helper numbers, linux/bpf.h.
    private const int HelperL4ChecksumReplace = 11;
    private const int HelperFibLookup = 69;
    private const int HelperRedirectNeighbour = 152;
    private const int HelperCoarseKtime = 160;

    public static bool Try(KernelFeature feature) => feature switch
    {
        KernelFeature.ProgramTestRun => Run(Instructions.ReturnZero()) >= 0,
        KernelFeature.FibLookup => Loads(Instructions.CallWithStack(HelperFibLookup)),
        KernelFeature.HashBatchOperations => BatchWorks(delete: false),
        KernelFeature.HashLookupAndDeleteBatch => BatchWorks(delete: true),
        KernelFeature.HashLookupAndDelete => TakeWorks(),
        KernelFeature.RingBuffer => MapWorks(BpfMapType.RingBuffer, 0, 0, (uint)Environment.SystemPageSize, BpfMapFlags.None),
        KernelFeature.XdpLink => XdpLinkWorks(),
        KernelFeature.InnerMapDynamicCapacity => MapWorks(BpfMapType.Array, 4, 4, 1, BpfMapFlags.InnerMap),
        KernelFeature.RedirectNeighbour => Loads(Instructions.Call(HelperRedirectNeighbour, LoopbackInterface, 0, 0, 0)),
        KernelFeature.CoarseKtime => Loads(Instructions.Call(HelperCoarseKtime)),
        KernelFeature.SyscallProgram => Loads(Instructions.ReturnZero(), BpfProgramType.Syscall),
        KernelFeature.TcxLink => TcxLinkWorks(),
        KernelFeature.ChecksumIpv6Flag => Run(Instructions.CallWithContext(HelperL4ChecksumReplace, 24, 0, 0, 0x90)) == 0,
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, "expected a member of KernelFeature"),
    };

    private static bool MapWorks(BpfMapType type, int keySize, int valueSize, uint maxEntries, BpfMapFlags flags)
    {
        try
        {
            using BpfMap map = BpfMap.Create(type, keySize, valueSize, maxEntries, flags, "loxi_probe");
            return true;
        }
        catch (EbpfException e) when (e.Errno == Errno.EINVAL)
        {
            return false;
        }
    }

    private static bool BatchWorks(bool delete)
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 4, 1, BpfMapFlags.None, "loxi_probe");
        uint key;
        uint value;
        MapCursor cursor = default;
        try
        {
            return MapGuard.ReadBatch(map, ref cursor, &key, &value, 1, delete, out _) == MapBatchStatus.End;
        }
        catch (EbpfException e) when (MapGuard.IsBatchUnsupported(e.Errno))
        {
            return false;
        }
    }

    private static bool TakeWorks()
    {
        using BpfMap map = BpfMap.Create(BpfMapType.Hash, 4, 4, 1, BpfMapFlags.None, "loxi_probe");
        try
        {
            return !new TypedMap<uint, uint>(map).TryTake(0, out _);
        }
        catch (EbpfException e) when (MapGuard.IsBatchUnsupported(e.Errno))
        {
            return false;
        }
    }

    public static bool Loads(ReadOnlySpan<ulong> instructions, BpfProgramType type = BpfProgramType.SchedCls)
    {
        int fd = Load(instructions, type);
        if (fd < 0)
        {
            return false;
        }

        _ = Libc.Close(fd);
        return true;
    }

    private static int Run(ReadOnlySpan<ulong> instructions)
    {
        int fd = Load(instructions, BpfProgramType.SchedCls);
        if (fd < 0)
        {
            return fd;
        }

        using BpfHandle handle = new(fd);
        byte* packet = stackalloc byte[64];
        new Span<byte>(packet, 64).Clear();
        TestRunOptions options = new() { Size = (nuint)sizeof(TestRunOptions), DataIn = packet, DataSizeIn = 64, Repeat = 1 };
        int result = Libbpf.ProgTestRun(fd, &options);
        return result < 0 ? result : (int)options.ReturnValue;
    }

    private static bool TcxLinkWorks()
    {
        // A kernel that knows the attach type looks for the interface, and finds none: ENODEV. Others say EINVAL.
        using BpfHandle program = new(LoadOrThrow(BpfProgramType.SchedCls));
        return LinkCreate(program, int.MaxValue, TcxLink.AttachIngress, 0) == -Errno.ENODEV;
    }

    private static bool XdpLinkWorks()
    {
        // Loopback has no native XDP: a kernel with XDP links gets as far as saying EOPNOTSUPP. Others say EINVAL.
        using BpfHandle program = new(LoadOrThrow(BpfProgramType.Xdp));
        return LinkCreate(program, LoopbackInterface, XdpLink.AttachXdp, (uint)XdpMode.Native) != -Errno.EINVAL;
    }

    private static int LinkCreate(BpfHandle program, int interfaceIndex, uint attachType, uint flags)
    {
        using FdLease fd = program.Lease();
        LinkCreateAttribute attribute = new() { ProgramFd = (uint)fd.Fd, TargetInterface = (uint)interfaceIndex, AttachType = attachType, Flags = flags };
        int result = BpfSyscall.Call(BpfSyscall.LinkCreate, ref attribute);
        if (result >= 0)
        {
            _ = Libc.Close(result);
        }

        return result;
    }

    private static int LoadOrThrow(BpfProgramType type)
    {
        int fd = Load(Instructions.ReturnZero(), type);
        return fd >= 0 ? fd : throw new EbpfException($"load a {type} program", -fd);
    }

    private static int Load(ReadOnlySpan<ulong> instructions, BpfProgramType type)
    {
        Libbpf.Require();
        fixed (byte* name = "loxi_probe\0"u8, license = "GPL\0"u8)
        fixed (ulong* code = instructions)
        {
            // BPF_F_SLEEPABLE is what the kernel requires of syscall programs.
            ProgLoadOptions options = new() { Size = (nuint)sizeof(ProgLoadOptions), ProgramFlags = type == BpfProgramType.Syscall ? 1u << 4 : 0 };
            int fd = Libbpf.ProgLoad((uint)type, name, license, code, (nuint)instructions.Length, &options);
            return fd == -Errno.EPERM ? throw new EbpfException("probe the kernel's eBPF features", Errno.EPERM) : fd;
        }
    }
}
