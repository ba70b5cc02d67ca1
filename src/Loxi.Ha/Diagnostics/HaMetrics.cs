using System.Diagnostics.Metrics;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;

namespace Loxi.Ha.Diagnostics;

/// <summary>The speaker's counters as a meter. They are read from its thread when somebody collects them.</summary>
public sealed class HaMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Loxi.Ha";

    // One collection asks for every instrument: they shall be of one moment.
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly RoleSpeaker _speaker;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private RoleSpeakerStatus? _read;
    private long _readAt;

    /// <summary>Makes the meter; it has no instruments until <see cref="Start"/>.</summary>
    /// <param name="meters">Where to make it.</param>
    /// <param name="speaker">What to measure.</param>
    /// <param name="time">Says how long a reading serves; null for the system's.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public HaMetrics(IMeterFactory meters, RoleSpeaker speaker, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(speaker);
        _meter = meters.Create(MeterName);
        _speaker = speaker;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Makes the instruments: role and term of each VIP group, HELLOs of each path, what was thrown away, authentication, lateness.</summary>
    public void Start()
    {
        _meter.CreateObservableGauge("loxi.ha.group.role", ReadRoles, "1", "1 for the role that the node has in the VIP group, else 0.");
        _meter.CreateObservableGauge("loxi.ha.group.term", () => OfGroups(static g => (long)g.Term), "{term}", "The term of the role, or the greatest that is known.");
        _meter.CreateObservableGauge("loxi.ha.unauthenticated", () => OfSpeaker(static s => s.Authentication != HelloAuthenticationMode.Enforce && s.Peers.Length > 0 ? 1L : 0), "1", "1 while HELLOs that are not authenticated are heard, else 0.");
        _meter.CreateObservableGauge("loxi.ha.peer.heard", () => OfPeers(static p => p.IsHeard ? 1 : 0), "1", "1 when a HELLO of the node came within the dead-man time, else 0.");
        _meter.CreateObservableCounter("loxi.ha.path.hellos", ReadPaths, "{datagram}", "HELLO datagrams heard and HELLOs sent on a path, by direction.");
        _meter.CreateObservableGauge("loxi.ha.path.round_trip", ReadRoundTrips, "s", "The last measured time to the peer and back.");
        _meter.CreateObservableCounter("loxi.ha.path.send.errors", () => OfPaths(static p => p.SendErrors), "{datagram}", "HELLOs that the system would not send.");
        _meter.CreateObservableCounter("loxi.ha.discards", ReadDiscards, "{datagram}", "Datagrams that were thrown away, by reason; of strangers' a sample.");
        _meter.CreateObservableCounter("loxi.ha.datagrams.lost", () => OfSpeaker(static s => s.Lost), "{datagram}", "HELLOs lost because a receive buffer was full.");
        _meter.CreateObservableCounter("loxi.ha.datagrams.unread", () => OfSpeaker(static s => s.Unread), "{datagram}", "Datagrams of strangers that were not read.");
        _meter.CreateObservableCounter("loxi.ha.wakes", () => OfSpeaker(static s => s.Wakes), "{wake}", "Times that the thread woke up.");
        _meter.CreateObservableCounter("loxi.ha.wakes.late", () => OfSpeaker(static s => s.LateWakes), "{wake}", "Times that it did so later than half an interval.");
        _meter.CreateObservableGauge("loxi.ha.lateness.max", () => OfSpeaker(static s => s.GreatestLateness.TotalSeconds), "s", "The greatest lateness.");
    }

    private RoleSpeakerStatus? Read()
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
                var status = _speaker.ReadStatusAsync();
                if (status.Wait(Patience))
                {
                    _read = status.Result;
                    _readAt = _time.GetTimestamp();
                }
            }
            catch (AggregateException e) when (e.InnerExceptions.All(static inner => inner is ObjectDisposedException or InvalidOperationException))
            {
                // It has not begun, or has ended, and there is nothing to measure.
            }

            return _read;
        }
    }

    private IEnumerable<Measurement<T>> OfSpeaker<T>(Func<RoleSpeakerStatus, T> value)
        where T : struct => Read() is { } read ? [new Measurement<T>(value(read))] : [];

    private IEnumerable<Measurement<long>> OfGroups(Func<RoleGroupStatus, long> value) =>
        Read() is { } read ? read.Groups.Select(g => new Measurement<long>(value(g), Tag("group", g.Name))) : [];

    private IEnumerable<Measurement<long>> OfPeers(Func<RolePeerStatus, long> value) =>
        Read() is { } read ? read.Peers.Select(p => new Measurement<long>(value(p), Tag("peer", p.NodeId))) : [];

    private IEnumerable<Measurement<long>> OfPaths(Func<RolePathStatus, long> value) =>
        Read() is { } read ? read.Peers.SelectMany(peer => peer.Paths.Select(path => new Measurement<long>(value(path), TagsOf(peer, path)))) : [];

    private IEnumerable<Measurement<long>> ReadRoles() => Read() is { } read
        ? read.Groups.SelectMany(static g => Enum.GetValues<HelloRole>().Select(role => new Measurement<long>(g.Role == role ? 1 : 0, Tag("group", g.Name), Tag("role", NameOf(role.ToString())))))
        : [];

    private IEnumerable<Measurement<long>> ReadPaths() => Read() is { } read
        ? read.Peers.SelectMany(static peer => peer.Paths.SelectMany(path => (Measurement<long>[])
            [new(path.Received, [.. TagsOf(peer, path), Tag("direction", "in")]), new(path.Sent, [.. TagsOf(peer, path), Tag("direction", "out")])]))
        : [];

    private IEnumerable<Measurement<double>> ReadRoundTrips() => Read() is { } read
        ? read.Peers.SelectMany(static peer => peer.Paths.Where(static p => p.RoundTrip is not null).Select(path => new Measurement<double>(path.RoundTrip!.Value.TotalSeconds, TagsOf(peer, path))))
        : [];

    private IEnumerable<Measurement<long>> ReadDiscards() => Read() is { } read
        ? read.Discards.Select(static d => new Measurement<long>(d.Value, Tag("reason", NameOf(d.Key.ToString()))))
        : [];

    private static KeyValuePair<string, object?>[] TagsOf(RolePeerStatus peer, RolePathStatus path) =>
        [Tag("peer", peer.NodeId), Tag("address", path.Path.PeerAddress.ToString()), Tag("interface", path.Path.Interface ?? "")];

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);

    /// <summary><c>UnknownPeer</c> as <c>unknown_peer</c>.</summary>
    private static string NameOf(string name) =>
        string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
