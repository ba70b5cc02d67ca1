using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.Scenarios.RootTests;

/// <summary>Sockets of a host that all have the same local port, so that only their destinations differ.</summary>
internal sealed class BoundSockets(LabHost host, int port) : ISocketSource
{
    public Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var socket = host.CreateSocket(family, type, protocol);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
        return socket;
    }
}
