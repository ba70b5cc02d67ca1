using System.Runtime.InteropServices;

namespace Loxi.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int AfInet = 2;
    internal const int AfInet6 = 10;
    internal const int SockDatagram = 2;

    internal const int SolIp = 0;
    internal const int SolIpv6 = 41;
    internal const int SoSendBuffer = 7;
    internal const int SoReusePort = 15;
    internal const int SoReceiveOverflow = 40;
    internal const int SoAttachReusePortFilter = 51;
    internal const int SoMemoryInfo = 55;
    internal const int SoBindToInterface = 62;

    internal const int IpTypeOfService = 1;
    internal const int IpTtl = 2;
    internal const int IpPacketInfo = 8;
    internal const int IpReceiveTtl = 12;

    internal const int Ipv6UnicastHops = 16;
    internal const int Ipv6Only = 26;
    internal const int Ipv6ReceivePacketInfo = 49;
    internal const int Ipv6PacketInfo = 50;
    internal const int Ipv6ReceiveHopLimit = 51;
    internal const int Ipv6HopLimit = 52;
    internal const int Ipv6TrafficClass = 67;

    // struct mmsghdr
    [StructLayout(LayoutKind.Sequential)]
    internal struct MultiMessageHeader
    {
        internal MessageHeader Header;
        internal uint Length;
    }

    // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeDescriptor descriptor, void* address, uint length);

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int LocalName(SafeDescriptor descriptor, void* address, uint* length);

    // char *if_indextoname(unsigned int ifindex, char *ifname); ifname has room for IF_NAMESIZE = 16 bytes.
    [LibraryImport(Library, EntryPoint = "if_indextoname", SetLastError = true)]
    private static partial byte* InterfaceName(uint index, byte* name);

    /// <summary>Whether there is such a link in the namespace of the calling thread.</summary>
    internal static bool HasInterface(int index)
    {
        var name = stackalloc byte[16];
        return InterfaceName((uint)index, name) is not null;
    }

    // int recvmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags, struct timespec *timeout);
    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMessages(SafeDescriptor descriptor, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    // int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags);
    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMessages(SafeDescriptor descriptor, MultiMessageHeader* messages, uint count, int flags);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(SafeDescriptor descriptor, void* buffer, nuint length, int flags);

    // int ppoll(struct pollfd *fds, nfds_t nfds, const struct timespec *tmo_p, const sigset_t *sigmask);
    [LibraryImport(Library, EntryPoint = "ppoll", SetLastError = true)]
    private static partial int PollPrecisely(PollDescriptor* descriptors, nuint count, TimeSpec* timeout, void* signals);

    /// <summary>Polls for at most a number of nanoseconds; a negative number waits for ever.</summary>
    internal static int PollNanoseconds(PollDescriptor* descriptors, int count, long nanoseconds)
    {
        if (nanoseconds < 0)
        {
            return PollPrecisely(descriptors, (nuint)count, null, null);
        }

        var limit = new TimeSpec { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
        return PollPrecisely(descriptors, (nuint)count, &limit, null);
    }
}
