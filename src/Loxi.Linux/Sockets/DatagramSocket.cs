using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>
/// A UDP socket that never blocks and tells what .NET's does not: TTL, destination and link, time of arrival, losses; whole batches by one system call.
/// Sending and receiving allocate nothing. One receiving thread and one sending thread at a time; wait with a <see cref="SocketPoller"/>.
/// </summary>
/// <remarks>An IPv6 socket takes IPv6 alone. An ICMP error never ends receiving: it is counted in <see cref="NetworkErrors"/>.</remarks>
public sealed unsafe partial class DatagramSocket : IDisposable
{
    private const string What = "UDP socket";

    private readonly int _interfaceIndex;

    private DatagramSocket(SafeDescriptor descriptor, int interfaceIndex)
    {
        Descriptor = descriptor;
        _interfaceIndex = interfaceIndex;
    }

    /// <summary>The address that it is bound to; after <see cref="Connect"/> the one that it sends from.</summary>
    public InternetAddress LocalAddress { get; private set; }

    /// <summary>The port that it is bound to.</summary>
    public int LocalPort { get; private set; }

    /// <summary>Bytes of the receive buffer as the kernel counts them: twice what was asked for, its own overhead included.</summary>
    public int ReceiveBuffer { get; private set; }

    /// <summary>Whether the receive buffer is smaller than asked for: <c>net.core.rmem_max</c> is lower and CAP_NET_ADMIN is missing.</summary>
    public bool IsReceiveBufferLimited { get; private set; }

    /// <summary>Errors that the network reported by ICMP or by its links, and that were passed over.</summary>
    public long NetworkErrors { get; private set; }

    /// <summary>The newest of them (<see cref="Errno"/>), 0 when there was none.</summary>
    public int LastNetworkError { get; private set; }

    internal SafeDescriptor Descriptor { get; }

    /// <summary>
    /// Sets the one peer: <see cref="TrySend"/> sends there, and only its datagrams are received. The source address becomes that of the route
    /// where the socket is bound to any.
    /// </summary>
    /// <param name="address">The peer, of the socket's family; a link-local one is on the link of the options.</param>
    /// <param name="port">Its port, 1 to 65,535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    /// <exception cref="LinuxException">There is no route (<see cref="Errno.ENETUNREACH"/>), or the address is of the other family.</exception>
    public void Connect(InternetAddress address, int port)
    {
        if (!TryConnect(address, port, out var error))
        {
            throw new LinuxException($"connect {What} to", error, Name(address, port));
        }
    }

    /// <summary>As <see cref="Connect"/>, for a peer to which there may be no route yet.</summary>
    /// <param name="address">The peer, of the socket's family; a link-local one is on the link of the options.</param>
    /// <param name="port">Its port, 1 to 65,535.</param>
    /// <param name="error">0, or why not: <see cref="Errno.ENETUNREACH"/> without a route.</param>
    /// <returns>Whether the peer is set.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    /// <exception cref="LinuxException">The local address cannot be read.</exception>
    public bool TryConnect(InternetAddress address, int port, out int error)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65_535);
        var name = stackalloc byte[SocketAddress.Size];
        var length = SocketAddress.Write(new(name, SocketAddress.Size), address, port, _interfaceIndex);
        if (Libc.Connect(Descriptor, name, (uint)length) != 0)
        {
            error = Libc.LastError;
            return false;
        }

        ReadLocalName();
        error = 0;
        return true;
    }

    /// <summary>Forgets the peer of <see cref="Connect"/>, and the source address where the route had chosen it.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Disconnect()
    {
        var name = stackalloc byte[SocketAddress.Size]; // AF_UNSPEC (connect(2))
        new Span<byte>(name, SocketAddress.Size).Clear();
        if (Libc.Connect(Descriptor, name, SocketAddress.Size) != 0)
        {
            throw Libc.Failure("disconnect", What);
        }

        ReadLocalName();
    }

    /// <summary>Replaces the filter; datagrams already queued are not filtered again. What a filter refuses counts as <see cref="SocketMemory.Dropped"/>.</summary>
    /// <param name="filter">A classic BPF program of 1 to 4,096 instructions that sees the UDP header at offset 0; none takes the filter off.</param>
    /// <exception cref="ArgumentException">The program is too long.</exception>
    /// <exception cref="LinuxException">The kernel refused the program.</exception>
    public void SetFilter(ReadOnlySpan<BpfInstruction> filter) => SocketFilter.Set(Descriptor, filter, What);

    /// <summary>Changes the receive buffer; what waits in it stays. Sets <see cref="ReceiveBuffer"/> and <see cref="IsReceiveBufferLimited"/>.</summary>
    /// <param name="bytes">As <see cref="DatagramSocketOptions.ReceiveBuffer"/>; 0 leaves it as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void SetReceiveBuffer(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var isForced = bytes == 0 || Libc.SetReceiveBuffer(Descriptor, bytes, What);
        int granted;
        uint length = sizeof(int);
        if (Libc.GetOption(Descriptor, Libc.SolSocket, Libc.SoReceiveBuffer, &granted, &length) != 0)
        {
            throw Libc.Failure("read the receive buffer of", What);
        }

        ReceiveBuffer = granted;
        IsReceiveBufferLimited = !isForced && granted < 2L * bytes; // socket(7): the kernel doubles what is asked for
    }

    /// <summary>Reads the counters of the receive side.</summary>
    /// <returns>The counters.</returns>
    /// <exception cref="LinuxException">The kernel is older than Linux 4.12.</exception>
    public SocketMemory ReadMemory()
    {
        const int drops = 8, count = 9; // SK_MEMINFO_DROPS, SK_MEMINFO_VARS
        var values = stackalloc uint[count];
        uint length = count * sizeof(uint);
        return Libc.GetOption(Descriptor, Libc.SolSocket, Libc.SoMemoryInfo, values, &length) == 0
            ? new SocketMemory(values[0], values[1], values[drops])
            : throw Libc.Failure("read the counters of", What);
    }

    /// <summary>Closes the socket.</summary>
    public void Dispose() => Descriptor.Dispose();

    private static string Name(InternetAddress address, int port) => new System.Net.IPEndPoint(address.ToIPAddress(), port).ToString();
}
