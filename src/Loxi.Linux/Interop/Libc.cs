using System.Runtime.InteropServices;

namespace Loxi.Linux.Interop;

/// <summary>The C library, by concern in the other parts of this class. Failures are -1 with the error number in <see cref="LastError"/>.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    internal const int ORdonly = 0;
    internal const int OWronly = 1;
    internal const int OCreat = 0x40;
    internal const int OExcl = 0x80;
    internal const int OCloexec = 0x80000;

    /// <summary>The one place where errno is read.</summary>
    internal static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>The exception for the call that just failed.</summary>
    internal static LinuxException Failure(string operation, string? subject = null, string? detail = null) =>
        new(operation, LastError, subject, detail);

    // int open(const char *pathname, int flags, mode_t mode);
    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenRaw(string path, int flags, uint mode);

    // int close(int fd);
    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    // ssize_t read(int fd, void *buf, size_t count);
    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeDescriptor descriptor, void* buffer, nuint count);

    // ssize_t write(int fd, const void *buf, size_t count);
    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeDescriptor descriptor, void* buffer, nuint count);

    // int fsync(int fd);
    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int FSync(SafeDescriptor descriptor);

    // int flock(int fd, int operation);
    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int FLock(SafeDescriptor descriptor, int operation);

    // int unlink(const char *pathname);
    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    internal static SafeDescriptor Open(string path, int flags, uint mode = 0) => new(OpenRaw(path, flags | OCloexec, mode));
}
