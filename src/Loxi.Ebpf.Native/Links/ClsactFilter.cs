using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>
/// A traffic-control program on an interface as a direct-action filter of a clsact qdisc (Linux 4.5; the way before TCX). A filter
/// belongs to the interface, not to the process: it stays when the process dies. Foreign filters are never replaced, and the
/// qdisc is removed only by the instance that created it, with its filter, when no other is left: where the filter is gone the qdisc may be another's.
/// </summary>
public sealed class ClsactFilter : IBpfLink
{
    private const int MaximumTries = 64;
    private const uint FlagReplace = 1;
    private readonly Lock _gate = new();
    private uint _programId;
    private bool _attached = true;
    private bool _keep;

    private ClsactFilter(int interfaceIndex, TrafficDirection direction, int priority, uint handle, uint programId, bool createdQdisc)
    {
        InterfaceIndex = interfaceIndex;
        Direction = direction;
        Priority = priority;
        Handle = handle;
        CreatedQdisc = createdQdisc;
        _programId = programId;
    }

    /// <summary>Interface.</summary>
    public int InterfaceIndex { get; }

    /// <summary>Side of the interface.</summary>
    public TrafficDirection Direction { get; }

    /// <summary>Priority that the filter got; lower runs earlier.</summary>
    public int Priority { get; }

    /// <summary>Handle that the filter got within its priority.</summary>
    public uint Handle { get; }

    /// <summary>Whether attaching created the clsact qdisc.</summary>
    public bool CreatedQdisc { get; }

