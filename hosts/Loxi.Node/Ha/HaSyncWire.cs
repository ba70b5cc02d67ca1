using System.Collections.Immutable;
using System.Globalization;
using Loxi.Api.V1;
using Loxi.Core.Connections;
using Loxi.Ha.Roles;
using Loxi.Ha.Sync.Speaker;

namespace Loxi.Node.Ha;

/// <summary>How connections are kept like those of other nodes, and what a failover would lose. Pure.</summary>
internal static class HaSyncWire
{
    private const int MostNames = 5;

    public static HaSync? Of(SyncSpeakerStatus? sync) => sync is null ? null : new HaSync
    {
        Ready = sync.IsReady,
        Problem = sync.IsReady ? null : string.Join("; ", sync.Peers.Where(static p => p.Engine.IsAlive).Select(ProblemOfJoin).OfType<string>()) is { Length: > 0 } why ? why : "it begins",
        Pin = sync.Pin.ToString(),
        Entries = sync.Counters.Entries,
        Parked = sync.Counters.Parked,
        Refusals = sync.Refusals.Values.Sum(),
        LastRefusal = Of(sync.LastStranger),
    };

    public static HaPeerSync? Of(SyncSpeakerStatus? sync, ushort node)
    {
        if (sync?.Peers.FirstOrDefault(p => p.Engine.Id == node) is not { Engine: var engine } peer)
        {
            return null;
        }

        return new HaPeerSync
        {
            State = !engine.IsLive ? "closed" : engine.IsJoined && !engine.IsJoining ? "ready" : "joining",
            Problem = ProblemOf(peer),
            Live = engine.IsLive,
            Bulk = engine.IsBulk,
            Remote = peer.Live.Remote,
            Lag = (long)engine.Lag.TotalMicroseconds,
            LastLag = (long)engine.LastLag.TotalMicroseconds,
            Backlog = (long)engine.Backlog + engine.InFlight,
            Missing = engine.Missing,
            PartsAwaited = engine.BucketsWanted,
            PartsOwed = engine.BucketsOwed,
            Lacks = engine.Lacks,
            Sent = engine.Counters.RecordsSent,
            Received = engine.Counters.RecordsReceived,
            Resent = engine.Counters.RecordsResent,
            LastRefusal = Of(peer.LastRefusal),
        };
    }

    /// <summary>What would be lost if a node that serves failed now, as far as this node knows; null for nothing.</summary>
    public static string? LossOf(HaReading reading)
    {
        if (reading.Sync is not { } sync)
        {
            return "established connections: they are not synchronised";
        }

        var groups = reading.Roles.Groups;
        var others = groups.Select(static g => g.Master).OfType<ushort>().Where(node => node != reading.Roles.NodeId).Distinct().Order().ToArray();
        string?[] losses =
        [
            others.Length == 0 || groups.Any(static g => g.Role == HelloRole.Master) ? LossOfThisNode(reading, sync) : null,
            others.Length == 0 || groups.Any(static g => g.Role == HelloRole.Master) ? LossOfTables(reading, sync) : null,
            .. others.Select(node => LossOf(sync, node)),
            others.Length != 0 && sync.Counters.Parked > 0 ? Text($"{sync.Counters.Parked} established connections that are not in the table of this node: it lacks their service, or is full") : null,
            LossByNature(OwnSources.ServicesOf(reading.Services)),
        ];
        return string.Join("; and ", losses.OfType<string>()) is { Length: > 0 } loss ? loss : null;
    }

