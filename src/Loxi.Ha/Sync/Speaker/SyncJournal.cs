using System.Collections.Concurrent;
using System.Collections.Immutable;
using Loxi.Ha.Sync.Transport;
using Loxi.Ha.Sync.Wire;
using Microsoft.Extensions.Logging;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>Counts and logs what happens. The same thing of a peer again is counted only, until a stream of it was open; of strangers one line is written a minute.</summary>
/// <param name="logger">Where it logs.</param>
/// <param name="time">For the minute.</param>
internal sealed class SyncJournal(ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<SyncRefusal, long> _refusals = [];
    private readonly ConcurrentDictionary<byte, SyncRefusalStatus> _lastOf = [];
    private readonly Dictionary<(byte Peer, SyncChannel? Channel), string> _last = [];
    private volatile SyncRefusalStatus? _lastStranger;
    private long _strangers;
    private long? _strangersAt;

    public ImmutableDictionary<SyncRefusal, long> Refusals => _refusals.ToImmutableDictionary();

    public SyncRefusalStatus? LastStranger => _lastStranger;

    public SyncRefusalStatus? LastOf(byte peer) => _lastOf.GetValueOrDefault(peer);

    public void Note(SyncSpeakerEvent told)
    {
        switch (told.Kind)
        {
            case SyncSpeakerEventKind.Opened:
                _last.Remove((told.Peer!.Value, told.Channel));
                // What was refused before says nothing of how this connection ends.
                _lastOf.TryRemove(told.Peer.Value, out _);
                SyncLog.Opened(logger, told.Peer.Value, told.Channel!.Value, told.Remote);
                break;
            case SyncSpeakerEventKind.Closed:
                if (IsNew(told))
                {
                    SyncLog.Closed(logger, told.Peer!.Value, told.Channel!.Value, told.Remote, told.Text);
                }

                break;
            case SyncSpeakerEventKind.Refused:
                _refusals.AddOrUpdate(told.Refusal, 1, static (_, count) => count + 1);
                NoteRefused(told);
                break;
            case SyncSpeakerEventKind.Ready:
                SyncLog.Ready(logger);
                break;
            default:
                SyncLog.NotReady(logger);
                break;
        }
    }

    private void NoteRefused(SyncSpeakerEvent told)
    {
        var refusal = new SyncRefusalStatus(time.GetUtcNow(), told.Refusal, told.Remote, told.Text);
        if (told.Peer is { } peer)
        {
            _lastOf[peer] = refusal;
            if (IsNew(told))
            {
                SyncLog.NotConnected(logger, peer, told.Channel, told.Remote, told.Text);
            }

            return;
        }

        _lastStranger = refusal;
        _strangers++;
        var now = time.GetTimestamp();
        if (_strangersAt is null || time.GetElapsedTime(_strangersAt.Value, now) >= Interval)
        {
            SyncLog.Stranger(logger, _strangers, told.Remote, told.Text);
            (_strangers, _strangersAt) = (0, now);
        }
    }

    private bool IsNew(SyncSpeakerEvent told)
    {
        var key = (told.Peer!.Value, told.Channel);
        var isNew = !_last.TryGetValue(key, out var last) || last != told.Text;
        _last[key] = told.Text;
        return isNew;
    }
}
