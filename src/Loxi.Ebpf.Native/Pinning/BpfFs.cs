using Loxi.Ebpf.Native.Interop;

namespace Loxi.Ebpf.Native.Pinning;

/// <summary>The file system in which maps, programs and links are pinned.</summary>
public static unsafe class BpfFs
{
    /// <summary>Where bpffs is mounted by convention.</summary>
    public const string DefaultPath = "/sys/fs/bpf";

    // BPF_FS_MAGIC, linux/magic.h.
    private const uint Magic = 0xcafe4a11;
    private const int NoSuid = 2;
    private const int NoDev = 4;
    private const int NoExec = 8;

    /// <summary>Whether a path lies in a bpffs.</summary>
    /// <param name="path">Existing path.</param>
    /// <returns>False also when the path does not exist.</returns>
    /// <exception cref="EbpfException">The kernel refused to say.</exception>
    public static bool Contains(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);

        // struct statfs starts with f_type; it has 120 bytes on 64-bit Linux.
        long* buffer = stackalloc long[32];
        if (Libc.Statfs(path, buffer) == 0)
        {
            return (uint)buffer[0] == Magic;
        }

        return Errno.Last == Errno.ENOENT ? false : throw new EbpfException($"read the type of the file system at {path}", Errno.Last);
    }

    /// <summary>Mounts a bpffs where there is none, in the mount namespace of the process.</summary>
    /// <param name="path">Mount point; created when missing (which sysfs allows nowhere but at its existing <c>/sys/fs/bpf</c>).</param>
    /// <returns>True when this call mounted it, false when it was mounted.</returns>
    /// <exception cref="EbpfException">It cannot be mounted; the message says what to do.</exception>
    public static bool EnsureMounted(string path = DefaultPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Contains(path))
        {
            return false;
        }

        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EbpfException($"create the mount point {path}", 0, detail: e.Message);
        }

        if (Libc.Mount("bpf", path, "bpf", NoSuid | NoDev | NoExec, "mode=0700") != 0)
        {
            int errno = Errno.Last;
            throw new EbpfException(
                $"mount a bpffs at {path}",
                errno,
                detail: $"CAP_SYS_ADMIN is needed; in a container, mount it on the host ('mount -t bpf bpf {path}') and pass it in as a volume");
        }

        return true;
    }
}