    /// <summary>Attaches a program, creating the clsact qdisc when it is missing.</summary>
    /// <param name="program">Program of type <see cref="BpfProgramType.SchedCls"/>.</param>
    /// <param name="interfaceIndex">Interface in the network namespace of the calling thread.</param>
    /// <param name="direction">Received or sent packets.</param>
    /// <param name="priority">Wanted priority, 1 to 65,535; the next free one is taken (up to 64 tries) when it is in use.</param>
    /// <param name="handle">Wanted handle, 1 or more.</param>
    /// <exception cref="EbpfException">ENODEV: no such interface; EEXIST: no free priority; or the kernel refused otherwise.</exception>
    public static unsafe ClsactFilter Attach(BpfProgram program, int interfaceIndex, TrafficDirection direction, int priority = 1, uint handle = 1)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interfaceIndex);
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfZero(handle);
        Libbpf.Require();
        TcHook hook = Hook(interfaceIndex, direction);
        int created = Libbpf.TcHookCreate(&hook);
        if (created < 0 && created != -Errno.EEXIST)
        {
            throw new EbpfException($"create the clsact qdisc of interface {interfaceIndex}", -created);
        }

        bool createdQdisc = created == 0;
        using FdLease fd = program.Handle.Lease();
        int result = -Errno.EEXIST;
        for (int tried = 0; tried < MaximumTries && priority + tried <= ushort.MaxValue; tried++)
        {
            TcOptions options = new() { Size = (nuint)sizeof(TcOptions), ProgramFd = fd.Fd, Handle = handle, Priority = (uint)(priority + tried) };
            result = Libbpf.TcAttach(&hook, &options);

            // EEXIST: the handle is taken. EINVAL: the priority belongs to a filter of another kind or protocol.
            if (result is not (-Errno.EEXIST or -Errno.EINVAL))
            {
                if (result == 0)
                {
                    return new ClsactFilter(interfaceIndex, direction, (int)options.Priority, options.Handle, program.Id, createdQdisc);
                }

                break;
            }
        }

        if (createdQdisc)
        {
            RemoveQdiscIfEmpty(interfaceIndex);
        }

        throw new EbpfException($"attach program '{program.Name}' ({program.Type}) by clsact to {direction} of interface {interfaceIndex} at priority {priority}", -result);
    }

    /// <summary>Takes over a filter that an earlier process attached.</summary>
    /// <param name="interfaceIndex">Interface in the network namespace of the calling thread.</param>
    /// <param name="direction">Received or sent packets.</param>
    /// <param name="priority">Priority of the filter.</param>
    /// <param name="handle">Handle of the filter.</param>
    /// <param name="createdQdisc">Whether the earlier process created the qdisc, so that <see cref="Detach"/> may remove it.</param>
    /// <exception cref="EbpfException">ENOENT: there is no such filter.</exception>
    public static ClsactFilter Open(int interfaceIndex, TrafficDirection direction, int priority, uint handle, bool createdQdisc = false)
    {
        Libbpf.Require();
        uint program = QueryProgram(interfaceIndex, direction, priority, handle);
        return program != 0
            ? new ClsactFilter(interfaceIndex, direction, priority, handle, program, createdQdisc)
            : throw new EbpfException($"open the clsact filter on {direction} of interface {interfaceIndex} at priority {priority}, handle {handle}", Errno.ENOENT);
    }

    /// <inheritdoc/>
    public LinkInfo ReadInfo()
    {
        uint program = QueryProgram(InterfaceIndex, Direction, Priority, Handle);
        return program != 0
            ? new LinkInfo(BpfLinkType.Unspecified, 0, program, InterfaceIndex, Direction)
            : throw Gone("read");
    }

    /// <inheritdoc/>
    public bool IsAttached()
    {
        lock (_gate)
        {
            return _attached && IsOurs();
        }
    }

    /// <inheritdoc/>
    public unsafe void Update(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        lock (_gate)
        {
            if (!IsOurs())
            {
                throw Gone("update");
            }

            using FdLease fd = program.Handle.Lease();
            TcOptions options = new() { Size = (nuint)sizeof(TcOptions), ProgramFd = fd.Fd, Handle = Handle, Priority = (uint)Priority, Flags = FlagReplace };
            TcHook hook = Hook(InterfaceIndex, Direction);
            int result = Libbpf.TcAttach(&hook, &options);
            if (result < 0)
            {
                throw new EbpfException($"replace the program of the {Describe()} by '{program.Name}'", -result);
            }

            _programId = program.Id;
        }
    }

    /// <summary>Leaves the filter attached when this instance is disposed.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            _keep = true;
        }
    }

    /// <summary>
    /// Removes this filter, and the qdisc when attaching created it and no filter of anyone is left. Where the filter was removed, or another
    /// program took its place, nothing is touched: the qdisc may be one that somebody else made in the place of ours.
    /// </summary>
    /// <exception cref="EbpfException">The kernel refused.</exception>
    public unsafe void Detach()
    {
        lock (_gate)
        {
            if (!_attached)
            {
                return;
            }

            _attached = false;
            if (!IsOurs())
            {
                return;
            }

            TcHook hook = Hook(InterfaceIndex, Direction);
            TcOptions options = new() { Size = (nuint)sizeof(TcOptions), Handle = Handle, Priority = (uint)Priority };
            int result = Libbpf.TcDetach(&hook, &options);
            if (result is -Errno.ENOENT or -Errno.ENODEV or -Errno.EINVAL)
            {
                // Somebody was faster.
                return;
            }

            if (result < 0)
            {
                throw new EbpfException($"detach the {Describe()}", -result);
            }

            if (CreatedQdisc)
            {
                RemoveQdiscIfEmpty(InterfaceIndex);
            }
        }
    }

    /// <summary>Detaches the filter, unless <see cref="Keep"/> was called.</summary>
    public void Dispose()
    {
        if (!_keep)
        {
            Detach();
        }
    }

    private static TcHook Hook(int interfaceIndex, TrafficDirection direction) => new()
    {
        Size = (nuint)System.Runtime.CompilerServices.Unsafe.SizeOf<TcHook>(),
        Interface = interfaceIndex,
        // enum bpf_tc_attach_point: BPF_TC_INGRESS = 1, BPF_TC_EGRESS = 2.
        AttachPoint = direction == TrafficDirection.Ingress ? 1 : 2,
    };

    private static unsafe void RemoveQdiscIfEmpty(int interfaceIndex)
    {
        if (TcFilterDump.Read(interfaceIndex, TrafficDirection.Ingress).Count > 0 || TcFilterDump.Read(interfaceIndex, TrafficDirection.Egress).Count > 0)
        {
            return;
        }

        TcHook hook = Hook(interfaceIndex, TrafficDirection.Ingress);
        hook.AttachPoint = 1 | 2;
        int result = Libbpf.TcHookDestroy(&hook);
        if (result < 0 && result is not (-Errno.ENOENT or -Errno.EINVAL or -Errno.ENODEV))
        {
            throw new EbpfException($"remove the clsact qdisc of interface {interfaceIndex}", -result);
        }
    }

    private static unsafe uint QueryProgram(int interfaceIndex, TrafficDirection direction, int priority, uint handle)
    {
        TcHook hook = Hook(interfaceIndex, direction);
        TcOptions options = new() { Size = (nuint)sizeof(TcOptions), Handle = handle, Priority = (uint)priority };
        int result = Libbpf.TcQuery(&hook, &options);
        return result switch
        {
            0 => options.ProgramId,

            // EINVAL: the qdisc is gone, or the priority belongs to a filter of another kind.
            -Errno.ENOENT or -Errno.ENODEV or -Errno.EINVAL => 0,
            _ => throw new EbpfException($"query the clsact filter on {direction} of interface {interfaceIndex} at priority {priority}, handle {handle}", -result),
        };
    }

    private bool IsOurs() => QueryProgram(InterfaceIndex, Direction, Priority, Handle) == _programId;

    private EbpfException Gone(string operation) => new($"{operation} the {Describe()}", Errno.ENOENT, detail: "it was removed or replaced");

    private string Describe() => $"clsact filter on {Direction} of interface {InterfaceIndex} at priority {Priority}, handle {Handle}";
}
