using System.Runtime.InteropServices;

namespace Loxi.Nat.RootTests.Support;

/// <summary>
/// Sends frames as many a driver hands them up: the Ethernet header in the linear part of the kernel's buffer and the rest in pages. The
/// header that says how much is linear is in front of the frame (PACKET_VNET_HDR); the kernel follows it for what is longer than a page.
/// </summary>
internal sealed partial class PagedSender : IDisposable
{
    /// <summary>What does not fit into a page beside the kernel's own.</summary>
    public const int LeastLength = 4096;

    private const int AfPacket = 17;
    private const int SockRaw = 3;
    private const int SolPacket = 263;
    private const int PacketVnetHdr = 15;
    private const int VnetHeaderLength = 10;

    private readonly int _socket;

    public PagedSender(int interfaceIndex)
    {
        // Protocol 0: nothing is received.
        _socket = Check(Socket(AfPacket, SockRaw, 0), "socket");
        var address = new LinkAddress { Family = AfPacket, Interface = interfaceIndex };
        Check(Bind(_socket, address, Marshal.SizeOf<LinkAddress>()), "bind");
        Check(SetOption(_socket, SolPacket, PacketVnetHdr, 1, sizeof(int)), "PACKET_VNET_HDR");
    }

    public void Send(byte[] frame)
    {
        if (frame.Length < LeastLength)
        {
            throw new ArgumentException($"{frame.Length} bytes: the kernel keeps less than {LeastLength} together", nameof(frame));
        }

        byte[] bytes = [.. new byte[VnetHeaderLength], .. frame];
        Check((int)SendTo(_socket, bytes, bytes.Length, 0, 0, 0), "send");
    }

    public void Dispose() => Check(Close(_socket), "close");

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new InvalidOperationException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    // int socket(int domain, int type, int protocol);
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, in LinkAddress address, int length);

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int option, in int value, int length);

    // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr, socklen_t addrlen);
    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int socket, byte[] bytes, nint length, int flags, nint address, int addressLength);

    // int close(int fd);
    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    /// <summary>struct sockaddr_ll</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Interface;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }
}
