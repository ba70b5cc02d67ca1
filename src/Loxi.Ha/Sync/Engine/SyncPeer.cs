using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <summary>What is known of a peer.</summary>
internal sealed class SyncPeer<TKey, TValue>(byte id, int number)
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    public readonly byte Id = id;
    public readonly ulong Bit = 1UL << number;
    public readonly SyncStream<TKey, TValue> Live = new();
    public readonly SyncStream<TKey, TValue> Bulk = new();

    /// <summary>Slots whose latest state goes next, in the order in which they first changed.</summary>
    public ItemQueue Pending = new();

    /// <summary>Slots that went and are not acknowledged.</summary>
    public ItemQueue InFlight = new();

    /// <summary>A former <see cref="Pending"/>, to be used again.</summary>
    public ItemQueue Spare = new();

    public readonly ItemQueue BucketsInFlight = new();

    /// <summary>Buckets that go by the bulk channel.</summary>
    public readonly BucketSet Resend = new();

    /// <summary>Buckets of which changes were dropped; they go when the backlog is small again.</summary>
    public readonly BucketSet Dirty = new();

    /// <summary>Buckets with entries of which is to be told that they are in use.</summary>
    public readonly BucketSet Refresh = new();

    /// <summary>Buckets that the peer was, or shall be, asked for.</summary>
    public readonly BucketSet Wanted = new();
    public readonly BucketSet WantNew = new();

    /// <summary>The request in which the peer asked for a bucket, and in which it was asked for one.</summary>
    public readonly uint[] Rounds = new uint[ConnectionBuckets.Count];
    public readonly uint[] WantRounds = new uint[ConnectionBuckets.Count];
    public uint WantRound;

    public ulong Incarnation;
    public uint Term;

    /// <summary>Changes are kept for it.</summary>
    public bool Tracked;

    /// <summary>All that it had when it opened the stream has come.</summary>
    public bool Joined;

    /// <summary>This run of it has asked for everything, which each does first: before, nothing is known of what it has.</summary>
    public bool Asked;

    /// <summary>It has asked for everything and does not have it yet.</summary>
    public bool Joining;

    /// <summary>It is said to be alive.</summary>
    public bool Told;

    /// <summary>It is said not to be: then its stream alone, on which nothing comes, does not make it so.</summary>
    public bool ToldGone;

    /// <summary>When a frame of it came last.</summary>
    public long HeardAt;

    /// <summary>It serves, by its last frame.</summary>
    public bool Serves = true;

    /// <summary>It is to be told whether this node serves.</summary>
    public bool TellServes;

    /// <summary>Its table lacks entries, by its last notice.</summary>
    public bool Lacks;

    /// <summary>Kinds of entries that this run of it knows, by its notice.</summary>
    public uint Kinds = 1;

    /// <summary>This stream has told it of this node's kinds and, last, of what its table lacks.</summary>
    public bool ToldNotice;
    public bool ToldLacks;

    public bool WasOpen;
    public long ClosedAt;

    public long DigestAt;
    public bool DigestDue;
    public int DigestOwner;
    public int DigestFirst;

    /// <summary>The bucket that is being sent, where in it, and how much of a bucket of refreshes went.</summary>
    public int BulkBucket = -1;
    public int BulkSlot = -1;
    public int RefreshSkip;

    public ulong Enqueued;
    public long LastLag;
    public SyncPeerCounters Counters;

    public SyncStream<TKey, TValue> Stream(Wire.SyncChannel channel) => channel == Wire.SyncChannel.Live ? Live : Bulk;
}
