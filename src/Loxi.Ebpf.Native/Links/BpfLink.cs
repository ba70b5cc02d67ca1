using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>
/// An attachment that the kernel represents by a descriptor (bpf_link): it ends when the last descriptor closes, so when the process
/// dies, unless it is pinned.
/// </summary>
public abstract class BpfLink : IBpfLink
{
    private protected BpfLink(BpfHandle handle) => Handle = handle;

    /// <summary>The descriptor.</summary>
    public BpfHandle Handle { get; }

    /// <summary>Opens a pinned link, whatever its type is.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <exception cref="EbpfException">Nothing is pinned there (ENOENT), or it is not an XDP or TCX link.</exception>
    public static BpfLink OpenPinned(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Libbpf.Require();
        int fd = Libbpf.OpenPinned(path);
        if (fd < 0)
        {
            throw new EbpfException($"open the link pinned at {path}", -fd);
        }

        BpfHandle handle = new(fd);
        ObjectKind.Require(handle, ObjectKind.Link, path);
        LinkInfo info = Read(handle);
        switch (info.Type)
        {
            case BpfLinkType.Xdp:
                return new XdpLink(handle);
            case BpfLinkType.Tcx:
                return new TcxLink(handle);
            default:
                handle.Dispose();
                throw new EbpfException($"open the link pinned at {path}", 0, detail: $"its type is {info.Type}, expected Xdp or Tcx");
        }
    }

    /// <inheritdoc/>
    public LinkInfo ReadInfo() => Read(Handle);

    /// <inheritdoc/>
    public bool IsAttached() => Read(Handle).InterfaceIndex != 0;

    /// <inheritdoc/>
    public unsafe void Update(BpfProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        using FdLease link = Handle.Lease();
        using FdLease fd = program.Handle.Lease();
        int result = Libbpf.LinkUpdate(link.Fd, fd.Fd, null);
        if (result < 0)
        {
            throw new EbpfException($"replace the program of a {GetType().Name} by '{program.Name}'", -result);
        }
    }

    /// <summary>Pins the link so that the attachment outlives the process.</summary>
    /// <param name="path">Path inside a bpffs; must not exist.</param>
    /// <exception cref="EbpfException">The path exists (EEXIST), or is not in a bpffs.</exception>
    public void Pin(string path) => ObjectKind.Pin(Handle, path, "a " + GetType().Name);

    /// <inheritdoc/>
    public void Detach()
    {
        using FdLease link = Handle.Lease();
        int result = Libbpf.LinkDetach(link.Fd);

        // ENOLINK: the interface is gone or the link is detached already.
        if (result < 0 && result != -Errno.ENOLINK)
        {
            throw new EbpfException($"detach a {GetType().Name}", -result);
        }
    }

    /// <summary>Closes the descriptor, which detaches the program unless the link is pinned or open elsewhere.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static int Create(BpfProgram program, int interfaceIndex, uint attachType, uint flags)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interfaceIndex);
        Libbpf.Require();
        using FdLease fd = program.Handle.Lease();
        LinkCreateAttribute attribute = new()
        {
            ProgramFd = (uint)fd.Fd,
            TargetInterface = (uint)interfaceIndex,
            AttachType = attachType,
            Flags = flags,
        };
        return BpfSyscall.Call(BpfSyscall.LinkCreate, ref attribute);
    }

    private static unsafe LinkInfo Read(BpfHandle handle)
    {
        using FdLease fd = handle.Lease();
        LinkInfoNative info = default;
        uint length = (uint)sizeof(LinkInfoNative);
        int result = Libbpf.ObjectInfo(fd.Fd, &info, &length);
        if (result < 0)
        {
            throw new EbpfException("read the description of a link", -result);
        }

        TrafficDirection direction = info.Type == (uint)BpfLinkType.Tcx && info.AttachType == TcxLink.AttachEgress
            ? TrafficDirection.Egress
            : TrafficDirection.Ingress;
        return new LinkInfo((BpfLinkType)info.Type, info.Id, info.ProgramId, (int)info.Interface, direction);
    }
}
