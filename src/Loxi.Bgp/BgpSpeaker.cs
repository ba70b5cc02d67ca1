using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Loxi.Bgp.Rib;
using Loxi.Bgp.Session;
using Loxi.Bgp.Transport;
using Loxi.Core.Failures;
using Loxi.Core.Routes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Bgp;

/// <summary>
/// The BGP of a system: keeps sessions with the peers that it is told to have, announces what it is told to announce, and chooses among what it learns.
/// Linux; needs no privilege beyond that for ports below 1024.
/// </summary>
/// <remarks>
/// <para>
/// Peers and announcements are desired states. A change of one peer, of a policy or of an announcement touches no other session; what a session has to be told
/// is worked out anew after every Established, refresh and change.
/// </para>
/// <para>All members may be called from any thread. Disposing closes every session with Cease 6/2 (RFC 4486).</para>
/// </remarks>
public sealed partial class BgpSpeaker : IAsyncDisposable
{
    private const int WatchCapacity = 1024;

    private readonly BgpSpeakerOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly IRouteInstaller? _installer;
    private readonly OwnAddresses _addresses;
    private readonly RouterAdvertiser _advertiser;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly Channel<BgpPeerChange> _changes = Channel.CreateUnbounded<BgpPeerChange>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _telling;
    private readonly IDisposable? _failures;
    private ImmutableArray<Action<BgpPeerChange>> _listeners = [];
    private ImmutableArray<ChannelWriter<BgpPeerChange>> _watchers = [];
    private long _changeCount;
    private long _refusedBefore;
    private volatile bool _hasToldAll;
    private bool _isDisposed;

    /// <summary>Makes a speaker. It opens nothing before the first <see cref="ApplyAsync"/>.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <param name="time">Its clock; null for the system's.</param>
    /// <param name="random">Jitter; null for the system's generator.</param>
    /// <param name="installer">Gets the learned routes; null for none.</param>
    /// <param name="failures">Tells which peers are gone, instead of <see cref="SetBfdState"/>; null for none.</param>
    public BgpSpeaker(BgpSpeakerOptions? options = null, ILoggerFactory? loggers = null, TimeProvider? time = null, Random? random = null, IRouteInstaller? installer = null, IFailureDetector? failures = null)
    {
        _options = options ?? new BgpSpeakerOptions();
        _loggers = loggers ?? NullLoggerFactory.Instance;
        _logger = _loggers.CreateLogger<BgpSpeaker>();
        _time = time ?? TimeProvider.System;
        _random = random ?? new Random();
        _installer = installer;
        _addresses = new OwnAddresses(_options.NetworkNamespace);
        _advertiser = new RouterAdvertiser(_options.NetworkNamespace, _time, new Random(_random.Next()), _loggers.CreateLogger(typeof(RouterAdvertiser).FullName!));
        _telling = TellAsync();
        _failures = failures?.Subscribe(Tell);
    }

