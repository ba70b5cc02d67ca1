using System.Runtime.InteropServices;

namespace Loxi.Ebpf.Native.Interop;

/// <summary>The few C library calls that libbpf does not cover.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int MapShared = 1;
    public const int FcntlDupFdCloexec = 1030;
    public const int ClockBoottime = 7;
    public const int ScPageSize = 30;

    public static readonly nint MapFailed = -1;

    // int close(int fd);
    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int fd);

    // int fcntl(int fd, int cmd, ... /* int arg */);
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int fd, int command, int argument);

    // long syscall(long number, ...);
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial long Syscall(long number, int command, void* attribute, uint size);

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Mmap(nint address, nuint length, int protection, int flags, int fd, nint offset);

    // int munmap(void *addr, size_t length);
    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Munmap(nint address, nuint length);

    // long sysconf(int name);
    [LibraryImport(Library, EntryPoint = "sysconf", SetLastError = true)]
    public static partial long Sysconf(int name);

    // int clock_gettime(clockid_t clockid, struct timespec *tp);
    [LibraryImport(Library, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, long* secondsAndNanoseconds);

    // int vasprintf(char **strp, const char *fmt, va_list ap);
    [LibraryImport(Library, EntryPoint = "vasprintf")]
    public static partial int Vasprintf(byte** text, byte* format, void* arguments);

    // void free(void *ptr);
    [LibraryImport(Library, EntryPoint = "free")]
    public static partial void Free(void* pointer);

    // int statfs(const char *path, struct statfs *buf);
    [LibraryImport(Library, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statfs(string path, long* buffer);

    // int mount(const char *source, const char *target, const char *filesystemtype, unsigned long mountflags, const void *data);
    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, string? data);

    // int eventfd(unsigned int initval, int flags);
    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    // int epoll_create1(int flags);
    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int fd, void* epollEvent);

    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* events, int maximum, int timeoutMilliseconds);

    // ssize_t read(int fd, void *buf, size_t count);
    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* buffer, nuint count);

    // ssize_t write(int fd, const void *buf, size_t count);
    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buffer, nuint count);

    // int socket(int domain, int type, int protocol);
    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, void* buffer, nuint length, int flags);

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, void* buffer, nuint length, int flags);

    /// <summary>Nanoseconds of CLOCK_BOOTTIME, the clock of bpf_prog_info.load_time.</summary>
    public static long BootTimeNanoseconds()
    {
        long* time = stackalloc long[2];
        return ClockGetTime(ClockBoottime, time) == 0
            ? (time[0] * 1_000_000_000) + time[1]
            : throw new EbpfException("clock_gettime(CLOCK_BOOTTIME)", Errno.Last);
    }
}
