using System.Net;
using System.Net.Sockets;
using Loxi.Linux;
using Loxi.Linux.Namespaces;
using Loxi.Linux.Sockets;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Transport;

/// <summary>
/// Listens on one address, or on all of one family. Connections of peers are handed to them; of strangers, and of peers at another address than
/// the one they are told to use, reset, counted, and logged once an interval.
/// </summary>
internal sealed partial class BgpListener : IAsyncDisposable
{
    private const int Backlog = 128;

    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly Func<IPAddress, IPAddress, PeerRunner?> _find;
    private readonly Action<PeerRunner>? _lost;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _accepting;
    private long _refused;
    private long _unlogged;
    private long _loggedAt;
    private volatile bool _isDisposed;

    /// <summary>Begins to listen.</summary>
    /// <param name="endPoint">Where; IPv6 does not include IPv4.</param>
    /// <param name="find">The peer for a remote and a local address, both with their scope; null for none. Called on the listener's loop.</param>
    /// <param name="time">For the interval of log lines.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="networkNamespace">Where; null for the namespace of the process.</param>
    /// <param name="lost">A connection of this peer was gone before it could be taken.</param>
    /// <param name="replaced">Listeners that close after this one has opened: between all addresses of a family and one of them the kernel would let neither begin while the other listens.</param>
    /// <exception cref="LinuxException">The address or port cannot be listened on; says which and why.</exception>
    internal BgpListener(IPEndPoint endPoint, Func<IPAddress, IPAddress, PeerRunner?> find, TimeProvider time, ILogger logger, NetworkNamespace? networkNamespace = null, Action<PeerRunner>? lost = null, IReadOnlyCollection<BgpListener>? replaced = null)
    {
        (_find, _time, _logger, _lost) = (find, time, logger, lost);
        _socket = networkNamespace is null ? Open(endPoint, replaced ?? []) : networkNamespace.Run(() => Open(endPoint, replaced ?? []));
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    internal IPEndPoint LocalEndPoint { get; }

    /// <summary>Connections that were refused.</summary>
    internal long Refused => Volatile.Read(ref _refused);

    /// <summary>Sets the TCP MD5 key of a peer, or of all of a network (RFC 2385): connections without it are not answered. Takes effect at once.</summary>
    /// <param name="peer">The peer, a link-local one with its scope; or the network.</param>
    /// <param name="prefixLength">Length of the network; null for a peer.</param>
    /// <param name="password">The key; null removes it.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal void SetMd5Key(IPAddress peer, int? prefixLength, string? password)
    {
        try
        {
            TcpOptions.SetMd5Key(_socket, peer, prefixLength, password);
        }
        catch (LinuxException exception) when (password is null && exception.ErrorNumber is Errno.ENOENT or Errno.EADDRNOTAVAIL)
        {
            // There was none; .NET tells ENOENT as EADDRNOTAVAIL.
        }
    }

    /// <summary>Sets the TCP-AO key of a peer, or of all of a network (RFC 5925), as <see cref="SetMd5Key"/>.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal void AddTcpAoKey(IPAddress peer, int? prefixLength, BgpTcpAoKey key) => TcpOptions.SetTcpAoKey(_socket, peer, prefixLength, key);

    /// <summary>Removes it; one that is not there is no error.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal void RemoveTcpAoKey(IPAddress peer, int? prefixLength, BgpTcpAoKey key)
    {
        try
        {
            TcpOptions.RemoveTcpAoKey(_socket, peer, prefixLength, key);
        }
        catch (LinuxException exception) when (exception.ErrorNumber is Errno.ENOENT or Errno.EADDRNOTAVAIL)
        {
            // There was none; .NET tells ENOENT as EADDRNOTAVAIL.
        }
    }

    /// <summary>
    /// Packets of these peers with a lower TTL are dropped before TCP sees them (GTSM, RFC 5082): nobody further away can have a connection under way.
    /// Takes effect at once, and on connections that are accepted later.
    /// </summary>
    /// <param name="minimums">Each peer once; the same family as the listener's.</param>
    /// <exception cref="LinuxException">The kernel refused the filter.</exception>
    internal void SetMinimumTtls(IReadOnlyCollection<(IPAddress Peer, int MinimumTtl)> minimums)
        => StreamSocketFilter.Set(_socket, minimums.Count == 0 ? [] : GtsmFilter.Build(_socket.AddressFamily, minimums));

    /// <summary>Stops listening. Connections that were handed over stay.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    private static Socket Open(IPEndPoint endPoint, IReadOnlyCollection<BgpListener> replaced)
    {
        Socket[] sharing = [];
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = false;
            }

            // RFC 5082 3: its SYN-ACK must pass the peer's check too. Accepted sockets get their own.
            TcpOptions.SetTtl(socket, 255, endPoint.Address);
            // For this moment only: another program must find the port in use.
            sharing = replaced.Count == 0 ? [] : [socket, .. replaced.Select(static listener => listener._socket)];
            Share(sharing, true);
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new LinuxException("listen for BGP on", exception.NativeErrorCode, endPoint.ToString());
        }
        finally
        {
            Share(sharing.Where(static socket => !socket.SafeHandle.IsClosed), false);
        }
    }

    private static void Share(IEnumerable<Socket> sockets, bool isShared)
    {
        foreach (var socket in sockets)
        {
            socket.SetRawSocketOption(SocketLevel.Socket, SocketLevel.ReusePort, BitConverter.GetBytes(isShared ? 1 : 0));
        }
    }

    private async Task AcceptAsync()
    {
        while (!_isDisposed)
        {
            try
            {
                Take(await _socket.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (_isDisposed)
                {
                    return;
                }

                // The connection was gone before it was taken, or there are no descriptors: the next may do better.
                LogAcceptFailed(LocalEndPoint, exception.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time).ConfigureAwait(false);
            }
        }
    }

    private void Take(Socket socket)
    {
        PeerRunner? peer = null;
        try
        {
            var remote = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            peer = _find(remote, ((IPEndPoint)socket.LocalEndPoint!).Address);
            if (peer is not null)
            {
                peer.Accept(socket);
                return;
            }

            Refuse(socket, remote);
        }
#pragma warning disable CA1031 // One connection must not end the listener, whatever it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            socket.Dispose();
            LogAcceptFailed(LocalEndPoint, exception.Message);
            if (peer is not null)
            {
                _lost?.Invoke(peer);
            }
        }
    }

    private void Refuse(Socket socket, IPAddress remote)
    {
        Interlocked.Increment(ref _refused);
        // A reset leaves nothing behind on our side.
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
        _unlogged++;
        var now = _time.GetTimestamp();
        if (_loggedAt == 0 || _time.GetElapsedTime(_loggedAt, now) >= LogInterval)
        {
            LogRefused(_unlogged, LocalEndPoint, remote);
            (_unlogged, _loggedAt) = (0, now);
        }
    }

    [LoggerMessage(4010, LogLevel.Warning, "Refused {Count} BGP connections to {Local} that belong to no peer, the last from {Remote}")]
    private partial void LogRefused(long count, IPEndPoint local, IPAddress remote);

    [LoggerMessage(4011, LogLevel.Warning, "A BGP connection to {Local} could not be taken: {Reason}")]
    private partial void LogAcceptFailed(IPEndPoint local, string reason);
}
