using System.Net;
using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Sockets;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>Sends what user space makes: frames out of a link, or packets by the kernel's routes. One thread at a time.</summary>
internal sealed partial class FrameSender(ILogger logger) : IDisposable
{
    private readonly ILogger _logger = logger;
    private PacketSocket? _links;
    private readonly Dictionary<AddressFamily, Socket> _routed = [];

    /// <summary>Sends a frame out of a link. False when the link refused it.</summary>
    public bool TrySend(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        try
        {
            // One for all links: those of workloads come and go.
            _links ??= PacketSocket.Open(0, new PacketSocketOptions { EtherType = 0 });
            _links.Send(interfaceIndex, frame);
            return true;
        }
        catch (LinuxException e) when (e.ErrorNumber == Errno.EMSGSIZE)
        {
            // Larger than the link's MTU: the frame's fault, not the link's.
            return false;
        }
        catch (LinuxException e)
        {
            LogSendFailed(interfaceIndex, e);
            return false;
        }
    }

    /// <summary>Lets the kernel route a packet, IP header first, and find the neighbour. False when it refused.</summary>
    public bool TryRoute(ReadOnlySpan<byte> packet, IPAddress destination)
    {
        try
        {
            if (!_routed.TryGetValue(destination.AddressFamily, out var socket))
            {
                // IPPROTO_RAW: the header is ours (raw(7)).
                socket = new Socket(destination.AddressFamily, SocketType.Raw, ProtocolType.Raw);
                _routed[destination.AddressFamily] = socket;
            }

            return socket.SendTo(packet, new IPEndPoint(destination, 0)) == packet.Length;
        }
        catch (SocketException e)
        {
            LogRouteFailed(destination, e);
            return false;
        }
    }

    public void Dispose()
    {
        _links?.Dispose();
        foreach (var socket in _routed.Values)
        {
            socket.Dispose();
        }
    }

    [LoggerMessage(2030, LogLevel.Warning, "A frame could not be sent on interface {Interface}")]
    private partial void LogSendFailed(int @interface, Exception exception);

    [LoggerMessage(2031, LogLevel.Debug, "A packet to {Destination} could not be routed")]
    private partial void LogRouteFailed(IPAddress destination, Exception exception);
}
