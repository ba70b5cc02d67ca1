using System.Net;
using System.Net.Sockets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>Sockets of a host that are bound to one of its addresses.</summary>
internal sealed class AddressSockets(LabHost host, string address) : ISocketSource
{
    public Socket CreateSocket(AddressFamily family, SocketType type, ProtocolType protocol)
    {
        var socket = host.CreateSocket(family, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    }
}
