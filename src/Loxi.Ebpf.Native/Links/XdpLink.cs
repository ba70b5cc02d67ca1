using Loxi.Ebpf.Native.Interop;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Ebpf.Native.Links;

/// <summary>An XDP program on an interface, by bpf_link (Linux 5.9). An interface has one XDP program per mode: a foreign one is never replaced.</summary>
public sealed class XdpLink : BpfLink
{
    // BPF_XDP, enum bpf_attach_type.
    internal const uint AttachXdp = 37;

    internal XdpLink(BpfHandle handle)
        : base(handle)
    {
    }

    /// <summary>Attaches a program.</summary>
    /// <param name="program">Program of type <see cref="BpfProgramType.Xdp"/>.</param>
    /// <param name="interfaceIndex">Interface in the network namespace of the calling thread.</param>
    /// <param name="mode">Driver or generic; automatic by default.</param>
    /// <exception cref="EbpfException">EBUSY or EEXIST: another XDP program is attached; EOPNOTSUPP: the driver has no XDP; EINVAL: no such interface, or the kernel is older than 5.9.</exception>
    public static XdpLink Attach(BpfProgram program, int interfaceIndex, XdpMode mode = XdpMode.Auto)
    {
        int fd = Create(program, interfaceIndex, AttachXdp, (uint)mode);
        if (fd >= 0)
        {
            return new XdpLink(new BpfHandle(fd));
        }

        string? detail = -fd switch
        {
            Errno.EBUSY or Errno.EEXIST => "another XDP program is attached to the interface",
            Errno.EOPNOTSUPP => "the driver of the interface has no native XDP: use XdpMode.Generic",
            Errno.EINVAL => "the interface does not exist, or the kernel is older than 5.9",
            _ => null,
        };
        throw new EbpfException($"attach program '{program.Name}' by XDP ({mode}) to interface {interfaceIndex}", -fd, detail: detail);
    }

    /// <summary>Opens a pinned XDP link.</summary>
    /// <param name="path">Path inside a bpffs.</param>
    /// <exception cref="EbpfException">Nothing is pinned there (ENOENT), or it is not an XDP link.</exception>
    public static new XdpLink OpenPinned(string path)
    {
        BpfLink link = BpfLink.OpenPinned(path);
        if (link is XdpLink xdp)
        {
            return xdp;
        }

        link.Dispose();
        throw new EbpfException($"open the XDP link pinned at {path}", 0, detail: $"a {link.GetType().Name} is pinned there");
    }
}
