using System.Net;
using System.Net.Sockets;

namespace Loxi.TestKit.Traffic;

/// <summary>Bound sockets for every address and port of a server.</summary>
internal static class ServerSockets
{
    internal static List<Socket> Bind(ISocketSource source, ServerOptions options, SocketType type, ProtocolType protocol)
    {
        var sockets = new List<Socket>();
        try
        {
            foreach (var port in options.Ports)
            {
                foreach (var address in options.Addresses.Count > 0 ? options.Addresses : [IPAddress.IPv6Any])
                {
                    var socket = source.CreateSocket(address.AddressFamily, type, protocol);
                    sockets.Add(socket);
                    if (address.Equals(IPAddress.IPv6Any))
                    {
                        socket.DualMode = true;
                    }

                    if (type == SocketType.Stream)
                    {
                        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                    }

                    socket.Bind(new IPEndPoint(address, port));
                }
            }

            return sockets;
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    internal static string Text(EndPoint? endPoint)
    {
        var ip = (IPEndPoint)endPoint!;
        return ip.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(ip.Address.MapToIPv4(), ip.Port).ToString() : ip.ToString();
    }
}
