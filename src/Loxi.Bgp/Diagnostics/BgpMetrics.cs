using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Loxi.Bgp.Diagnostics;

/// <summary>The speaker's peers and routes as a meter. They are read when somebody collects them.</summary>
public sealed class BgpMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Bgp";

    // One collection asks for every instrument: they shall be of one moment.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);

    private readonly Meter _meter;
    private readonly BgpSpeaker _speaker;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private (ImmutableArray<BgpPeerReport> Peers, BgpSpeakerStatus Speaker)? _read;
    private long _readAt;

    /// <summary>Makes the meter; it has no instruments until <see cref="Start"/>.</summary>
    /// <param name="meters">Where to make it.</param>
    /// <param name="speaker">What to measure.</param>
    /// <param name="time">Says how long a reading serves; null for the system's.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public BgpMetrics(IMeterFactory meters, BgpSpeaker speaker, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(speaker);
        _meter = meters.Create(MeterName);
        _speaker = speaker;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Makes the instruments: sessions, messages, prefixes and errors of each peer; announcements, routes and refused connections of the speaker.</summary>
    public void Start()
    {
        _meter.CreateObservableGauge("loxi.bgp.peers", ReadStates, "{peer}", "Peers by state of their session.");
        _meter.CreateObservableGauge("loxi.bgp.peer.up", () => OfPeers(static p => p.State == BgpState.Established ? 1 : 0), "1", "1 when the session is Established, else 0.");
        _meter.CreateObservableGauge("loxi.bgp.peer.uptime", ReadUptimes, "s", "How long the session has been Established.");
        _meter.CreateObservableCounter("loxi.bgp.peer.established", () => OfPeers(static p => p.Counters.Established), "{session}", "Sessions that were Established.");
        _meter.CreateObservableCounter("loxi.bgp.peer.messages", ReadMessages, "{message}", "Messages by direction and type.");
        _meter.CreateObservableGauge("loxi.bgp.prefixes", ReadPrefixes, "{prefix}", "Prefixes of a peer by family and kind.");
        _meter.CreateObservableCounter("loxi.bgp.errors", ReadErrors, "{message}", "Malformed messages by reaction (RFC 7606).");
        _meter.CreateObservableGauge("loxi.bgp.announcements", () => OfSpeaker(static s => s.Advertisements), "{prefix}", "Prefixes that shall be announced.");
        _meter.CreateObservableCounter("loxi.bgp.repairs", () => OfSpeaker(static s => s.RepairedAnnouncements), "{prefix}", "Announcements that were not as they should be, and were put right.");
        _meter.CreateObservableGauge("loxi.bgp.routes", ReadRoutes, "{prefix}", "Prefixes with a best route, by family.");
        _meter.CreateObservableCounter("loxi.bgp.strangers", () => OfSpeaker(static s => s.RefusedConnections), "{connection}", "Connections of addresses that are no peers.");
    }

    private (ImmutableArray<BgpPeerReport> Peers, BgpSpeakerStatus Speaker) Read()
    {
        lock (_gate)
        {
            if (_read is not { } read || _time.GetElapsedTime(_readAt) >= Fresh)
            {
                _read = read = (_speaker.ReadPeers(), _speaker.ReadStatus());
                _readAt = _time.GetTimestamp();
            }

            return read;
        }
    }

    private IEnumerable<Measurement<long>> OfSpeaker(Func<BgpSpeakerStatus, long> value) => [new(value(Read().Speaker))];

    private IEnumerable<Measurement<long>> OfPeers(Func<BgpPeerReport, long> value) => Read().Peers.Select(p => new Measurement<long>(value(p), TagsOf(p)));

    private IEnumerable<Measurement<long>> ReadStates()
    {
        var peers = Read().Peers;
        return Enum.GetValues<BgpState>().Select(state => new Measurement<long>(peers.Count(p => p.State == state), new KeyValuePair<string, object?>("state", NameOf(state.ToString()))));
    }

    private IEnumerable<Measurement<double>> ReadUptimes() =>
        Read().Peers.Where(static p => p.State == BgpState.Established).Select(static p => new Measurement<double>(p.InState.TotalSeconds, TagsOf(p)));

    private IEnumerable<Measurement<long>> ReadMessages()
    {
        foreach (var peer in Read().Peers)
        {
            var counters = peer.Counters;
            foreach (var (direction, type, value) in new[]
            {
                ("in", "all", counters.MessagesReceived), ("in", "update", counters.UpdatesReceived), ("in", "notification", counters.NotificationsReceived), ("in", "route_refresh", counters.RefreshesReceived),
                ("out", "all", counters.MessagesSent), ("out", "update", counters.UpdatesSent), ("out", "notification", counters.NotificationsSent), ("out", "route_refresh", counters.RefreshesSent),
            })
            {
                yield return new Measurement<long>(value, [.. TagsOf(peer), new("direction", direction), new("type", type)]);
            }
        }
    }

    private IEnumerable<Measurement<long>> ReadPrefixes()
    {
        foreach (var peer in Read().Peers)
        {
            foreach (var family in peer.Families)
            {
                foreach (var (kind, value) in new[]
                {
                    ("received", family.Received), ("accepted", family.Accepted), ("advertised", family.Advertised), ("pending", family.Pending), ("stale", family.Stale), ("missing", family.OwnMissing),
                })
                {
                    yield return new Measurement<long>(value, [.. TagsOf(peer), new("family", NameOf(family.Family.ToString())), new("kind", kind)]);
                }
            }
        }
    }

    private IEnumerable<Measurement<long>> ReadErrors()
    {
        foreach (var peer in Read().Peers)
        {
            yield return new Measurement<long>(peer.Counters.AttributesDiscarded, [.. TagsOf(peer), new("reaction", "attribute_discard")]);
            yield return new Measurement<long>(peer.Counters.TreatedAsWithdrawn, [.. TagsOf(peer), new("reaction", "treat_as_withdraw")]);
        }
    }

    private IEnumerable<Measurement<long>> ReadRoutes() => Read().Speaker.Routes.Select(static r => new Measurement<long>(r.Value, new KeyValuePair<string, object?>("family", NameOf(r.Key.ToString()))));

    private static KeyValuePair<string, object?>[] TagsOf(BgpPeerReport peer) => [new("peer", peer.Key.ToString())];

    /// <summary><c>OpenSent</c> as <c>open_sent</c>.</summary>
    private static string NameOf(string name) =>
        string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
