using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Loxi.Bfd.Diagnostics;

/// <summary>The speaker's counters as a meter. They are read from its thread when somebody collects them.</summary>
public sealed class BfdMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Bfd";

    // One collection asks for every instrument: they shall be of one moment.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly BfdSpeaker _speaker;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private (ImmutableArray<BfdSessionReport> Sessions, BfdSpeakerStatus Speaker)? _read;
    private long _readAt;

    /// <summary>Makes the meter; it has no instruments until <see cref="Start"/>.</summary>
    /// <param name="meters">Where to make it.</param>
    /// <param name="speaker">What to measure.</param>
    /// <param name="time">Says how long a reading serves; null for the system's.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public BfdMetrics(IMeterFactory meters, BfdSpeaker speaker, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(speaker);
        _meter = meters.Create(MeterName);
        _speaker = speaker;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Makes the instruments: state, changes, packets, discards, send errors and lateness of each session; and of the speaker what was lost, refused and late.</summary>
    public void Start()
    {
        _meter.CreateObservableGauge("loxi.bfd.sessions", ReadStates, "{session}", "Sessions by state.");
        _meter.CreateObservableGauge("loxi.bfd.session.up", () => OfSessions(static s => s.Status.State == BfdState.Up ? 1 : 0), "1", "1 when the session is up, else 0.");
        _meter.CreateObservableCounter("loxi.bfd.session.transitions", () => OfSessions(static s => s.Status.TransitionCount), "{change}", "Changes of state.");
        _meter.CreateObservableGauge("loxi.bfd.session.detection_time", ReadDetectionTimes, "s", "Detection time in force.");
        _meter.CreateObservableCounter("loxi.bfd.session.packets", ReadPackets, "{packet}", "Control packets accepted and made, by direction.");
        _meter.CreateObservableCounter("loxi.bfd.session.discards", ReadSessionDiscards, "{packet}", "Packets of a session that were discarded, by reason.");
        _meter.CreateObservableCounter("loxi.bfd.session.send.errors", () => OfSessions(static s => s.SendErrors), "{packet}", "Packets that the system would not send.");
        _meter.CreateObservableCounter("loxi.bfd.session.late", () => OfSessions(static s => (long)s.Status.LateSteps), "{wake}", "Times that the speaker came later than half the detection time.");
        _meter.CreateObservableCounter("loxi.bfd.discards", ReadDiscards, "{packet}", "Packets that belong to no session, by reason; of what the kernel refuses a sample.");
        _meter.CreateObservableCounter("loxi.bfd.datagrams.lost", () => OfSpeaker(static s => s.LostDatagrams), "{packet}", "Packets for sessions lost because a receive buffer was full.");
        _meter.CreateObservableCounter("loxi.bfd.datagrams.unread", () => OfSpeaker(static s => s.UnreadDatagrams), "{packet}", "Packets that the kernel refused or held back and that were not read.");
        _meter.CreateObservableCounter("loxi.bfd.wakes", () => OfSpeaker(static s => s.Wakes), "{wake}", "Times that the speaker's thread woke up.");
        _meter.CreateObservableCounter("loxi.bfd.wakes.late", () => OfSpeaker(static s => s.LateWakes), "{wake}", "Times that it did so later than half a detection time.");
        _meter.CreateObservableGauge("loxi.bfd.lateness.max", () => OfSpeaker(static s => s.GreatestLateness.TotalSeconds), "s", "The greatest lateness while a session was up.");
        _meter.CreateObservableCounter("loxi.bfd.collection.pause", () => OfSpeaker(static s => s.CollectionPause.TotalSeconds), "s", "Time that garbage collections took of late wakes.");
    }

    private (ImmutableArray<BfdSessionReport> Sessions, BfdSpeakerStatus Speaker)? Read()
    {
        lock (_gate)
        {
            if (_read is not null && _time.GetElapsedTime(_readAt) < Fresh)
            {
                return _read;
            }

            _read = null;
            try
            {
                // Collecting is synchronous, and the speaker's thread answers within its next wake.
                var (sessions, speaker) = (_speaker.ReadSessionsAsync(), _speaker.ReadStatusAsync());
                if (Task.WaitAll([sessions, speaker], Patience))
                {
                    _read = (sessions.Result, speaker.Result);
                    _readAt = _time.GetTimestamp();
                }
            }
            catch (AggregateException e) when (e.InnerExceptions.All(static inner => inner is ObjectDisposedException))
            {
                // It has ended, and there is nothing to measure.
            }

            return _read;
        }
    }

    private IEnumerable<Measurement<T>> OfSpeaker<T>(Func<BfdSpeakerStatus, T> value)
        where T : struct => Read() is { } read ? [new Measurement<T>(value(read.Speaker))] : [];

    private IEnumerable<Measurement<long>> OfSessions(Func<BfdSessionReport, long> value) =>
        Read() is { } read ? read.Sessions.Select(s => new Measurement<long>(value(s), TagsOf(s))) : [];

    private IEnumerable<Measurement<long>> ReadStates() => Read() is { } read
        ? Enum.GetValues<BfdState>().Select(state => new Measurement<long>(read.Sessions.Count(s => s.Status.State == state), new KeyValuePair<string, object?>("state", NameOf(state.ToString()))))
        : [];

    private IEnumerable<Measurement<double>> ReadDetectionTimes() => Read() is { } read
        ? read.Sessions.Where(static s => s.Status.DetectionTime != Timeout.InfiniteTimeSpan).Select(static s => new Measurement<double>(s.Status.DetectionTime.TotalSeconds, TagsOf(s)))
        : [];

    private IEnumerable<Measurement<long>> ReadPackets()
    {
        foreach (var session in Read()?.Sessions ?? [])
        {
            yield return new Measurement<long>((long)session.Status.ReceivedPackets, [.. TagsOf(session), new("direction", "in")]);
            yield return new Measurement<long>((long)session.Status.TransmittedPackets, [.. TagsOf(session), new("direction", "out")]);
        }
    }

    private IEnumerable<Measurement<long>> ReadSessionDiscards()
    {
        foreach (var session in Read()?.Sessions ?? [])
        {
            for (var reason = 0; reason < session.Status.Discards.Length; reason++)
            {
                if (session.Status.Discards[reason] != 0)
                {
                    yield return new Measurement<long>((long)session.Status.Discards[reason], [.. TagsOf(session), new("reason", NameOf(((BfdDiscardReason)reason).ToString()))]);
                }
            }
        }
    }

    private IEnumerable<Measurement<long>> ReadDiscards() => Read() is { } read
        ? read.Speaker.Discards.Select(static d => new Measurement<long>((long)d.Value, new KeyValuePair<string, object?>("reason", NameOf(d.Key.ToString()))))
        : [];

    private static KeyValuePair<string, object?>[] TagsOf(BfdSessionReport session) =>
        [new("peer", session.Key.PeerAddress.ToString()), new("local", session.Key.LocalAddress?.ToString() ?? ""), new("interface", session.Key.Interface ?? ""), new("kind", NameOf(session.Key.Kind.ToString()))];

    /// <summary><c>NeighborSignaledDown</c> as <c>neighbor_signaled_down</c>.</summary>
    private static string NameOf(string name) =>
        string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
