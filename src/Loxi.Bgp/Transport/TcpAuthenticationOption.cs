using System.Net.Sockets;
using Loxi.Linux;

namespace Loxi.Bgp.Transport;

/// <summary>TCP-AO (RFC 5925): whether this kernel has it.</summary>
internal static class TcpAuthenticationOption
{
    private const int InfoLength = 48;

    /// <summary>Asks the kernel.</summary>
    /// <returns>Null when it has TCP-AO; else what is missing, for an error.</returns>
    internal static string? Probe()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.GetRawSocketOption(SocketLevel.Tcp, SocketLevel.TcpAoInfo, new byte[InfoLength]);
            return null;
        }
        catch (SocketException exception)
        {
            return Explain(exception.NativeErrorCode);
        }
    }

    /// <summary>What an error of the probe means: a socket without keys has no information, which is an answer too. (.NET tells ENOENT as EADDRNOTAVAIL.)</summary>
    internal static string? Explain(int error)
        => error is Errno.ENOENT or Errno.EADDRNOTAVAIL ? null : $"TCP-AO (RFC 5925) needs Linux 6.7 or newer, built with CONFIG_TCP_AO; this kernel says: {Errno.Describe(error)} (errno {error})";
}
