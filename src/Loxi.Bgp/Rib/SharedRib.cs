using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;
using Loxi.Core.Routes;

namespace Loxi.Bgp.Rib;

/// <summary>
/// The RIB behind its one lock. Whoever has changed it wakes the write loops of the peers that have output now, and a worker for what a change leaves to
/// be done: it goes in portions, so that nobody waits long for the lock.
/// </summary>
internal sealed class SharedRib : IRibObserver, IAsyncDisposable
{
    /// <summary>Routes of a portion: a few milliseconds.</summary>
    private const int Portion = 20_000;

    private readonly Lock _gate = new();
    private readonly BgpRib _rib;
    private readonly Dictionary<RibPeer, SharedRibSession> _sessions = [];
    private readonly List<RibPeer> _ready = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly IRouteInstaller? _installer;
    private readonly TimeProvider _time;
    private readonly Task _worker;
    private TaskCompletionSource? _idle;
    private bool _isComplete;
    private bool _completeIsTold;

    /// <param name="speaker">Who the speaker is.</param>
    /// <param name="policies">Its policies, valid ones.</param>
    /// <param name="installer">Gets the learned routes; null for none.</param>
    /// <param name="time">Says when a message arrived.</param>
    internal SharedRib(BgpSpeakerSettings speaker, BgpPolicies policies, IRouteInstaller? installer, TimeProvider time)
    {
        _rib = new BgpRib(speaker, policies, this);
        _installer = installer;
        _time = time;
        _rib.EnableInstaller(installer is not null);
        _worker = Task.Run(WorkAsync);
    }

    /// <summary>Fails when the worker has, after which routes are no longer judged anew.</summary>
    internal Task Completion => _worker;

    internal void Add(SharedRibSession session)
    {
        lock (_gate)
        {
            _sessions.Add(session.Peer, session);
        }
    }

    internal void Remove(SharedRibSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session.Peer);
            _rib.RemovePeer(session.Peer);
            Finish();
        }
    }

    /// <summary>Reads or changes the RIB.</summary>
    internal TResult Use<TResult>(Func<BgpRib, TResult> use)
    {
        lock (_gate)
        {
            var result = use(_rib);
            Finish();
            return result;
        }
    }

    internal void Use(Action<BgpRib> use)
    {
        lock (_gate)
        {
            use(_rib);
            Finish();
        }
    }

    /// <summary>As <see cref="Use(Action{BgpRib})"/>, for what arrives: without a delegate, so without garbage.</summary>
    internal RibReceipt Receive(RibPeer peer, ReadOnlySpan<byte> updates)
    {
        lock (_gate)
        {
            var receipt = _rib.Receive(peer, updates);
            Finish();
            return receipt;
        }
    }

    internal int TakeOutput(RibPeer peer, Span<byte> buffer)
    {
        lock (_gate)
        {
            return _rib.TakeOutput(peer, buffer);
        }
    }

    /// <summary>Peers have told all that they have: the installer hears of it when it has all of that.</summary>
    internal void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            Wake();
        }
    }

    /// <summary>Ends when nothing is left to be judged.</summary>
    internal Task IdleAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_rib.HasWork)
            {
                return Task.CompletedTask;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    void IRibObserver.Malformed(RibPeer peer, ReadOnlySpan<byte> message, ReadOnlySpan<BgpError> errors, ErrorHandling outcome)
    {
        if (_sessions.TryGetValue(peer, out var session))
        {
            session.Malformed.Add(_time.GetUtcNow(), message, errors, outcome);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>Under the lock, after each change.</summary>
    private void Finish()
    {
        if (_rib.TakeReady(_ready) > 0)
        {
            foreach (var peer in _ready)
            {
                if (_sessions.TryGetValue(peer, out var session))
                {
                    session.OutputReady();
                }
            }

            _ready.Clear();
        }

        if (_idle is not null && !_rib.HasWork)
        {
            _idle.TrySetResult();
            _idle = null;
        }

        if (_rib.HasWork || _rib.HasRouteChanges)
        {
            Wake();
        }
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    private async Task WorkAsync()
    {
        List<RouteChange> changes = [];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            while (WorkOnce(changes) && !_stop.IsCancellationRequested)
            {
                if (changes.Count > 0 && _installer is not null)
                {
                    await _installer.ApplyAsync(changes, _stop.Token).ConfigureAwait(false);
                    changes.Clear();
                }
            }

            if (_installer is not null && _isComplete && !_completeIsTold)
            {
                _completeIsTold = true;
                await _installer.CompleteAsync(_stop.Token).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Returns whether anything was done.</summary>
    private bool WorkOnce(List<RouteChange> changes)
    {
        lock (_gate)
        {
            var worked = _rib.HasWork;
            _ = worked && _rib.Work(Portion);
            var taken = _installer is null ? 0 : _rib.TakeRouteChanges(changes, Portion);
            Finish();
            return worked || taken > 0;
        }
    }
}
