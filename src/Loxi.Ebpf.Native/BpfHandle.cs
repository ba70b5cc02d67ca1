using Loxi.Ebpf.Native.Interop;
using Microsoft.Win32.SafeHandles;

namespace Loxi.Ebpf.Native;

/// <summary>Owns one file descriptor of a BPF object (map, program or link).</summary>
public sealed class BpfHandle : SafeHandleMinusOneIsInvalid
{
    internal BpfHandle(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;

    /// <summary>Duplicates a descriptor that someone else owns.</summary>
    internal static BpfHandle Duplicate(int fd, string what)
    {
        int copy = Libc.Fcntl(fd, Libc.FcntlDupFdCloexec, 0);
        return copy >= 0 ? new BpfHandle(copy) : throw new EbpfException($"duplicate the descriptor of {what}", Errno.Last);
    }

    internal FdLease Lease() => new(this);
}
