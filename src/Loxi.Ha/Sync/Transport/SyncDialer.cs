using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Loxi.Ha.Sync.Speaker;
using Loxi.Ha.Sync.Wire;
using Polly;
using Polly.Retry;

namespace Loxi.Ha.Sync.Transport;

/// <summary>Connects to a peer for one channel, again whenever that ends: after 100 ms, then later and later, 2 s at most. Of several addresses each is tried in its turn.</summary>
internal sealed class SyncDialer : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>A connection that lasted less may be one that the peer refuses each time.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    private readonly byte _peer;
    private readonly SyncChannel _channel;
    private readonly ImmutableArray<IPEndPoint> _addresses;
    private readonly ImmutableDictionary<IPAddress, string> _interfaces;
    private readonly SyncTls _tls;
    private readonly ISyncAdmission _admission;
    private readonly TimeProvider _time;
    private readonly Func<AddressFamily, Socket> _make;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _dialing;
    private int _next;

    /// <summary>Begins to connect.</summary>
    /// <param name="peer">The peer, and where it is.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="tls">Shows this node's certificate.</param>
    /// <param name="admission">Takes the connections, and hears why there is none.</param>
    /// <param name="time">For pauses and patience.</param>
    /// <param name="make">Makes a socket; null for <see cref="SyncSocket.Make"/>.</param>
    public SyncDialer(SyncPeerSettings peer, SyncChannel channel, SyncTls tls, ISyncAdmission admission, TimeProvider time, Func<AddressFamily, Socket>? make = null)
    {
        (_peer, _addresses, _interfaces) = (peer.NodeId, peer.Addresses, peer.Interfaces);
        (_channel, _tls, _admission, _time, _make) = (channel, tls, admission, time, make ?? SyncSocket.Make);
        _dialing = Task.Run(DialAsync);
    }

    /// <summary>Stops. A connection that was handed over stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _dialing.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task DialAsync()
    {
        var again = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<SyncDialException>(),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                Delay = FirstPause,
                MaxDelay = LongestPause,
                UseJitter = true,
            })
            .Build();
        try
        {
            while (true)
            {
                await again.ExecuteAsync(HoldAsync, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It shall stop.
        }
    }

    /// <summary>Makes a connection and waits for its end.</summary>
    private async ValueTask HoldAsync(CancellationToken stop)
    {
        var connection = await ConnectAsync(_addresses[_next++ % _addresses.Length], stop).ConfigureAwait(false);
        var began = _time.GetTimestamp();
        await _admission.AttachAsync(connection).ConfigureAwait(false);
        await connection.Completion.WaitAsync(stop).ConfigureAwait(false);
        if (_time.GetElapsedTime(began) < Settled)
        {
            throw new SyncDialException(connection.EndReason);
        }
    }

    private async Task<SyncConnection> ConnectAsync(IPEndPoint address, CancellationToken stop)
    {
        var remote = address.ToString();
        using var limit = new CancellationTokenSource(SyncTls.Patience, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        Socket? made = null;
        try
        {
            var to = SyncSocket.Scoped(address, _interfaces);
            var socket = made = _make(to.AddressFamily);
            SyncSocket.Prepare(socket);
            await socket.ConnectAsync(to, patience.Token).ConfigureAwait(false);
            var result = await _tls.ConnectAsync(new NetworkStream(socket, ownsSocket: true), _channel, pin => _admission.PeerOf(pin) == _peer, patience.Token).ConfigureAwait(false);
            stop.ThrowIfCancellationRequested();
            return result.Stream is not null
                ? new SyncConnection(_peer, _channel, result.Pin, remote, result.Stream, socket.Dispose)
                : throw Refused(result.Refusal, remote, result.Reason);
        }
        catch (OperationCanceledException)
        {
            made?.Dispose();
            stop.ThrowIfCancellationRequested();
            throw Refused(SyncRefusal.TimedOut, remote, $"it does not answer within {SyncTls.Patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is not SyncDialException)
        {
            // Whatever it was, e.g. that no descriptor is left: the next time may do better.
            made?.Dispose();
            throw Refused(SyncRefusal.Unreachable, remote, e.Message);
        }
    }

    private SyncDialException Refused(SyncRefusal refusal, string remote, string reason)
    {
        _admission.Refused(_peer, _channel, refusal, remote, reason);
        return new SyncDialException(reason);
    }

    /// <summary>There is no connection, and it is tried again.</summary>
    private sealed class SyncDialException(string message) : Exception(message);
}
