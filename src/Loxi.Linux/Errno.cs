using System.Runtime.InteropServices;

namespace Loxi.Linux;

/// <summary>Error numbers of the Linux system calls (asm-generic/errno.h; x86-64 and arm64 share them) that callers of this library tell apart.</summary>
public static class Errno
{
    /// <summary>Operation not permitted (1).</summary>
    public const int EPERM = 1;

    /// <summary>No such file, object or route entry (2).</summary>
    public const int ENOENT = 2;

    /// <summary>No such process, or for rtnetlink: no such route (3).</summary>
    public const int ESRCH = 3;

    /// <summary>Interrupted by a signal, or for a netlink dump: the table changed while it was read (4).</summary>
    public const int EINTR = 4;

    /// <summary>No such device or address: a packet socket has no link to send on (6).</summary>
    public const int ENXIO = 6;

    /// <summary>Bad descriptor (9).</summary>
    public const int EBADF = 9;

    /// <summary>No data now, try again (11).</summary>
    public const int EAGAIN = 11;

    /// <summary>No memory, or more than a limit of the kernel allows (12).</summary>
    public const int ENOMEM = 12;

    /// <summary>Permission denied (13).</summary>
    public const int EACCES = 13;

    /// <summary>In use (16).</summary>
    public const int EBUSY = 16;

    /// <summary>Exists already (17).</summary>
    public const int EEXIST = 17;

    /// <summary>No such device (19).</summary>
    public const int ENODEV = 19;

    /// <summary>Invalid argument (22).</summary>
    public const int EINVAL = 22;

    /// <summary>Value out of range (34).</summary>
    public const int ERANGE = 34;

    /// <summary>The peer's host is not on the network (64).</summary>
    public const int ENONET = 64;

    /// <summary>Protocol error; of a datagram socket: the peer's host reported a broken header (71).</summary>
    public const int EPROTO = 71;

    /// <summary>Malformed message (74).</summary>
    public const int EBADMSG = 74;

    /// <summary>Message too long for the link or the buffer (90).</summary>
    public const int EMSGSIZE = 90;

    /// <summary>The peer's host does not speak the protocol (92).</summary>
    public const int ENOPROTOOPT = 92;

    /// <summary>Not supported (95).</summary>
    public const int EOPNOTSUPP = 95;

    /// <summary>Address family not supported.</summary>
    public const int EAFNOSUPPORT = 97;

    /// <summary>The address and port are bound already (98).</summary>
    public const int EADDRINUSE = 98;

    /// <summary>No such address on the interface (99).</summary>
    public const int EADDRNOTAVAIL = 99;

    /// <summary>The interface is down (100).</summary>
    public const int ENETDOWN = 100;

    /// <summary>No route to the network (101).</summary>
    public const int ENETUNREACH = 101;

    /// <summary>The receive buffer overran and messages were lost (105).</summary>
    public const int ENOBUFS = 105;

    /// <summary>Nothing listens there: an ICMP port unreachable came back (111).</summary>
    public const int ECONNREFUSED = 111;

    /// <summary>The host is down (112).</summary>
    public const int EHOSTDOWN = 112;

    /// <summary>No route to the host (113).</summary>
    public const int EHOSTUNREACH = 113;

    /// <summary>The text of the C library for an error number, for example <c>No such device</c>.</summary>
    /// <param name="errorNumber">A positive error number.</param>
    /// <returns>The text; for a number the C library does not know, its generic text with the number.</returns>
    public static string Describe(int errorNumber) => Marshal.GetPInvokeErrorMessage(errorNumber);
}
