using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>Finds out which programs are attached to an interface, of this process and of others.</summary>
public static unsafe class InterfacePrograms
{
    private const int MaximumTcxPrograms = 64;

    // XDP_ATTACHED_DRV, XDP_ATTACHED_SKB, XDP_ATTACHED_HW, linux/if_link.h.
    private const byte AttachedNative = 1;
    private const byte AttachedGeneric = 2;
    private const byte AttachedHardware = 3;

    /// <summary>Lists the programs on an interface: XDP, then TCX, then clsact, each in the order in which they run.</summary>
    /// <param name="interfaceIndex">Interface in the network namespace of the calling thread.</param>
    /// <returns>The programs; TCX is left out on kernels before 6.6, which have none.</returns>
    /// <exception cref="EbpfException">The interface does not exist (ENODEV), or privileges are missing.</exception>
    public static IReadOnlyList<AttachedProgram> Query(int interfaceIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interfaceIndex);
        Libbpf.Require();
        List<AttachedProgram> programs = [];
        AddXdp(programs, interfaceIndex);
        AddTcx(programs, interfaceIndex, TrafficDirection.Ingress);
        AddTcx(programs, interfaceIndex, TrafficDirection.Egress);
        AddClsact(programs, interfaceIndex, TrafficDirection.Ingress);
        AddClsact(programs, interfaceIndex, TrafficDirection.Egress);
        return programs;
    }

    private static void AddXdp(List<AttachedProgram> programs, int interfaceIndex)
    {
        XdpQueryOptions options = new() { Size = (nuint)sizeof(XdpQueryOptions) };
        int result = Libbpf.XdpQuery(interfaceIndex, 0, &options);
        if (result < 0)
        {
            throw new EbpfException($"query XDP on interface {interfaceIndex}", -result);
        }

        // With one program the kernel gives prog_id and the mode; with several (or a newer libbpf) the identifier of each mode.
        uint native = options.NativeProgramId != 0 || options.AttachMode != AttachedNative ? options.NativeProgramId : options.ProgramId;
        uint generic = options.GenericProgramId != 0 || options.AttachMode != AttachedGeneric ? options.GenericProgramId : options.ProgramId;
        uint hardware = options.HardwareProgramId != 0 || options.AttachMode != AttachedHardware ? options.HardwareProgramId : options.ProgramId;
        Add(programs, AttachPoint.XdpNative, native);
        Add(programs, AttachPoint.XdpGeneric, generic);
        Add(programs, AttachPoint.XdpHardware, hardware);
    }

    private static void AddTcx(List<AttachedProgram> programs, int interfaceIndex, TrafficDirection direction)
    {
        uint* programIds = stackalloc uint[MaximumTcxPrograms];
        uint* linkIds = stackalloc uint[MaximumTcxPrograms];
        new Span<uint>(linkIds, MaximumTcxPrograms).Clear();
        ProgQueryAttribute attribute = new()
        {
            TargetInterface = (uint)interfaceIndex,
            AttachType = TcxLink.AttachType(direction),
            ProgramIds = (ulong)programIds,
            LinkIds = (ulong)linkIds,
            Count = MaximumTcxPrograms,
        };
        int result = BpfSyscall.Call(BpfSyscall.ProgQuery, ref attribute);
        if (result < 0)
        {
            // EINVAL and E2BIG: the kernel is older than 6.6. ENOENT: no program.
            if (result is -Errno.EINVAL or -Errno.E2BIG or -Errno.ENOENT)
            {
                return;
            }

            throw new EbpfException($"query TCX on {direction} of interface {interfaceIndex}", -result);
        }

        AttachPoint point = direction == TrafficDirection.Ingress ? AttachPoint.TcxIngress : AttachPoint.TcxEgress;
        for (int i = 0; i < attribute.Count; i++)
        {
            programs.Add(new AttachedProgram(point, programIds[i], NameOf(programIds[i]), linkIds[i]));
        }
    }

    private static void AddClsact(List<AttachedProgram> programs, int interfaceIndex, TrafficDirection direction)
    {
        AttachPoint point = direction == TrafficDirection.Ingress ? AttachPoint.ClsactIngress : AttachPoint.ClsactEgress;
        foreach (TcFilterDump.Filter filter in TcFilterDump.Read(interfaceIndex, direction))
        {
            if (filter.ProgramId != 0)
            {
                programs.Add(new AttachedProgram(point, filter.ProgramId, NameOf(filter.ProgramId), 0, filter.Priority, filter.Handle));
            }
        }
    }

    private static void Add(List<AttachedProgram> programs, AttachPoint point, uint programId)
    {
        if (programId != 0)
        {
            programs.Add(new AttachedProgram(point, programId, NameOf(programId)));
        }
    }

    private static string NameOf(uint programId)
    {
        if (!BpfProgram.TryOpenById(programId, out BpfProgram? program))
        {
            return string.Empty;
        }

        using (program)
        {
            return program.Name;
        }
    }
}
