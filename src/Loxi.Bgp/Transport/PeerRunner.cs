using System.Net.Sockets;
using Loxi.Bgp.Session;
using Loxi.Bgp.Wire;
using Loxi.Linux.Namespaces;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Transport;

/// <summary>
/// One peer: feeds its <see cref="PeerSession"/> from sockets, timers and commands, and does what that asks for. All of it under one lock, so that
/// events of a peer have an order. The order of locks is: this one, the output lock of a connection, the RIB's. All members may be called from any thread that holds none of them.
/// </summary>
internal sealed partial class PeerRunner : IConnectionOwner, IAsyncDisposable
{
    /// <summary>Connections and attempts of a peer that may be there at a time, those that are ending among them: each has buffers.</summary>
    private const int MostTasks = 16;

    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, BgpConnection> _connections = [];
    private readonly List<Task> _tasks = [];
    private readonly PeerSession _session;
    private readonly IRibSession _rib;
    private readonly IPeerObserver? _observer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NetworkNamespace? _namespace;
    private readonly ITimer _timer;
    private readonly long _origin;
    private readonly Func<int, bool> _hasUnread;
    private readonly byte[] _message = new byte[MessageHeader.PlainMaximum];
    private BgpSpeakerSettings _speaker;
    private EstablishedSession? _established;
    private volatile BgpConnection? _current;
    private TimeSpan _armedFor = TimeSpan.MaxValue;
    private int _lastId;
    private bool _isDisposed;

    internal PeerRunner(PeerContext context)
    {
        (_speaker, _rib, _observer, _time, _logger) = (context.Speaker, context.Rib, context.Observer, context.Time, context.Logger);
        _namespace = context.Namespace;
        Settings = context.Peer;
        _session = new PeerSession(context.Speaker, context.Peer, context.Random);
        _origin = _time.GetTimestamp();
        _hasUnread = id => _connections.TryGetValue(id, out var connection) && connection.HasUnread;
        _timer = _time.CreateTimer(static peer => ((PeerRunner)peer!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The settings in force.</summary>
    internal BgpPeerSettings Settings { get; private set; }

    internal PeerCounters Counters { get; } = new();

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>What the first OPENs say about an own restart; before <see cref="Start"/>.</summary>
    internal void SetRestarted(RestartState restart)
    {
        lock (_gate)
        {
            _session.SetRestarted(restart);
        }
    }

    internal void Start()
    {
        lock (_gate)
        {
            Do(_session.Start(Now));
        }
    }

    /// <summary>Ends the session until <see cref="Start"/>.</summary>
    internal void Stop(SessionStopKind kind, string text = "")
    {
        lock (_gate)
        {
            Do(_session.Stop(kind, text, Now));
        }
    }

    /// <summary>Ends the session with Cease 6/4 and begins anew at once.</summary>
    internal void Reset(string text = "")
    {
        lock (_gate)
        {
            Do(_session.Reset(text, Now));
        }
    }

    /// <summary>Takes new settings; ends the session only where it must.</summary>
    internal void Apply(BgpSpeakerSettings speaker, BgpPeerSettings peer)
    {
        lock (_gate)
        {
            _speaker = speaker;
            Settings = peer;
            Do(_session.Apply(speaker, peer, Now));
        }
    }

    internal void BfdUp()
    {
        lock (_gate)
        {
            Do(_session.BfdUp(Now));
        }
    }

    /// <param name="controlPlaneIndependent">The C bit of the peer (RFC 5882 4.3).</param>
    internal void BfdDown(bool controlPlaneIndependent)
    {
        lock (_gate)
        {
            Do(_session.BfdDown(controlPlaneIndependent, Now));
        }
    }

    internal void BfdAdminDown()
    {
        lock (_gate)
        {
            Do(_session.BfdAdminDown(Now));
        }
    }

    /// <summary>Asks the peer for its routes of a family (RFC 2918).</summary>
    /// <returns>False when there is no session, or none in which it can be asked.</returns>
    internal bool RequestRefresh(BgpFamily family)
    {
        lock (_gate)
        {
            if (_current is not { } connection || _established is not { Negotiated: { RouteRefresh: true } negotiated } || !negotiated.Families.Contains(family))
            {
                return false;
            }

            Interlocked.Increment(ref Counters.RefreshesSent);
            Post(connection, RouteRefreshCodec.Write(family, RouteRefreshKind.Request, _message));
            return true;
        }
    }

    /// <summary>The RIB has output for the peer. From any thread, under any lock; never waits.</summary>
    internal void OutputReady() => _current?.SignalOutput();

    internal PeerSessionStatus GetStatus()
    {
        lock (_gate)
        {
            var now = Now;
            return new PeerSessionStatus
            {
                State = _session.State,
                InState = now - _session.Since,
                Session = _established,
                LastError = _session.LastError,
                LastErrorAge = _session.LastError is { } error ? now - error.At : TimeSpan.Zero,
                Hold = _session.Hold,
                EstablishedCount = _session.EstablishedCount,
                LostCount = _session.LostCount,
            };
        }
    }

    /// <summary>Takes over a connection that the peer has made, and what becomes of it.</summary>
    /// <exception cref="IOException">An option could not be set, or the connection is gone; the socket is still the caller's.</exception>
    /// <exception cref="SocketException">The connection is gone; the socket is still the caller's.</exception>
    internal void Accept(Socket socket)
    {
        lock (_gate)
        {
            _tasks.RemoveAll(static done => done.IsCompletedSuccessfully);
            if (_isDisposed || _tasks.Count >= MostTasks)
            {
                // A reset leaves nothing behind on our side.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
                return;
            }

            TcpOptions.Apply(socket, Settings, LocalOpen.IsExternal(_speaker, Settings));
            if (Settings.Interface is { } device)
            {
                // What came in by another interface goes no further.
                TcpOptions.BindToDevice(socket, device, Settings.Address);
            }

            var connection = Add(socket);
            Do(_session.Accepted(connection.Id, Now));
        }
    }

    /// <summary>Stops it, unless it was, with Cease 6/2, and waits until its last words are said: a second at most.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] tasks;
        lock (_gate)
        {
            if (!_isDisposed)
            {
                Do(_session.Stop(SessionStopKind.Shutdown, "", Now));
                _isDisposed = true;
            }

            tasks = [.. _tasks];
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _armedFor = TimeSpan.MaxValue;
            if (_current is { } connection)
            {
                _session.Sent(connection.Id, _time.GetElapsedTime(_origin, connection.SentAt));
            }

            Do(_session.Tick(Now, _hasUnread));
        }
    }

    // Deadlines mostly move away: the timer is left as it is then, fires early and is set anew.
    private void Rearm()
    {
        var deadline = _session.Deadline;
        if (_isDisposed || deadline >= _armedFor)
        {
            return;
        }

        _armedFor = deadline;
        var wait = deadline - Now;
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestTimer ? LongestTimer : wait, Timeout.InfiniteTimeSpan);
    }
}
