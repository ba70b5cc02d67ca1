using System.Net.Sockets;

namespace Loxi.TestKit.Traffic;

/// <summary>Sockets in the network namespace of the process.</summary>
public sealed class LocalSockets : ISocketSource
{
    public static LocalSockets Instance { get; } = new();

    public Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol) => new(family, type, protocol);
}
