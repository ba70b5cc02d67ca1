using System.Net;
using System.Net.Sockets;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Listens on one address. Who connects proves within some seconds, and few at a time, that it is a peer; others are refused.</summary>
internal sealed class SyncListener : IAsyncDisposable
{
    private const int MostHandshakes = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly SyncTls _tls;
    private readonly ISyncAdmission _admission;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    // Of strangers, and from addresses of peers.
    private readonly int[] _handshakes = new int[2];

    /// <summary>Begins to listen.</summary>
    /// <param name="at">Where; port 0 for any.</param>
    /// <param name="tls">Shows this node's certificate.</param>
    /// <param name="admission">Who is let in, and hears of whom was not.</param>
    /// <param name="time">For patience.</param>
    /// <exception cref="Linux.LinuxException">The address or port cannot be listened on.</exception>
    public SyncListener(IPEndPoint at, SyncTls tls, ISyncAdmission admission, TimeProvider time)
    {
        (At, _tls, _admission, _time) = (at, tls, admission, time);
        _socket = SyncSocket.Listen(at);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>As it was asked for.</summary>
    public IPEndPoint At { get; }

    /// <summary>As it is.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Stops to listen; handshakes that are under way end. Connections that were handed over stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var shaking = new List<Task>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                shaking.RemoveAll(static task => task.IsCompleted);
                shaking.Add(TakeAsync(socket));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
            catch (SocketException e)
            {
                // The connection was gone before it was taken, or there are no descriptors: the next may do better.
                _admission.Refused(null, null, SyncRefusal.TlsFailed, At.ToString(), $"a connection could not be taken: {e.Message}");
                await Task.Delay(Pause, _time).ConfigureAwait(false);
            }
        }

        await Task.WhenAll(shaking).ConfigureAwait(false);
    }

    private async Task TakeAsync(Socket socket)
    {
        var (remote, kind, isCounted) = ("", 0, false);
        try
        {
            var end = (IPEndPoint)socket.RemoteEndPoint!;
            remote = end.ToString();
            kind = _admission.IsAddressOfPeer(end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address) ? 1 : 0;
            isCounted = true;
            if (Interlocked.Increment(ref _handshakes[kind]) > MostHandshakes)
            {
                Refuse(socket, null, null, SyncRefusal.TooMany, remote, $"{MostHandshakes} connections are proving who they are already");
                return;
            }

            SyncSocket.Prepare(socket);
            using var limit = new CancellationTokenSource(SyncTls.Patience, _time);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, limit.Token);
            var result = await _tls.AcceptAsync(new NetworkStream(socket, ownsSocket: true), pin => _admission.PeerOf(pin) is not null, patience.Token).ConfigureAwait(false);
            await HandAsync(socket, remote, result).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            Refuse(socket, null, null, SyncRefusal.TlsFailed, remote, e.Message);
        }
        finally
        {
            if (isCounted)
            {
                Interlocked.Decrement(ref _handshakes[kind]);
            }
        }
    }

    private async Task HandAsync(Socket socket, string remote, SyncTlsResult result)
    {
        if (result.Stream is null)
        {
            // The stop of this node is nobody's fault.
            if (!_stop.IsCancellationRequested)
            {
                Refuse(socket, null, null, result.Refusal, remote, result.Reason);
            }

            return;
        }

        var peer = _admission.PeerOf(result.Pin);
        if (peer is null || !_admission.IsCaller(peer.Value))
        {
            await result.Stream.DisposeAsync().ConfigureAwait(false);
            var (refusal, reason) = peer is null ? (SyncRefusal.NotPinned, "its certificate is no peer's any more") : (SyncRefusal.WrongDirection, $"this node connects to node {peer}, not the other way round");
            Refuse(socket, peer, result.Channel, refusal, remote, reason);
            return;
        }

        await _admission.AttachAsync(new SyncConnection(peer.Value, result.Channel, result.Pin, remote, result.Stream, socket.Dispose)).ConfigureAwait(false);
    }

    private void Refuse(Socket socket, byte? peer, SyncChannel? channel, SyncRefusal refusal, string remote, string reason)
    {
        socket.Dispose();
        _admission.Refused(peer, channel, refusal, remote, reason);
    }
}
