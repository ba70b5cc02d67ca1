using System.Net.Sockets;
using Loxi.Linux.Interop;

namespace Loxi.Linux.Sockets;

/// <summary>Classic BPF filters on TCP sockets of .NET.</summary>
public static class StreamSocketFilter
{
    /// <summary>
    /// Replaces the filter of a TCP socket. Packets that it answers with 0 are dropped before TCP sees them; the program sees them from the TCP header on, and by
    /// <see cref="BpfProgramBuilder.NetworkHeader"/> from the IP header on. Of a listening socket it also filters what asks for connections, and the sockets that it accepts inherit it.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <param name="filter">The program, at most 4,096 instructions; empty for none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is null.</exception>
    /// <exception cref="ArgumentException">The program is too long.</exception>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="LinuxException">The kernel refused the program.</exception>
    public static void Set(Socket socket, ReadOnlySpan<BpfInstruction> filter)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var isHeld = false;
        try
        {
            socket.SafeHandle.DangerousAddRef(ref isHeld);
            using var descriptor = new SafeDescriptor((int)socket.SafeHandle.DangerousGetHandle(), ownsHandle: false);
            SocketFilter.Set(descriptor, filter, "TCP socket");
        }
        finally
        {
            if (isHeld)
            {
                socket.SafeHandle.DangerousRelease();
            }
        }
    }
}
