namespace Loxi.Ha.Sync.Engine;

/// <summary>Constants of a <see cref="SyncEngine{TKey, TValue}"/>.</summary>
public sealed record SyncSettings
{
    /// <summary>Number of this node, as in the versions that it makes.</summary>
    public required byte NodeId { get; init; }

    /// <summary>What must be equal on all nodes, e.g. the number of port slices. A peer that says otherwise is refused.</summary>
    /// <value>Default: 0.</value>
    public uint Layout { get; init; }

    /// <summary>Entries at most, those that are gone and remembered included.</summary>
    /// <value>1 to 134,217,728. Default: 2,097,152.</value>
    public int MaxEntries { get; init; } = 1 << 21;

    /// <summary>Changes that wait for one peer at most. From half of it refreshes are dropped, from three quarters deletions; beyond it buckets are marked to be sent whole.</summary>
    /// <value>4 to 134,217,728. Default: 262,144.</value>
    public int Backlog { get; init; } = 1 << 18;

    /// <summary>Changes at most that one peer has not acknowledged; more wait, and the latest state of an entry wins.</summary>
    /// <value>1 to 134,217,728. Default: 65,536.</value>
    public int Window { get; init; } = 1 << 16;

    /// <summary>How often sums of all buckets go to each peer.</summary>
    /// <value>More than zero. Default: 30 s.</value>
    public TimeSpan DigestPeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long what is gone is remembered, so that nothing older brings it back.</summary>
    /// <value>More than zero. Default: 60 s.</value>
    public TimeSpan TombstoneTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often some buckets of the table are read, to compare them and to find what is in use.</summary>
    /// <value>More than zero. Default: 500 ms.</value>
    public TimeSpan SweepPeriod { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many buckets are read at a time.</summary>
    /// <value>1 to 4,096. Default: 64.</value>
    public int SweepBuckets { get; init; } = 64;

    /// <summary>How often entries that the table did not take are tried again.</summary>
    /// <value>More than zero. Default: 1 s.</value>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a peer whose stream has closed counts as there: what ends a stream may be what ends the peer, and who was ready to take over still is.</summary>
    /// <value>Zero or more. Default: 3 s.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(3);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxEntries, 1, nameof(MaxEntries));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxEntries, 1 << 27, nameof(MaxEntries));
        ArgumentOutOfRangeException.ThrowIfLessThan(Backlog, 4, nameof(Backlog));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Backlog, 1 << 27, nameof(Backlog));
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1, nameof(Window));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Window, 1 << 27, nameof(Window));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DigestPeriod, TimeSpan.Zero, nameof(DigestPeriod));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TombstoneTime, TimeSpan.Zero, nameof(TombstoneTime));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SweepPeriod, TimeSpan.Zero, nameof(SweepPeriod));
        ArgumentOutOfRangeException.ThrowIfLessThan(SweepBuckets, 1, nameof(SweepBuckets));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SweepBuckets, Core.Connections.ConnectionBuckets.Count, nameof(SweepBuckets));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryPeriod, TimeSpan.Zero, nameof(RetryPeriod));
        ArgumentOutOfRangeException.ThrowIfLessThan(Grace, TimeSpan.Zero, nameof(Grace));
    }
}