    /// <summary>What the others could not go on with. Who has joined may take over, so the worst of them counts.</summary>
    private static string? LossOfThisNode(HaReading reading, SyncSpeakerStatus sync)
    {
        var heard = reading.Roles.Peers.Where(static p => p.IsHeard).Select(static p => p.NodeId).ToHashSet();
        var there = sync.Peers.Where(p => p.Engine is { IsLive: true, IsAlive: true } && heard.Contains(p.Engine.Id)).Select(static p => p.Engine).ToArray();
        var joined = there.Where(static p => !p.IsJoining).OrderByDescending(static p => p.Missing).ToArray();
        return (joined, there.OrderBy(static p => p.Missing).ToArray()) switch
        {
            ([], []) => "established connections: no other node has them",
            ([], [{ Missing: > 0 } best, ..]) => Text($"up to {best.Missing} established connections: {best.BucketsOwed} of {ConnectionBuckets.Count} parts of them are not at another node yet"),
            ([{ BucketsOwed: > 0, Missing: > 0 } worst, ..], _) => Text($"up to {worst.Missing} established connections: {worst.BucketsOwed} of {ConnectionBuckets.Count} parts of them are sent to node {worst.Id} again"),
            ([{ Missing: > 0 } worst, ..], _) => Text($"{worst.Missing} changes of established connections, which are not at node {worst.Id} yet; the oldest waits for {worst.Lag.TotalMilliseconds:0.#} ms"),
            _ => null,
        };
    }

    /// <summary>What the others were told, and their tables did not take.</summary>
    private static string? LossOfTables(HaReading reading, SyncSpeakerStatus sync) =>
        sync.Peers.FirstOrDefault(p => p.Engine is { IsLive: true, IsAlive: true, IsJoining: false, Lacks: true } && reading.Roles.Peers.Any(heard => heard.IsHeard && heard.NodeId == p.Engine.Id)) is { } lacks
            ? Text($"established connections that are not in the table of node {lacks.Engine.Id}: it lacks their service, or is full (loxictl get ha there)")
            : null;

    /// <summary>What this node could not go on with of another one that serves.</summary>
    private static string? LossOf(SyncSpeakerStatus sync, ushort node) => sync.Peers.FirstOrDefault(p => p.Engine.Id == node) switch
    {
        null => Text($"established connections of node {node}: this node has no pin of it"),
        { Engine: { IsLive: true, IsJoined: true, BucketsWanted: 0 } } => null,
        { Engine: { IsLive: true, BucketsWanted: var parts } } => Text($"established connections of node {node}: {parts} of {ConnectionBuckets.Count} parts of them are not here"),
        { Engine.IsJoined: true } => Text($"what has changed of established connections of node {node} since its stream ended"),
        _ => Text($"established connections of node {node}: none of them are here"),
    };

    /// <summary>What no table can help.</summary>
    private static string? LossByNature(ImmutableArray<string> services) => services.IsEmpty ? null
        : Text($"connections of {services.Length} services whose endpoints see the own address of the node ({string.Join(", ", services.Take(MostNames))}{(services.Length > MostNames ? ", ..." : "")}): give them a source pool");

    private static string? ProblemOf(SyncSpeakerPeerStatus peer) => peer.Engine switch
    {
        { IsLive: false } => ProblemOfStream(peer),
        { IsAlive: false } => "it is not heard, and nothing comes by its stream: its process hangs",
        { IsJoined: false } => ProblemOfJoin(peer),
        { IsJoining: true, BucketsOwed: var parts } => Text($"{parts} of {ConnectionBuckets.Count} parts of this node's table are not there yet"),
        { Lacks: true } => "its table lacks connections that it was told of: services that it does not have, or no room (loxictl get ha there)",
        _ => null,
    };

    /// <summary>Why this node is not ready because of a peer.</summary>
    private static string? ProblemOfJoin(SyncSpeakerPeerStatus peer) => peer.Engine switch
    {
        { IsLive: false } => Text($"no stream with node {peer.Engine.Id}: {ProblemOfStream(peer)}"),
        { IsJoined: false, BucketsWanted: var parts } => Text($"{parts} of {ConnectionBuckets.Count} parts of the table of node {peer.Engine.Id} are not here yet"),
        _ => null,
    };

    private static string ProblemOfStream(SyncSpeakerPeerStatus peer) => peer.LastRefusal is { } refusal ? $"{refusal.Text} ({refusal.Remote})" : peer.Live.LastEnd ?? "there was no connection yet";

    private static HaSyncRefusal? Of(SyncRefusalStatus? refusal) => refusal is null ? null : new HaSyncRefusal { Time = refusal.Time, Reason = HaNames.Of(refusal.Refusal), Remote = refusal.Remote, Text = refusal.Text };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