    /// <summary>
    /// Calls back for each change of a session's state, in order, one at a time: other listeners wait for the callback, sessions do not. The callback
    /// must not wait for the end of <see cref="DisposeAsync"/>, which waits for it.
    /// </summary>
    /// <param name="listener">What to call.</param>
    /// <returns>Ends it when disposed; a call that is under way may still come.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    public IDisposable Subscribe(Action<BgpPeerChange> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Add(one), listener);
        return new Subscription(this, listener);
    }

    /// <summary>
    /// The changes of state from now on, until the speaker is disposed. Of a reader that falls back by more than 1,024 changes the oldest are left out,
    /// which <see cref="BgpPeerChange.Number"/> shows.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The changes.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<BgpPeerChange> WatchAsync(CancellationToken cancellationToken = default)
    {
        // From the call on, not from the first step of the reader.
        var changes = Channel.CreateBounded<BgpPeerChange>(new BoundedChannelOptions(WatchCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var subscription = Subscribe(change => changes.Writer.TryWrite(change));
        ImmutableInterlocked.Update(ref _watchers, static (all, one) => all.Add(one), changes.Writer);
        if (_hasToldAll)
        {
            changes.Writer.TryComplete();
        }

        return Read(changes, subscription, cancellationToken);
    }

    /// <summary>Closes every session with Cease 6/2 and a text (RFC 9003), stops listening, and ends. May be called again.</summary>
    /// <param name="text">What the peers are told, at most 255 bytes of UTF-8.</param>
    /// <returns>When all of that is done: a second at most for peers that do not listen.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public Task StopAsync(string text) => StopAsync(text, SessionStopKind.Shutdown);

    /// <summary>
    /// As <see cref="StopAsync(string)"/>, to start again soon: sessions with graceful restart are closed without a word, so that these peers go on sending to us for as long
    /// as <see cref="BgpSpeakerSettings.RestartTime"/> (RFC 4724 4). Forwarding must go on meanwhile, and the next start must call <see cref="AnnounceRestart"/>. Other peers are told as by <see cref="StopAsync(string)"/>.
    /// </summary>
    /// <param name="text">What the other peers are told, at most 255 bytes of UTF-8.</param>
    /// <returns>When all of that is done: a second at most for peers that do not listen.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public Task StopForRestartAsync(string text) => StopAsync(text, SessionStopKind.Restart);

    private async Task StopAsync(string text, SessionStopKind kind)
    {
        ArgumentNullException.ThrowIfNull(text);
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _failures?.Dispose();
            await CloseAsync(text, kind).ConfigureAwait(false);
            await _advertiser.DisposeAsync().ConfigureAwait(false);
            if (_completion is not null)
            {
                await _completion.DisposeAsync().ConfigureAwait(false);
            }

            if (_checking is not null)
            {
                await _checking.DisposeAsync().ConfigureAwait(false);
            }

            if (_rib is not null)
            {
                await _rib.DisposeAsync().ConfigureAwait(false);
            }

            _changes.Writer.Complete();
        }
        finally
        {
            _applying.Release();
        }

        await _telling.ConfigureAwait(false);
    }

    /// <summary>As <see cref="StopAsync(string)"/>, without a text.</summary>
    /// <returns>When all is closed.</returns>
    public async ValueTask DisposeAsync() => await StopAsync("").ConfigureAwait(false);

    private async IAsyncEnumerable<BgpPeerChange> Read(Channel<BgpPeerChange> changes, IDisposable subscription, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = new Watch(this, changes.Writer);
        using (subscription)
        {
            await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
    }

    private async Task TellAsync()
    {
        await foreach (var change in _changes.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            foreach (var listener in _listeners)
            {
                try
                {
                    listener(change);
                }
#pragma warning disable CA1031 // The listener's fault is not the others'.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    LogListenerFailed(e, change.Peer);
                }
            }
        }

        // Whoever comes later sees this.
        _hasToldAll = true;
        foreach (var watcher in _watchers)
        {
            watcher.TryComplete();
        }
    }

    private sealed class Watch(BgpSpeaker speaker, ChannelWriter<BgpPeerChange> writer) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref speaker._watchers, static (all, one) => all.Remove(one), writer);
    }

    private sealed class Subscription(BgpSpeaker speaker, Action<BgpPeerChange> listener) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref speaker._listeners, static (all, one) => all.Remove(one), listener);
    }

    /// <summary>Hears of one peer, under its lock.</summary>
    private sealed class Observer(BgpSpeaker speaker, BgpPeerKey key) : IPeerObserver
    {
        internal SpeakerPeer? Peer { get; set; }

        public void StateChanged(PeerRunner peer, BgpState from, BgpState to, SessionError? lastError)
        {
            var now = speaker._time.GetUtcNow();
            Peer?.Note(lastError, now);
            if (to == BgpState.Established)
            {
                // One that restarts too is not waited for.
                speaker.LookWhetherComplete();
            }

            speaker._changes.Writer.TryWrite(new BgpPeerChange(Interlocked.Increment(ref speaker._changeCount), now, key, from, to));
            // One that may come back to its routes is waited for.
            if (Peer is { Range: not null, Rib.Kept.IsEmpty: true } && to <= BgpState.Active && (from > BgpState.Active || from == BgpState.Idle))
            {
                Forget();
            }
        }

        internal void NothingKept()
        {
            if (Peer is { Range: not null })
            {
                Forget();
            }
        }

        // Off the lock of the peer.
        private void Forget() => ThreadPool.UnsafeQueueUserWorkItem(speaker.Forget, Peer!, preferLocal: false);
    }
}
