namespace Loxi.Ha.Sync.Engine;

/// <summary>How it stands with a peer.</summary>
/// <param name="Id">Its number.</param>
/// <param name="IsLive">Its live stream is open, on both sides.</param>
/// <param name="IsBulk">Its bulk stream is.</param>
/// <param name="IsJoined">All that it had when it opened the stream has come.</param>
/// <param name="Incarnation">Its run; 0 before it was heard.</param>
/// <param name="Term">The term that it said last.</param>
/// <param name="Backlog">Changes that wait for it.</param>
/// <param name="InFlight">Changes that it has not acknowledged.</param>
/// <param name="Lag">How long the oldest of these has waited; zero when there is none.</param>
/// <param name="LastLag">How long the last change that it acknowledged took from here into its table.</param>
/// <param name="BucketsWanted">Buckets that are awaited from it.</param>
/// <param name="BucketsOwed">Buckets that it awaits.</param>
/// <param name="Counters">What was counted.</param>
public readonly record struct SyncPeerStatus(
    byte Id,
    bool IsLive,
    bool IsBulk,
    bool IsJoined,
    ulong Incarnation,
    uint Term,
    int Backlog,
    int InFlight,
    TimeSpan Lag,
    TimeSpan LastLag,
    int BucketsWanted,
    int BucketsOwed,
    SyncPeerCounters Counters)
{
    /// <summary>Whether it counts as alive: <see cref="SyncEngine{TKey, TValue}.SetAlive"/>.</summary>
    public bool IsAlive { get; init; }

    /// <summary>Whether it does not have yet all that this node had when it opened the stream.</summary>
    public bool IsJoining { get; init; }

    /// <summary>How many entries it does not have, at most: changes that wait, and all that is in buckets that it awaits.</summary>
    public int Missing { get; init; }

    /// <summary>Whether its table lacks entries that it was told of, by its last frame: what they need is not there, or it is full.</summary>
    public bool Lacks { get; init; }
}
