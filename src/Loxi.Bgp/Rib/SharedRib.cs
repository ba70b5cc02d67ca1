using Loxi.Bgp.Policy;
using Loxi.Bgp.Wire;
using Loxi.Core.Routes;
using Microsoft.Extensions.Logging;

namespace Loxi.Bgp.Rib;

/// <summary>
/// The RIB behind its one lock. Whoever has changed it wakes the write loops of the peers that have output now, and a worker for what a change leaves to
/// be done: it goes in portions, so that nobody waits long for the lock.
/// </summary>
internal sealed partial class SharedRib : IRibObserver, IAsyncDisposable
{
    /// <summary>Routes of a portion: a few milliseconds.</summary>
    private const int Portion = 20_000;

    /// <summary>Own announcements that are looked at in one taking of the lock: below a millisecond.</summary>
    private const int CheckPortion = 2_000;

    private readonly Lock _gate = new();
    private readonly BgpRib _rib;
    private readonly Dictionary<RibPeer, SharedRibSession> _sessions = [];
    private readonly List<RibPeer> _ready = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly RouteInstallation? _installation;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _worker;
    private TaskCompletionSource? _idle;
    private bool _isComplete;
    private bool _isDisposed;

    /// <param name="speaker">Who the speaker is.</param>
    /// <param name="policies">Its policies, valid ones.</param>
    /// <param name="installer">Gets the learned routes; null for none.</param>
    /// <param name="time">Says when a message arrived.</param>
    /// <param name="logger">Where it logs.</param>
    internal SharedRib(BgpSpeakerSettings speaker, BgpPolicies policies, IRouteInstaller? installer, TimeProvider time, ILogger logger)
    {
        _rib = new BgpRib(speaker, policies, this);
        _time = time;
        _logger = logger;
        _rib.EnableInstaller(installer is not null);
        _installation = installer is null ? null : new RouteInstallation(installer, TakeRouteChanges, time, logger);
        _worker = Task.Run(WorkAsync);
    }

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
            if (receipt.LimitWarning is { } family)
            {
                LogPrefixWarning(peer.ToString(), peer.Settings.PrefixWarningPercent, peer.Settings.PrefixLimit ?? 0, family);
            }

            Finish();
            return receipt;
        }
    }

    internal int TakeOutput(SharedRibSession session, Span<byte> buffer)
    {
        lock (_gate)
        {
            var written = _rib.TakeOutput(session.Peer, buffer);
            if (written == 0)
            {
                // The write loop comes here when all that it had is written.
                session.Drained();
            }

            return written;
        }
    }

    /// <summary>Compares what is told of own announcements with what should be, in portions, and puts right what differs.</summary>
    /// <returns>How many were put right.</returns>
    internal int Reconcile()
    {
        var prefixes = Use(static rib => rib.OwnPrefixes());
        var repaired = 0;
        for (var at = 0; at < prefixes.Length; at += CheckPortion)
        {
            var portion = prefixes.AsMemory(at, Math.Min(CheckPortion, prefixes.Length - at));
            repaired += Use(rib => rib.Reconcile(portion.Span));
        }

        return repaired;
    }

    /// <summary>After an own restart: learned routes are chosen from now on.</summary>
    internal void EndDeferral() => Use(static rib => rib.EndDeferral());

    /// <summary>Peers have told all that they have: the installer hears of it when it has all of that.</summary>
    internal void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
            if (!_isDisposed)
            {
                _installation?.Wake();
            }
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

    void IRibObserver.Malformed(RibPeer peer, ReadOnlySpan<byte> message, ReadOnlySpan<BgpError> errors, UpdateView view)
    {
        if (_sessions.TryGetValue(peer, out var session))
        {
            session.Malformed.Add(_time.GetUtcNow(), message, errors, view);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _worker.ConfigureAwait(false);
        if (_installation is not null)
        {
            await _installation.DisposeAsync().ConfigureAwait(false);
        }

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

        if (_rib.HasWork && !_isDisposed && _wake.CurrentCount == 0)
        {
            _wake.Release();
        }

        if (_rib.HasRouteChanges && !_isDisposed)
        {
            _installation?.Wake();
        }
    }

    /// <summary>Routes whose next hops changed; when there are none, whether peers have told all that they have.</summary>
    private bool TakeRouteChanges(List<RouteChange> changes)
    {
        lock (_gate)
        {
            return _rib.TakeRouteChanges(changes, Portion) == 0 && _isComplete && !_rib.IsDeferring && !_rib.HasWork;
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(_stop.Token).ConfigureAwait(false);
                while (WorkOnce() && !_stop.IsCancellationRequested)
                {
                    // Whoever waits for the lock has it now.
                    await Task.Yield();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end.
        }
#pragma warning disable CA1031 // A defect: without a line nobody would know why routes are no longer judged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogWorkerFailed(e);
        }
    }

    private bool WorkOnce()
    {
        lock (_gate)
        {
            var more = _rib.HasWork && _rib.Work(Portion);
            Finish();
            if (!more && _isComplete && !_isDisposed)
            {
                // What it waits for may be no change, but that there is none.
                _installation?.Wake();
            }

            return more;
        }
    }

    [LoggerMessage(4023, LogLevel.Critical, "The judging of BGP routes has failed: withdrawals of lost sessions and changes of policies have no effect any more")]
    private partial void LogWorkerFailed(Exception exception);

    [LoggerMessage(4024, LogLevel.Warning, "BGP peer {Peer} has announced {Percent} % of the {Limit} prefixes of {Family} that it may")]
    private partial void LogPrefixWarning(string peer, int percent, int limit, BgpFamily family);
}
