using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Loxi.TestKit.Interop;

/// <summary>The few C library calls that the lab needs and .NET lacks.</summary>
internal static partial class Libc
{
    internal const int CloneNewNet = 0x40000000;
    internal const int SigKill = 9;
    internal const int SigTerm = 15;
    internal const int SigContinue = 18;
    internal const int SigStop = 19;
    internal const int IdIsPid = 1;
    internal const int WaitStopped = 2;
    internal const int WaitWithoutTaking = 0x1000000;
    internal const int Interrupted = 4;
    internal const int NoBufferSpace = 105;

    // int setns(int fd, int nstype);
    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    internal static partial int SetNamespace(int fd, int type);

    // int kill(pid_t pid, int sig);
    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int pid, int signal);

    // int waitid(idtype_t idtype, id_t id, siginfo_t *infop, int options);
    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static unsafe partial int WaitId(int type, int id, void* info, int options);

    // int socket(int domain, int type, int protocol);
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    // int bind(int fd, const struct sockaddr *addr, socklen_t len);
    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    internal static unsafe partial int Bind(int fd, void* address, int length);

    // int setsockopt(int fd, int level, int name, const void *value, socklen_t len);
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static unsafe partial int SetSockOpt(int fd, int level, int name, void* value, int length);

    // int getsockopt(int fd, int level, int name, void *value, socklen_t *len);
    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int GetSockOpt(int fd, int level, int name, void* value, int* length);

    // ssize_t recvmsg(int fd, struct msghdr *msg, int flags);
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    internal static unsafe partial nint RecvMsg(int fd, void* message, int flags);

    // ssize_t send(int fd, const void *buf, size_t len, int flags);
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static unsafe partial nint Send(int fd, void* buffer, nint length, int flags);

    // ssize_t write(int fd, const void *buf, size_t len);
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static unsafe partial nint Write(int fd, void* buffer, nint length);

    // int eventfd(unsigned int initval, int flags);
    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static unsafe partial int Poll(void* descriptors, nint count, int timeout);

    // int open(const char *path, int flags);
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    // int ioctl(int fd, unsigned long request, void *argument);
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static unsafe partial int IoControl(int fd, nuint request, void* argument);

    // int close(int fd);
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    // unsigned int if_nametoindex(const char *ifname);
    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint InterfaceIndex(string name);

    internal static int Check(int result, string operation)
    {
        return result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{operation}: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
