using Loxi.Linux;
using Loxi.Linux.Sockets;

namespace Loxi.Bfd.Transport;

/// <summary>The socket that a session sends from: its source port is the session's for its life and no other's (RFC 5881 4), TTL 255 (RFC 5881 5), DSCP CS6.</summary>
internal sealed class TransmitSocket : IDisposable
{
    private const int LowestPort = 49_152;
    private const int Ports = 65_536 - LowestPort;
    private const int NetworkControl = 48;

    private readonly DatagramSocketOptions _options;
    private readonly InternetAddress _local;
    private readonly InternetAddress _peer;
    private readonly int _peerPort;
    private readonly DatagramSocket _socket;
    private bool _isConnected;

    private TransmitSocket(InternetAddress local, int port, InternetAddress peer, int peerPort, DatagramSocketOptions options)
    {
        _options = options;
        _local = local;
        _peer = peer;
        _peerPort = peerPort;
        Port = port;
        _socket = DatagramSocket.Open(local, port, options);

        // Without a route there is nothing to choose a source address by; every packet tries again.
        _isConnected = _socket.TryConnect(peer, peerPort, out _);
    }

    /// <summary>The source port.</summary>
    public int Port { get; }

    /// <summary>The address that it sends from; the unspecified one while there is no route.</summary>
    public InternetAddress LocalAddress => _socket.LocalAddress;

    /// <param name="local">The source address; the unspecified one to have it chosen by the route.</param>
    /// <param name="peer">The destination.</param>
    /// <param name="peerPort">Its port.</param>
    /// <param name="options">Link and namespace.</param>
    /// <param name="usedPorts">Source ports of other sessions; the new one is added.</param>
    /// <param name="random">Chooses the port.</param>
    /// <exception cref="LinuxException">The address is not of this host, there is no such link, or no port is free.</exception>
    public static TransmitSocket Open(InternetAddress local, InternetAddress peer, int peerPort, DatagramSocketOptions options, HashSet<int> usedPorts, Random random)
    {
        // Replies come to another port: what comes here is nobody's.
        var complete = options with { Ttl = 255, Dscp = NetworkControl, Filter = new[] { BpfInstruction.RejectAll } };
        var first = random.Next(Ports);
        for (var i = 0; i < Ports; i++)
        {
            var port = LowestPort + ((first + i) % Ports);
            if (usedPorts.Contains(port))
            {
                continue;
            }

            try
            {
                var socket = new TransmitSocket(local, port, peer, peerPort, complete);
                usedPorts.Add(port);
                return socket;
            }
            catch (LinuxException e) when (e.ErrorNumber == Errno.EADDRINUSE)
            {
                // somebody else's
            }
        }

        throw new LinuxException("find a source port", Errno.EADDRINUSE, $"{LowestPort} to {LowestPort + Ports - 1}", "all are in use");
    }

    /// <summary>Sends a packet to the peer.</summary>
    /// <param name="packet">Its bytes.</param>
    /// <param name="error">0, or why it was not sent.</param>
    public bool TrySend(ReadOnlySpan<byte> packet, out int error)
    {
        if (!_isConnected)
        {
            _isConnected = _socket.TryConnect(_peer, _peerPort, out error);
            if (!_isConnected)
            {
                return false;
            }
        }

        if (_socket.TrySend(packet, out error))
        {
            return true;
        }

        if (_local == InternetAddress.IPv4Any || _local == InternetAddress.IPv6Any)
        {
            // The source address that the route had chosen may be gone: the next packet has it chosen anew.
            _socket.Disconnect();
            _isConnected = false;
        }

        return false;
    }

    /// <summary>The same on a link that was made anew: with the same port, which the link that is gone does not hold.</summary>
    /// <param name="interfaceIndex">The new link.</param>
    /// <exception cref="LinuxException">The local address is not there yet, or the port is taken on that link.</exception>
    public TransmitSocket OpenOn(int interfaceIndex) => new(_local, Port, _peer, _peerPort, _options with { InterfaceIndex = interfaceIndex });

    public void Dispose() => _socket.Dispose();
}
