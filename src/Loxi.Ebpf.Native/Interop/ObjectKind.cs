namespace Loxi.Ebpf.Native.Interop;

/// <summary>What sort of BPF object a descriptor refers to, and pinning, which is the same for all sorts.</summary>
internal static class ObjectKind
{
    public const string Map = "bpf-map";
    public const string Program = "bpf-prog";
    public const string Link = "bpf-link";

    /// <summary>The kernel's name of the object's sort: the target of <c>/proc/self/fd/N</c> is <c>anon_inode:bpf-map</c>.</summary>
    public static string Of(int fd)
    {
        string target = File.ResolveLinkTarget($"/proc/self/fd/{fd}", returnFinalTarget: false)?.Name ?? string.Empty;
        int colon = target.IndexOf(':', StringComparison.Ordinal);

        // Links are bpf_link when created and bpf-link when opened from a pin.
        return target[(colon + 1)..].Trim('[', ']').Replace('_', '-');
    }

    /// <summary>Closes the handle and throws when the object is of another sort.</summary>
    public static void Require(BpfHandle handle, string kind, string path)
    {
        string found;
        using (FdLease fd = handle.Lease())
        {
            found = Of(fd.Fd);
        }

        if (found != kind)
        {
            handle.Dispose();
            throw new EbpfException($"open the {kind} pinned at {path}", 0, detail: $"a {found} is pinned there");
        }
    }

    public static void Pin(BpfHandle handle, string path, string what)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FdLease fd = handle.Lease();
        int result = Libbpf.Pin(fd.Fd, path);
        if (result < 0)
        {
            throw new EbpfException(
                $"pin {what} at {path}",
                -result,
                detail: -result == Errno.EEXIST ? "the path exists" : "the directory must exist and be in a bpffs");
        }
    }
}
