using System.Buffers.Binary;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>
/// Sends and receives whole frames on one link, or on any (AF_PACKET, SOCK_RAW). Needs CAP_NET_RAW. One receiving thread at a time; sending is
/// safe beside it. Sending and receiving allocate nothing.
/// </summary>
public sealed unsafe partial class PacketSocket : IDisposable
{
    /// <summary>ETH_P_ALL: every EtherType, and frames that this host sends.</summary>
    public const ushort AllEtherTypes = 3;

    private readonly SafeDescriptor _descriptor;
    private readonly Waiter _waiter;

    private PacketSocket(SafeDescriptor descriptor, int interfaceIndex)
    {
        _descriptor = descriptor;
        _waiter = new Waiter();
        InterfaceIndex = interfaceIndex;
    }

    /// <summary>The link.</summary>
    public int InterfaceIndex { get; }

    /// <summary>Opens a socket on a link. From the return on every frame that passes the filter is queued; none before.</summary>
    /// <param name="interfaceIndex">Index of the link; 0 to receive from all links and to send with <see cref="Send(int, ReadOnlySpan{byte})"/> (<see cref="Send(ReadOnlySpan{byte})"/> is then refused by the kernel).</param>
    /// <param name="options">How; null for everything, unfiltered, in the calling thread's namespace.</param>
    /// <returns>A socket to dispose.</returns>
    /// <exception cref="LinuxException">CAP_NET_RAW is missing, there is no such link, or the filter is refused.</exception>
    public static PacketSocket Open(int interfaceIndex, PacketSocketOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(interfaceIndex);
        options ??= new PacketSocketOptions();
        return options.NetworkNamespace is null ? OpenHere(interfaceIndex, options) : options.NetworkNamespace.Run(() => OpenHere(interfaceIndex, options));
    }

    /// <summary>Sends a whole frame, link-layer header included.</summary>
    /// <param name="frame">At least 14 bytes on Ethernet.</param>
    /// <exception cref="LinuxException">The link is down (<see cref="Errno.ENETDOWN"/>), the frame too long (<see cref="Errno.EMSGSIZE"/>), or the queue full (<see cref="Errno.ENOBUFS"/>).</exception>
    public void Send(ReadOnlySpan<byte> frame) => Send(InterfaceIndex, frame, null);

