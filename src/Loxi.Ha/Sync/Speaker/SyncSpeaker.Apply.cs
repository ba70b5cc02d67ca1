using System.Diagnostics.CodeAnalysis;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Transport;
using Loxi.Linux.Loops;

namespace Loxi.Ha.Sync.Speaker;

public sealed partial class SyncSpeaker<TKey, TValue>
{
    /// <summary>
    /// Puts settings in force, all or nothing. The first time the table is read and the thread begins; later, who is a peer no more, or has another pin, is disconnected before this returns. The same again does nothing.
    /// </summary>
    /// <param name="settings">All of them.</param>
    /// <param name="cancellationToken">Ends the wait for another call that is under way; not what has begun.</param>
    /// <returns>When they are in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    /// <exception cref="InvalidSyncSettingsException">They cannot be: says all that is wrong. Nothing was changed.</exception>
    /// <exception cref="Linux.LinuxException">An address or port cannot be listened on. Nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The speaker is disposed.</exception>
    public async Task ApplyAsync(SyncSpeakerSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var problems = SyncSpeakerValidator.Check(settings, _options.Engine.NodeId, Pin);
        if (!problems.IsEmpty)
        {
            throw new InvalidSyncSettingsException(problems);
        }

        await _applying.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var loop = _loop ?? await StartAsync().ConfigureAwait(false);
            var opened = await _transport!.OpenAsync(settings).ConfigureAwait(false);
            _transport.Trust(settings);
            try
            {
                var pins = new SyncPins(_options.Engine.NodeId, settings);
                await loop.DoAsync((hub, now) =>
                {
                    _pins = pins;
                    hub.SetPeers(pins, [.. settings.Peers.Select(static p => p.NodeId)], now);
                }).ConfigureAwait(false);
            }
            catch (ObjectDisposedException)
            {
                // The thread has failed, which Completion says.
                await SyncTransport.DisposeAllAsync(opened).ConfigureAwait(false);
                throw;
            }

            await _transport.ChangeAsync(settings, opened).ConfigureAwait(false);
            SyncLog.Applied(_logger, _options.Engine.NodeId, settings.Peers.Length, Pin);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<SyncSpeakerStatus> ReadStatusAsync()
    {
        var engine = _engine;
        var status = await Loop.DoAsync((hub, now) => new SyncSpeakerStatus
        {
            Pin = Pin,
            IsReady = engine!.IsReady(now),
            Counters = engine.Counters,
            Peers = [.. hub.ReadPeers(now).Select(peer => peer with { LastRefusal = _journal.LastOf(peer.Engine.Id) })],
            LastStranger = _journal.LastStranger,
            ChangesLost = _changes!.Lost,
            Problems = hub.Problems,
            Refusals = _journal.Refusals,
            LocalEndPoints = [],
        }).ConfigureAwait(false);
        return status with { LocalEndPoints = _transport!.LocalEndPoints };
    }

    /// <summary>Says whether this node serves, and its term, as <see cref="SyncEngine{TKey, TValue}.SetServing"/> and <see cref="SyncEngine{TKey, TValue}.SetTerm"/>; a change compares tables with all peers.</summary>
    /// <param name="serves">Whether the entries are in use here.</param>
    /// <param name="term">The term.</param>
    /// <returns>When the engine knows.</returns>
    /// <exception cref="InvalidOperationException">Settings have not been applied yet.</exception>
    public Task SetRoleAsync(bool serves, uint term) => Loop.DoAsync((_, _) =>
    {
        _engine!.SetTerm(term);
        _engine.SetServing(serves);
        _engine.CompareNow();
    });

    /// <summary>Says whether a peer is alive, by what is heard of it elsewhere, as <see cref="SyncEngine{TKey, TValue}.SetAlive"/>.</summary>
    /// <param name="peer">Its number.</param>
    /// <param name="isAlive">Whether it is.</param>
    /// <returns>When the engine knows. Fails with <see cref="ArgumentException"/> when there is no such peer.</returns>
    /// <exception cref="InvalidOperationException">Settings have not been applied yet.</exception>
    public Task SetAliveAsync(byte peer, bool isAlive) => Loop.DoAsync((_, _) => _engine!.SetAlive(peer, isAlive));

    /// <summary>What entries need has come, e.g. services: those that the table did not take are tried at once.</summary>
    /// <returns>When the first of them were.</returns>
    /// <exception cref="InvalidOperationException">Settings have not been applied yet.</exception>
    public Task RetryParkedAsync() => Loop.DoAsync((hub, now) => hub.RetryParked(now));

    /// <summary>Waits until all that has changed in this node's table is in a peer's (R8), for a planned move.</summary>
    /// <param name="peer">Its number.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When it is. Cancelled when the peer is none any more. Fails with <see cref="ArgumentException"/> when there is no such peer.</returns>
    /// <exception cref="InvalidOperationException">Settings have not been applied yet.</exception>
    public async Task PassAsync(byte peer, CancellationToken cancellationToken = default) =>
        await (await Loop.DoAsync((hub, now) => hub.PassAsync(peer, now, cancellationToken)).ConfigureAwait(false)).ConfigureAwait(false);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "All are the speaker's, and disposed with it.")]
    private async Task<SyncLoop<TKey, TValue>> StartAsync()
    {
        var incarnation = SyncIncarnation.Next(_options.StateDirectory, _time, out var complaint);
        if (complaint is not null)
        {
            SyncLog.StateNotKept(_logger, complaint);
        }

        var engine = _engine = new SyncEngine<TKey, TValue>(_options.Engine, _schema, incarnation);
        _pump = new EventPump<SyncSpeakerEvent>("Loxi.Ha sync told", Handle);
        _transport = new SyncTransport(_options.Engine.NodeId, _options.Certificate, AttachAsync, Refused, _time);
        var loop = new SyncLoop<TKey, TValue>(
            (wake, tell) => new SyncHub<TKey, TValue>(engine, _table, _changes = new SyncChangeQueue<TKey, TValue>(_options.ChangeQueue, BucketOf, wake), wake, tell), _pump);

        // Listen first, then read: nothing falls between the two.
        _table.Changed += Enqueue;
        try
        {
            var begun = loop.DoAsync(static (hub, now) => hub.Begin(now));
            loop.Start();
            await begun.ConfigureAwait(false);
        }
        catch
        {
            // The table could not be read.
            _table.Changed -= Enqueue;
            loop.Dispose();
            _pump.Dispose();
            throw;
        }

        _ = WatchLoopAsync(loop);
        return _loop = loop;
    }

    private async Task AttachAsync(SyncConnection connection)
    {
        try
        {
            await Loop.DoAsync((hub, now) => hub.Attach(_pins, connection, now)).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            connection.Start(static () => { });
            connection.Close("this node stops");
        }
    }
}
