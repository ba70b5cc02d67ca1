using System.Diagnostics.Metrics;
using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>A speaker's state and counters as a meter. They are read from its thread when somebody collects them.</summary>
public sealed class SyncMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Ha.Sync";

    // One collection asks for every instrument: they shall be of one moment.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly ISyncSpeaker _speaker;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private SyncSpeakerStatus? _read;
    private bool _hasRead;
    private long _readAt;

    /// <summary>Makes the meter; it has no instruments until <see cref="Start"/>.</summary>
    /// <param name="meters">Where to make it.</param>
    /// <param name="speaker">What to measure.</param>
    /// <param name="time">Says how long a reading serves; null for the system's.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public SyncMetrics(IMeterFactory meters, ISyncSpeaker speaker, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(speaker);
        _meter = meters.Create(MeterName);
        _speaker = speaker;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Makes the instruments: entries, and for each peer streams, lag, backlog and records.</summary>
    public void Start()
    {
        _meter.CreateObservableGauge("loxi.ha.sync.ready", () => OfSpeaker(static s => s.IsReady ? 1L : 0), "1", "1 when all that live nodes had has come, else 0.");
        _meter.CreateObservableGauge("loxi.ha.sync.entries", ReadEntries, "{entry}", "Entries that the engine has, by state.");
        _meter.CreateObservableGauge("loxi.ha.sync.streams", ReadStreams, "1", "1 while the stream with the peer is open in both directions, else 0.");
        _meter.CreateObservableGauge("loxi.ha.sync.lag", () => OfPeers(static p => p.Engine.Lag.TotalSeconds), "s", "How long the oldest change has waited that the peer does not have.");
        _meter.CreateObservableGauge("loxi.ha.sync.backlog", () => OfPeers(static p => (long)p.Engine.Backlog + p.Engine.InFlight), "{entry}", "Changed entries that the peer does not have.");
        _meter.CreateObservableGauge("loxi.ha.sync.missing", () => OfPeers(static p => (long)p.Engine.Missing), "{entry}", "Entries that the peer does not have, at most: changes that wait, and all of what it awaits.");
        _meter.CreateObservableGauge("loxi.ha.sync.peer", ReadPeers, "1", "What is so with the peer: alive, joined (this node has what it had), joining (it does not have yet what this node had), lacks (its table lacks entries that it was told of). 1 where it is, else 0.");
        _meter.CreateObservableGauge("loxi.ha.sync.buckets", ReadBuckets, "{bucket}", "Buckets that are awaited from the peer, and that it awaits.");
        _meter.CreateObservableCounter("loxi.ha.sync.records", ReadRecords, "{record}", "Records that went to the peer and came from it.");
        _meter.CreateObservableCounter("loxi.ha.sync.buckets.unequal", () => OfPeers(static p => p.Engine.Counters.BucketsUnequal), "{bucket}", "Buckets of the peer whose sums differed.");
        _meter.CreateObservableCounter("loxi.ha.sync.dropped", ReadDropped, "{change}", "What did not go to the peer because too much waited: changes go with their bucket later.");
        _meter.CreateObservableCounter("loxi.ha.sync.changes.lost", () => OfSpeaker(static s => s.ChangesLost), "{change}", "Changes of the table that found no room on their way, and were read from it.");
        _meter.CreateObservableCounter("loxi.ha.sync.exceptions", ReadExceptions, "{record}", "Records that did not simply go into the table, by what became of them.");
        _meter.CreateObservableCounter("loxi.ha.sync.refusals", ReadRefusals, "{connection}", "Connections that were refused or not made, by reason.");
        _meter.CreateObservableCounter("loxi.ha.sync.problems", ReadProblems, "{frame}", "Frames that closed their connection, by what was wrong with them.");
    }

    private SyncSpeakerStatus? Read()
    {
        lock (_gate)
        {
            if (_hasRead && _time.GetElapsedTime(_readAt) < Fresh)
            {
                return _read;
            }

            _read = null;
            try
            {
                // Collecting is synchronous, and the speaker's thread answers within its next turn.
                var status = _speaker.ReadStatusAsync();
                if (status.Wait(Patience))
                {
                    _read = status.Result;
                }
            }
            catch (AggregateException e) when (e.InnerExceptions.All(static inner => inner is ObjectDisposedException or InvalidOperationException))
            {
                // It has not begun, or has ended, and there is nothing to measure.
            }

            // A reading that failed serves as long: the other instruments of the collection need not fail once each.
            (_hasRead, _readAt) = (true, _time.GetTimestamp());
            return _read;
        }
    }

    private IEnumerable<Measurement<T>> OfSpeaker<T>(Func<SyncSpeakerStatus, T> value)
        where T : struct => Read() is { } read ? [new Measurement<T>(value(read))] : [];

    private IEnumerable<Measurement<T>> OfPeers<T>(Func<SyncSpeakerPeerStatus, T> value)
        where T : struct => Read() is { } read ? read.Peers.Select(p => new Measurement<T>(value(p), Tag("peer", p.Engine.Id))) : [];

    private IEnumerable<Measurement<long>> OfPeers(string tag, Func<SyncPeerStatus, IEnumerable<(string Name, long Value)>> values) => Read() is { } read
        ? read.Peers.SelectMany(p => values(p.Engine).Select(v => new Measurement<long>(v.Value, Tag("peer", p.Engine.Id), Tag(tag, v.Name))))
        : [];

    private IEnumerable<Measurement<long>> Several(string tag, Func<SyncSpeakerStatus, IEnumerable<(string Name, long Value)>> values) =>
        Read() is { } read ? values(read).Select(v => new Measurement<long>(v.Value, Tag(tag, v.Name))) : [];

    private IEnumerable<Measurement<long>> ReadEntries() =>
        Several("state", static s => [("there", s.Counters.Entries - s.Counters.Parked), ("parked", s.Counters.Parked), ("gone", s.Counters.Tombstones)]);

    private IEnumerable<Measurement<long>> ReadStreams() => OfPeers("channel", static p => [("live", p.IsLive ? 1 : 0), ("bulk", p.IsBulk ? 1 : 0)]);

    private IEnumerable<Measurement<long>> ReadPeers() =>
        OfPeers("state", static p => [("alive", p.IsAlive ? 1 : 0), ("joined", p.IsJoined ? 1 : 0), ("joining", p.IsJoining ? 1 : 0), ("lacks", p.Lacks ? 1 : 0)]);

    private IEnumerable<Measurement<long>> ReadBuckets() => OfPeers("direction", static p => [("in", p.BucketsWanted), ("out", p.BucketsOwed)]);

    private IEnumerable<Measurement<long>> ReadRecords() => OfPeers("kind", static p =>
        [("sent", p.Counters.RecordsSent), ("joined", p.Counters.RecordsJoined), ("resent", p.Counters.RecordsResent), ("received", p.Counters.RecordsReceived), ("impossible", p.Counters.RecordsImpossible)]);

    private IEnumerable<Measurement<long>> ReadDropped() => OfPeers("kind", static p => [("refreshes", p.Counters.RefreshesDropped), ("changes", p.Counters.ChangesDropped)]);

    private IEnumerable<Measurement<long>> ReadExceptions() => Several("result", static s =>
        [("stale", s.Counters.Stale), ("conflict", s.Counters.Conflicts), ("refused", s.Counters.Refused), ("full", s.Counters.Full), ("restored", s.Counters.Restored)]);

    private IEnumerable<Measurement<long>> ReadRefusals() => Several("reason", static s => s.Refusals.Select(static r => (NameOf(r.Key.ToString()), r.Value)));

    private IEnumerable<Measurement<long>> ReadProblems() => Several("problem", static s => s.Problems.Select(static p => (NameOf(p.Key.ToString()), p.Value)));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    /// <summary><c>NotPinned</c> as <c>not_pinned</c>.</summary>
    private static string NameOf(string name) =>
        string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