    /// <summary>Sends a whole frame, link-layer header included, on any link, whichever the socket is open on.</summary>
    /// <param name="interfaceIndex">The link, in the namespace of the socket; positive.</param>
    /// <param name="frame">At least 14 bytes on Ethernet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interfaceIndex"/> is 0 or negative.</exception>
    /// <exception cref="LinuxException">There is no such link (<see cref="Errno.ENXIO"/>), it is down (<see cref="Errno.ENETDOWN"/>), the frame too long (<see cref="Errno.EMSGSIZE"/>), or the queue full (<see cref="Errno.ENOBUFS"/>).</exception>
    public void Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interfaceIndex);
        // Protocol 0: the kernel reads it from the frame (since Linux 5.0).
        var address = new Libc.PacketAddress { Family = Libc.AfPacket, InterfaceIndex = interfaceIndex };
        Send(interfaceIndex, frame, &address);
    }

    /// <summary>Receives a frame, waiting for one if need be.</summary>
    /// <param name="buffer">Where the frame goes from offset 0. The largest frame and 4 bytes for a VLAN tag should fit; what does not is cut off.</param>
    /// <param name="info">What is known of the frame.</param>
    /// <param name="timeout">How long to wait: 0 for not at all, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Ends the wait; waiting again with the same token allocates nothing.</param>
    /// <returns>False when no frame came in time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative and not infinite.</exception>
    /// <exception cref="LinuxException">The link went down or away (<see cref="Errno.ENETDOWN"/>).</exception>
    public bool TryReceive(Span<byte> buffer, out PacketInfo info, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (ReceiveNow(buffer, out info))
            {
                return true;
            }

            if (timeout == TimeSpan.Zero || !_waiter.Wait(_descriptor, timeout, cancellationToken))
            {
                return false;
            }

            if (ReceiveNow(buffer, out info))
            {
                return true;
            }
        }
    }

    /// <summary>Replaces the filter; frames already queued are not filtered again.</summary>
    /// <param name="filter">A classic BPF program of 1 to 4,096 instructions; none takes the filter off.</param>
    /// <exception cref="LinuxException">The kernel refused the program.</exception>
    public void SetFilter(ReadOnlySpan<BpfInstruction> filter) => SocketFilter.Set(_descriptor, filter, "packet socket");

    /// <summary>Reads the counters and resets them.</summary>
    /// <returns>Counts since the last reading.</returns>
    /// <exception cref="LinuxException">The socket is closed.</exception>
    public PacketStatistics ReadStatistics()
    {
        var counts = stackalloc uint[2];
        uint length = 2 * sizeof(uint);
        return Libc.GetOption(_descriptor, Libc.SolPacket, Libc.PacketStatistics, counts, &length) == 0
            ? new PacketStatistics(counts[0], counts[1])
            : throw Libc.Failure("read the statistics of packet socket on link", $"{InterfaceIndex}");
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose()
    {
        _descriptor.Dispose();
        _waiter.Dispose();
    }

    private void Send(int interfaceIndex, ReadOnlySpan<byte> frame, Libc.PacketAddress* address)
    {
        fixed (byte* bytes = frame)
        {
            nint sent;
            do
            {
                sent = Libc.SendTo(_descriptor, bytes, (nuint)frame.Length, 0, address, address is null ? 0 : (uint)sizeof(Libc.PacketAddress));
            }
            while (sent < 0 && Libc.LastError == Errno.EINTR);
            if (sent < 0)
            {
                throw Libc.Failure("send frame on link", $"{interfaceIndex}", $"{frame.Length} bytes");
            }
        }
    }

    private static PacketSocket OpenHere(int interfaceIndex, PacketSocketOptions options)
    {
        // Protocol 0: nothing is received until bind, when the filter is in place.
        var descriptor = Libc.Socket(Libc.AfPacket, Libc.SockRaw, 0);
        try
        {
            if (descriptor.IsInvalid)
            {
                throw Libc.Failure("open packet socket on link", $"{interfaceIndex}");
            }

            Configure(descriptor, interfaceIndex, options);
            var address = new Libc.PacketAddress
            {
                Family = Libc.AfPacket,
                Protocol = BinaryPrimitives.ReverseEndianness(options.EtherType),
                InterfaceIndex = interfaceIndex,
            };
            if (Libc.Bind(descriptor, &address, (uint)sizeof(Libc.PacketAddress)) != 0)
            {
                throw Libc.Failure("bind packet socket to link", $"{interfaceIndex}");
            }

            return new PacketSocket(descriptor, interfaceIndex);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    private static void Configure(SafeDescriptor descriptor, int interfaceIndex, PacketSocketOptions options)
    {
        Set(descriptor, Libc.SolPacket, Libc.PacketAuxData, "PACKET_AUXDATA");
        if (options.ReceiveBuffer > 0)
        {
            Libc.SetReceiveBuffer(descriptor, options.ReceiveBuffer, "packet socket");
        }

        if (options.Timestamps)
        {
            Set(descriptor, Libc.SolSocket, Libc.SoTimestampNs, "SO_TIMESTAMPNS");
        }

        if (options.IgnoreOutgoing)
        {
            Set(descriptor, Libc.SolPacket, Libc.PacketIgnoreOutgoing, "PACKET_IGNORE_OUTGOING");
        }

        if (options.Filter is { } filter)
        {
            SocketFilter.Set(descriptor, filter.Span, "packet socket");
        }

        if (options.Promiscuous)
        {
            // struct packet_mreq: index, type PACKET_MR_PROMISC, address length, address
            var request = stackalloc int[4];
            new Span<int>(request, 4).Clear();
            request[0] = interfaceIndex;
            *(ushort*)(request + 1) = 1;
            if (Libc.SetOption(descriptor, Libc.SolPacket, Libc.PacketAddMembership, request, 4 * sizeof(int)) != 0)
            {
                throw Libc.Failure("make promiscuous link", $"{interfaceIndex}");
            }
        }
    }

    private static void Set(SafeDescriptor descriptor, int level, int option, string name)
    {
        if (Libc.SetOption(descriptor, level, option, 1) != 0)
        {
            throw Libc.Failure("set packet socket option", name);
        }
    }
}
