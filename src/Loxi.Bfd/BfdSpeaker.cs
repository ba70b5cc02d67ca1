using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Loxi.Bfd.Transport;
using Loxi.Linux.Loops;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Bfd;

/// <summary>
/// The BFD of a system: keeps the sessions that it is told to keep, and tells when one goes up or down. Linux; needs no privilege, and
/// CAP_NET_ADMIN for receive buffers beyond <c>net.core.rmem_max</c>, CAP_SYS_NICE for the real-time class.
/// </summary>
/// <remarks>
/// <para>
/// All sessions live on one thread that shares no lock with the rest of the process. It compares the time of arrival at the kernel with the
/// detection time, and reads everything that has arrived before it declares a session down, so that a stop of the process is not taken
/// for the peer's silence. The peer counts our silence all the same: while the process stands still, nothing is sent.
/// </para>
/// <para>All members may be called from any thread. Disposing says AdminDown to every peer.</para>
/// </remarks>
public sealed partial class BfdSpeaker : IAsyncDisposable
{
    private const int WatchCapacity = 1024;

    private readonly BfdSpeakerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly Dictionary<BfdSessionKey, (BfdSessionSettings Settings, EngineSession Session)> _sessions = [];
    private readonly List<ReceivePort> _ports = [];
    private readonly HashSet<int> _usedPorts = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Action<BfdSessionChange>> _listeners = [];
    private BfdEngine? _engine;
    private EventPump<EngineEvent>? _pump;
    private bool _isDisposed;

    /// <summary>Makes a speaker. It opens nothing before the first <see cref="ApplyAsync"/>.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <param name="time">Says when to look again for the way of echo packets; null for the system's. What BFD does goes by <see cref="Loxi.Linux.Time.MonotonicClock"/>.</param>
    /// <param name="random">Discriminators, jitter and source ports, used from two threads at a time; null for the system's generator, which nobody can guess.</param>
    /// <exception cref="ArgumentOutOfRangeException">The real-time priority or the time of a stop is out of range.</exception>
    public BfdSpeaker(BfdSpeakerOptions? options = null, ILoggerFactory? loggers = null, TimeProvider? time = null, Random? random = null)
    {
        _options = options ?? new BfdSpeakerOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.RealTimePriority, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.RealTimePriority, 99, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.StopTimeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.StopTimeout, BfdSpeakerOptions.LongestStopTimeout, nameof(options));
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<BfdSpeaker>();
        _time = time ?? TimeProvider.System;
        _random = random ?? new SessionRandom();
    }

    /// <summary>Ends when the speaker is disposed; fails when its thread has failed, after which no session is watched.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Calls back for each change of state, in order, on a thread of its own: other listeners wait for the callback, packets do not. The callback
    /// must not wait for the end of <see cref="DisposeAsync"/>, which waits for it.
    /// </summary>
    /// <param name="listener">What to call.</param>
    /// <returns>Ends it when disposed; a call that is under way may still come.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="listener"/> is null.</exception>
    public IDisposable Subscribe(Action<BfdSessionChange> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Add(one), listener);
        return new Subscription(this, listener);
    }

    /// <summary>
    /// The changes of state from now on, until the speaker is disposed. Of a reader that falls back by more than 1,024 changes the oldest are left out,
    /// which <see cref="BfdSessionChange.Number"/> shows.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The changes.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public IAsyncEnumerable<BfdSessionChange> WatchAsync(CancellationToken cancellationToken = default)
    {
        // From the call on, not from the first step of the reader.
        var changes = Channel.CreateBounded<BfdSessionChange>(new BoundedChannelOptions(WatchCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var subscription = Subscribe(change => changes.Writer.TryWrite(change));
        _ = _completion.Task.ContinueWith(
            (ended, writer) => ((ChannelWriter<BfdSessionChange>)writer!).TryComplete(ended.Exception?.InnerException),
            changes.Writer,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return Read(changes.Reader, subscription, cancellationToken);
    }

    /// <summary>
    /// Says AdminDown to every peer, closes every socket, and ends the threads. Listeners hear of the last changes before. Peers that were up are told until they
    /// say that they are down too, for a detection time of theirs and <see cref="BfdSpeakerOptions.StopTimeout"/> at most (RFC 5880 6.8.16).
    /// </summary>
    /// <returns>When all of that is done.</returns>
    public async ValueTask DisposeAsync()
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _echoTimer?.Dispose();
            if (_engine is not null)
            {
                await _engine.StopAsync().ConfigureAwait(false);
                StopPump()?.Dispose();
                _engine.Dispose();
            }
        }
        finally
        {
            _applying.Release();
        }

        _completion.TrySetResult();
    }

    private static async IAsyncEnumerable<BfdSessionChange> Read(ChannelReader<BfdSessionChange> changes, IDisposable subscription, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (subscription)
        {
            await foreach (var change in changes.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return change;
            }
        }
    }

    private BfdEngine Start()
    {
        if (_engine is not null)
        {
            return _engine;
        }

        var pump = new EventPump<EngineEvent>("Loxi.Bfd events", Tell);
        BfdEngine engine;
        try
        {
            engine = new BfdEngine(_random, _options, pump);
        }
        catch
        {
            pump.Dispose();
            throw;
        }

        StartPump(pump);
        _engine = engine;
        engine.Start();
        if (engine.RealTimeRefusal is { } refusal)
        {
            LogRealTimeRefused(refusal.Message);
        }

        _ = WatchEngineAsync(engine);
        return engine;
    }

    private async Task WatchEngineAsync(BfdEngine engine)
    {
        try
        {
            await engine.Ended.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it was, it is told to everybody who waits.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e);
            _completion.TrySetException(e);
        }
    }

    private sealed class Subscription(BfdSpeaker speaker, Action<BfdSessionChange> listener) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref speaker._listeners, static (all, one) => all.Remove(one), listener);
    }
}
