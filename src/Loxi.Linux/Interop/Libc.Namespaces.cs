using System.Runtime.InteropServices;

namespace Loxi.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int CloneNewNet = 0x40000000;

    internal const ulong MsBind = 0x1000;
    internal const ulong MsRec = 0x4000;
    internal const ulong MsShared = 0x100000;
    internal const int MntDetach = 2;

    internal const int LockExclusive = 2;

    // int setns(int fd, int nstype);
    [LibraryImport(Library, EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(SafeDescriptor descriptor, int kind);

    // int unshare(int flags);
    [LibraryImport(Library, EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int flags);

    // int mount(const char *source, const char *target, const char *filesystemtype, unsigned long mountflags, const void *data);
    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string source, string target, string kind, nuint flags, nint data);

    // int umount2(const char *target, int flags);
    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unmount(string target, int flags);

    // int flock(int fd, int operation);
    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeDescriptor descriptor, int operation);

    // int ioctl(int fd, unsigned long request, ...); NS_GET_NSTYPE = 0xb703 takes no argument and returns the clone flag.
    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int NamespaceKind(SafeDescriptor descriptor, nuint request);

    internal const nuint NsGetNsType = 0xb703;

    private const int AtEmptyPath = 0x1000;
    private const uint StatxIno = 0x100;

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int Statx(SafeDescriptor descriptor, byte* path, int flags, uint mask, byte* buffer);

    /// <summary>The inode number behind a descriptor, or 0 with the reason in <see cref="LastError"/>. statx, because its structure is the same on every architecture.</summary>
    internal static ulong Inode(SafeDescriptor descriptor)
    {
        var buffer = stackalloc byte[256];
        byte empty = 0;
        return Statx(descriptor, &empty, AtEmptyPath, StatxIno, buffer) == 0 ? *(ulong*)(buffer + 32) : 0;
    }
}
