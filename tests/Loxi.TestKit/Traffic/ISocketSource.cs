using System.Net.Sockets;

namespace Loxi.TestKit.Traffic;

/// <summary>Makes sockets somewhere: on a host of the lab, or where the process runs.</summary>
public interface ISocketSource
{
    Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol);
}
