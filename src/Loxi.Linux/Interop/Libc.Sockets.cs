using System.Runtime.InteropServices;

namespace Loxi.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int AfNetlink = 16;
    internal const int AfPacket = 17;
    internal const int SockRaw = 3;
    internal const int SockCloexec = 0x80000;

    internal const int SolSocket = 1;
    internal const int SolPacket = 263;
    internal const int SolNetlink = 270;
    internal const int SoReceiveBuffer = 8;
    internal const int SoAttachFilter = 26;
    internal const int SoDetachFilter = 27;
    internal const int SoReceiveBufferForce = 33;
    internal const int SoTimestampNs = 35;

    internal const int NetlinkAddMembership = 1;
    internal const int NetlinkCapAck = 10;
    internal const int NetlinkExtAck = 11;
    internal const int NetlinkGetStrictCheck = 12;

    internal const int PacketAddMembership = 1;
    internal const int PacketStatistics = 6;
    internal const int PacketAuxData = 8;
    internal const int PacketIgnoreOutgoing = 23;

    internal const int MsgDontWait = 0x40;
    internal const int MsgTruncated = 0x20;

    internal const short PollIn = 1;

    internal const int EventFdCloexec = 0x80000;
    internal const int EventFdNonblock = 0x800;

    [StructLayout(LayoutKind.Sequential)]
    internal struct NetlinkAddress
    {
        internal ushort Family;
        internal ushort Pad;
        internal uint Port;
        internal uint Groups;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PacketAddress
    {
        internal ushort Family;
        internal ushort Protocol;
        internal int InterfaceIndex;
        internal ushort HardwareType;
        internal byte PacketType;
        internal byte AddressLength;
        internal fixed byte Address[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal void* Base;
        internal nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal byte* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct FilterProgram
    {
        internal ushort Length;
        internal Sockets.BpfInstruction* Instructions;
    }

    // int socket(int domain, int type, int protocol);
    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial int SocketRaw(int domain, int type, int protocol);

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(SafeDescriptor descriptor, void* address, uint length);

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeDescriptor descriptor, int level, int option, void* value, uint length);

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(SafeDescriptor descriptor, int level, int option, void* value, uint* length);

    // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr, socklen_t addrlen);
    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(SafeDescriptor descriptor, void* buffer, nuint length, int flags, void* address, uint addressLength);

    // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen);
    [LibraryImport(Library, EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint ReceiveFrom(SafeDescriptor descriptor, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);
    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint ReceiveMessage(SafeDescriptor descriptor, MessageHeader* message, int flags);

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    // int eventfd(unsigned int initval, int flags);
    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFdRaw(uint initial, int flags);

    internal static SafeDescriptor Socket(int domain, int type, int protocol) => new(SocketRaw(domain, type | SockCloexec, protocol));

    internal static SafeDescriptor EventFd() => new(EventFdRaw(0, EventFdCloexec | EventFdNonblock));

    internal static int SetOption(SafeDescriptor descriptor, int level, int option, int value) =>
        SetOption(descriptor, level, option, &value, sizeof(int));

    /// <summary>Asks for a receive buffer beyond the limit of the system where CAP_NET_ADMIN allows it, else as large as the limit.</summary>
    /// <returns>False when it was not allowed and the limit of the system holds.</returns>
    internal static bool SetReceiveBuffer(SafeDescriptor descriptor, int bytes, string what)
    {
        if (SetOption(descriptor, SolSocket, SoReceiveBufferForce, bytes) == 0)
        {
            return true;
        }

        return SetOption(descriptor, SolSocket, SoReceiveBuffer, bytes) == 0 ? false : throw Failure("set the receive buffer of", what);
    }
}
