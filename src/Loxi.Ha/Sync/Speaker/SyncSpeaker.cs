using System.Collections.Immutable;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Loxi.Linux.Loops;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>
/// Keeps a table like those of other nodes, over TLS 1.3 (docs/ha-sync.md): of any values without references, by an <see cref="ISyncSchema{TKey, TValue}"/> and an <see cref="ISyncTable{TKey, TValue}"/>. Linux; needs no privilege.
/// </summary>
/// <remarks>
/// One thread owns the engine, changes of the table come to it by a queue that never has the table wait. All members may be called from any thread. What it calls back waits for nobody but the next callback.
/// </remarks>
/// <typeparam name="TKey">The key of an entry.</typeparam>
/// <typeparam name="TValue">The value of an entry.</typeparam>
public sealed partial class SyncSpeaker<TKey, TValue> : ISyncSpeaker, IAsyncDisposable
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    private readonly SyncSpeakerOptions _options;
    private readonly ISyncSchema<TKey, TValue> _schema;
    private readonly ISyncTable<TKey, TValue> _table;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _applying = new(1, 1);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SyncJournal _journal;
    private ImmutableArray<Action<SyncSpeakerEvent>> _listeners = [];
    private SyncEngine<TKey, TValue>? _engine;
    private SyncChangeQueue<TKey, TValue>? _changes;
    private EventPump<SyncSpeakerEvent>? _pump;
    private SyncLoop<TKey, TValue>? _loop;
    private SyncTransport? _transport;
    private SyncPins _pins;
    private bool _isDisposed;

    /// <summary>Makes a speaker. It opens nothing before the first <see cref="ApplyAsync"/>.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="schema">What must be known of the entries.</param>
    /// <param name="table">The table.</param>
    /// <param name="loggers">Where it logs; null for nowhere.</param>
    /// <param name="time">For pauses between attempts to connect, and the number of the run; null for the system's. The engine goes by <see cref="Loxi.Linux.Time.MonotonicClock"/>.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SyncSpeaker(SyncSpeakerOptions options, ISyncSchema<TKey, TValue> schema, ISyncTable<TKey, TValue> table, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(options.Engine);
        ArgumentNullException.ThrowIfNull(options.Certificate);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ChangeQueue, 1024, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ChangeQueue, 1 << 24, nameof(options));
        options.Engine.Check();
        (_options, _schema, _table, _time) = (options, schema, table, time ?? TimeProvider.System);
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Loxi.Ha.Sync.SyncSpeaker");
        _journal = new SyncJournal(_logger, _time);
        _pins = new SyncPins(options.Engine.NodeId, new SyncSpeakerSettings());
    }

    /// <inheritdoc/>
    public CertificatePin Pin => _options.Certificate.Pin;

    /// <summary>Ends when the speaker is disposed; fails when its thread has failed, e.g. because the table has: then nothing is kept alike any more.</summary>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<SyncSpeakerEvent> listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ImmutableInterlocked.Update(ref _listeners, static (all, one) => all.Add(one), listener);
        return new Subscription(this, listener);
    }

    /// <summary>Stops at once: connections are closed and the thread ends. The table stays as it is.</summary>
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
            if (_loop is not null)
            {
                _table.Changed -= Enqueue;
                await _transport!.DisposeAsync().ConfigureAwait(false);
                await _loop.StopAsync().ConfigureAwait(false);
                _loop.Dispose();
                _pump!.Dispose();
            }
        }
        finally
        {
            _applying.Release();
        }

        _completion.TrySetResult();
    }

    private SyncLoop<TKey, TValue> Loop => _loop ?? throw new InvalidOperationException("Settings have not been applied yet.");

    private void Enqueue(in SyncChange<TKey, TValue> change) => _changes!.Add(change);

    private int BucketOf(TKey key) => (int)((uint)_schema.HashOf(key) >> 20);

    private void Refused(byte? peer, SyncChannel? channel, SyncRefusal refusal, string remote, string reason)
    {
        _pump!.Add(new SyncSpeakerEvent(SyncSpeakerEventKind.Refused, peer, channel, reason) { Remote = remote, Refusal = refusal });
        _pump.Signal();
    }

    private void Handle(SyncSpeakerEvent told)
    {
        _journal.Note(told);
        foreach (var listener in _listeners)
        {
            try
            {
                listener(told);
            }
#pragma warning disable CA1031 // The fault of one listener is no other's.
            catch (Exception e)
#pragma warning restore CA1031
            {
                SyncLog.ListenerFailed(_logger, e, told.Kind);
            }
        }
    }

    private async Task WatchLoopAsync(SyncLoop<TKey, TValue> loop)
    {
        try
        {
            await loop.Ended.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it was, it is told to everybody who waits.
        catch (Exception e)
#pragma warning restore CA1031
        {
            SyncLog.Failed(_logger, e);
            try
            {
                await AbandonAsync(loop).ConfigureAwait(false);
            }
            finally
            {
                _completion.TrySetException(e);
            }
        }
    }

    /// <summary>Without the thread nothing is heard: the other nodes must see that.</summary>
    private async Task AbandonAsync(SyncLoop<TKey, TValue> loop)
    {
        await _applying.WaitAsync().ConfigureAwait(false);
        try
        {
            _table.Changed -= Enqueue;
            await _transport!.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _applying.Release();
            loop.Abandon();
        }
    }

    private sealed class Subscription(SyncSpeaker<TKey, TValue> speaker, Action<SyncSpeakerEvent> listener) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref speaker._listeners, static (all, one) => all.Remove(one), listener);
    }
}
