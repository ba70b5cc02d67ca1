using System.Runtime.InteropServices;
using Loxi.Core.Connections;

namespace Loxi.Ha.Sync.Engine;

/// <summary>
/// Keeps a table of entries alike on several nodes (docs/ha-sync.md). Pure: it has no socket and reads no clock; every method takes the time, of one monotonic clock. One thread at a time.
/// The table itself is the caller's: what happens in it is told by <see cref="Put"/>, <see cref="Delete"/> and <see cref="Expire"/>; what others say is in <see cref="Incoming"/> until it was put there.
/// </summary>
/// <remarks>
/// Streams: <see cref="Open"/> when a connection is made, <see cref="Receive"/> for each frame of it, <see cref="Write"/> as long as it gives frames, <see cref="Close"/> when it ends. After each <see cref="Receive"/>,
/// <see cref="Tick"/> and <see cref="EndRead"/> take <see cref="Incoming"/>, put it into the table and call <see cref="Applied"/>. <see cref="Tick"/> at least every 100 ms; where <see cref="TakeReads"/> gives buckets, read them from the table.
/// Nothing is allocated for a record once the arrays have their size.
/// </remarks>
/// <typeparam name="TKey">The key of an entry.</typeparam>
/// <typeparam name="TValue">The value of an entry.</typeparam>
public sealed partial class SyncEngine<TKey, TValue>
    where TKey : unmanaged, IEquatable<TKey>
    where TValue : unmanaged
{
    /// <summary>Peers at most.</summary>
    public const int MostPeers = 64;

    private readonly SyncSettings _settings;
    private readonly ISyncSchema<TKey, TValue> _schema;
    private readonly ulong _incarnation;

    // How often each node was taken away. When it is a peer again, nothing is known of what it had: it sees a new run, and asks for everything.
    private readonly uint[] _removals = new uint[byte.MaxValue + 1];
    private readonly SyncRules _rules;
    private readonly uint _kinds;
    private readonly Slab<TKey, TValue> _slab;
    private readonly ulong[]?[] _sums = new ulong[256 * ISyncSchema<TKey, TValue>.MostKinds][];

    /// <summary>Entries of each bucket that are there.</summary>
    private readonly int[] _live = new int[ConnectionBuckets.Count];
    private readonly SyncPeer<TKey, TValue>?[] _byId = new SyncPeer<TKey, TValue>[256];
    private readonly List<SyncPeer<TKey, TValue>> _peers = [];
    private SlotList _tombstones = SlotList.Empty;
    private SlotList _parked = SlotList.Empty;
    private SyncCounters _counters;
    private uint _term;
    private bool _serves = true;

    /// <summary>An entry once had no room here: what this node does not have is not gone.</summary>
    private bool _incomplete;

    /// <summary>Makes an engine without peers and entries.</summary>
    /// <param name="settings">Its constants.</param>
    /// <param name="schema">What it must know of the entries.</param>
    /// <param name="incarnation">The run of the process: greater with every start, not 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range, or the incarnation is 0.</exception>
    /// <exception cref="ArgumentException">The schema has no kind 0, or more than there can be.</exception>
    public SyncEngine(SyncSettings settings, ISyncSchema<TKey, TValue> schema, ulong incarnation)
        : this(settings, schema, incarnation, SyncRules.All)
    {
    }

    internal SyncEngine(SyncSettings settings, ISyncSchema<TKey, TValue> schema, ulong incarnation, SyncRules rules)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfZero(incarnation);
        settings.Check();
        _settings = settings;
        _schema = schema;
        _incarnation = incarnation;
        _rules = rules;
        _kinds = schema.Kinds;
        if ((_kinds & 1) == 0 || _kinds >> ISyncSchema<TKey, TValue>.MostKinds != 0)
        {
            throw new ArgumentException($"Kinds {_kinds:x}: expected bit 0 and no bit above {ISyncSchema<TKey, TValue>.MostKinds - 1}.", nameof(schema));
        }

        _slab = new Slab<TKey, TValue>(settings.MaxEntries);
    }

    /// <summary>The constants.</summary>
    public SyncSettings Settings => _settings;

    /// <summary>What it has and has counted.</summary>
    public SyncCounters Counters => _counters with { Entries = _slab.Count - _tombstones.Count, Tombstones = _tombstones.Count, Parked = _parked.Count };

    /// <summary>The term that this node says in its frames.</summary>
    /// <param name="term">0 to <see cref="ConnectionVersion.MaxTerm"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="term"/> has more than 24 bits.</exception>
    public void SetTerm(uint term)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(term, ConnectionVersion.MaxTerm);
        _term = term;
    }

    /// <summary>
    /// Says whether this node serves: whether the entries are in use here. One that does not never expires an entry while a peer is alive; what a live peer that serves keeps does not expire either.
    /// At first it serves.
    /// </summary>
    /// <param name="serves">Whether it does.</param>
    public void SetServing(bool serves)
    {
        foreach (var peer in _peers)
        {
            peer.TellServes |= serves != _serves;
        }

        _serves = serves;
    }

    /// <summary>Adds a peer.</summary>
    /// <param name="peer">Its number.</param>
    /// <exception cref="ArgumentException">It is this node, or was added before.</exception>
    /// <exception cref="InvalidOperationException">There are <see cref="MostPeers"/> already.</exception>
    public void AddPeer(byte peer)
    {
        if (peer == _settings.NodeId || _byId[peer] is not null)
        {
            throw new ArgumentException($"Peer {peer}: expected another node than this one ({_settings.NodeId}), once.", nameof(peer));
        }

        var used = 0UL;
        foreach (var other in _peers)
        {
            used |= other.Bit;
        }

        if (used == ulong.MaxValue)
        {
            throw new InvalidOperationException($"Peer {peer}: expected at most {MostPeers} peers.");
        }

        var added = new SyncPeer<TKey, TValue>(peer, System.Numerics.BitOperations.TrailingZeroCount(~used));
        _byId[peer] = added;
        _peers.Add(added);
    }

    /// <summary>Takes a peer away. What it keeps is kept by nobody then.</summary>
    /// <param name="peer">Its number.</param>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public void RemovePeer(byte peer)
    {
        var removed = PeerOf(peer);
        Untrack(removed);
        _peers.Remove(removed);
        _byId[peer] = null;
        _removals[peer]++;
    }

    /// <summary>
    /// Says whether a peer is alive, by what is heard of it elsewhere. One of which nobody says anything is while its live stream is open. One that is said to be gone is as long as frames come by that
    /// stream, and for <see cref="SyncSettings.Grace"/> after the last: a process that hangs keeps its connections, because the kernel acknowledges for it.
    /// </summary>
    /// <param name="peer">Its number.</param>
    /// <param name="isAlive">Whether it is.</param>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public void SetAlive(byte peer, bool isAlive)
    {
        var p = PeerOf(peer);
        p.Told = isAlive;
        p.ToldGone = !isAlive;
        if (!isAlive)
        {
            // No grace for one that is known to be gone.
            p.ClosedAt = long.MinValue / 2;
        }
    }

    /// <summary>Whether this node has what its live peers had, and hears their changes: it can take over without losing any connection.</summary>
    /// <param name="now">The time.</param>
    /// <returns>True when it is; also when no peer is alive.</returns>
    public bool IsReady(TimeSpan now)
    {
        foreach (var peer in _peers)
        {
            if (IsAlive(peer, now.Ticks) && !(peer.Joined && (peer.Live.Runs || InGrace(peer, now.Ticks))))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How it stands with a peer.</summary>
    /// <param name="peer">Its number.</param>
    /// <param name="now">The time.</param>
    /// <returns>The status.</returns>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public SyncPeerStatus Status(byte peer, TimeSpan now)
    {
        var p = PeerOf(peer);
        var oldest = p.InFlight.Count > 0 ? p.InFlight.First.At : p.Pending.Count > 0 ? p.Pending.First.At : now.Ticks;
        return new SyncPeerStatus(
            p.Id,
            p.Live.Runs,
            p.Bulk.Runs,
            p.Joined,
            p.Incarnation,
            p.Term,
            p.Pending.Count,
            p.InFlight.Count,
            new TimeSpan(now.Ticks - oldest),
            new TimeSpan(p.LastLag),
            p.Wanted.Count,
            p.Resend.Count + p.Dirty.Count + p.BucketsInFlight.Count + (p.BulkBucket >= 0 ? 1 : 0),
            p.Counters)
        {
            IsAlive = IsAlive(p, now.Ticks),
            IsJoining = !p.Tracked || !p.Asked || p.Joining,
            Missing = MissingAt(p),
            Lacks = p.Lacks,
        };
    }

    /// <summary>A mark behind all that has changed so far, for <see cref="HasPassed"/>.</summary>
    /// <param name="peer">For which peer.</param>
    /// <returns>The mark.</returns>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public ulong Barrier(byte peer) => PeerOf(peer).Enqueued;

    /// <summary>Whether all that had changed before a barrier is in the peer's table (R8).</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="barrier">What <see cref="Barrier"/> gave for it.</param>
    /// <returns>True when it is; false while the peer has no open stream or joins.</returns>
    /// <exception cref="ArgumentException">There is no such peer.</exception>
    public bool HasPassed(byte peer, ulong barrier)
    {
        var p = PeerOf(peer);
        var oldest = p.InFlight.Count > 0 ? p.InFlight.First.Order : p.Pending.Count > 0 ? p.Pending.First.Order : ulong.MaxValue;
        return p.Live.Runs && p.Tracked && p.Asked && !p.Joining && oldest > barrier && p.Resend.Count == 0 && p.Dirty.Count == 0 && p.BucketsInFlight.Count == 0 && p.BulkBucket < 0;
    }

    /// <summary>Looks an entry up.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="version">Its version; also of one that is gone and remembered.</param>
    /// <returns>True when it is there.</returns>
    public bool TryGet(in TKey key, out TValue value, out ConnectionVersion version)
    {
        var slot = _slab.Find(key);
        value = slot >= 0 ? _slab[slot].Value : default;
        version = new ConnectionVersion(slot >= 0 ? _slab[slot].Version : 0);
        return slot >= 0 && _slab[slot].IsLive;
    }

    /// <summary>The sum over all buckets of all owners: equal where two nodes have the same entries in the same versions.</summary>
    /// <returns>64 bits.</returns>
    public ulong Digest()
    {
        var digest = 0UL;
        foreach (var sums in _sums)
        {
            for (var bucket = 0; sums is not null && bucket < sums.Length; bucket++)
            {
                digest += sums[bucket];
            }
        }

        return digest;
    }

    private bool Has(SyncRules rule) => (_rules & rule) != 0;

    private SyncPeer<TKey, TValue> PeerOf(byte peer) => _byId[peer] ?? throw new ArgumentException($"Peer {peer}: expected one that was added.", nameof(peer));

    private bool IsAlive(SyncPeer<TKey, TValue> peer, long now) =>
        peer.Told || (peer.Live.Runs && (!peer.ToldGone || now - peer.HeardAt < _settings.Grace.Ticks || !Has(SyncRules.Hanging))) || InGrace(peer, now);

    private bool InGrace(SyncPeer<TKey, TValue> peer, long now) => peer.WasOpen && now - peer.ClosedAt < _settings.Grace.Ticks;

    private bool IsAlive(byte node, long now) => _byId[node] is { } peer && IsAlive(peer, now);

    /// <summary>Adds an entry to its sum, or takes it off.</summary>
    private void Count(in Slot<TKey, TValue> slot, bool isThere)
    {
        ref var sums = ref _sums[(slot.Kind << 8) | slot.Owner];
        sums ??= new ulong[ConnectionBuckets.Count];
        var hash = (slot.Hash + (slot.Version * 0xD134_2543_DE82_EF95)) * 0x9E37_79B9_7F4A_7C15;
        hash = (hash ^ (hash >> 32)) * 0xBF58_476D_1CE4_E5B9;
        hash ^= hash >> 29;
        sums[slot.Bucket] = isThere ? sums[slot.Bucket] + hash : sums[slot.Bucket] - hash;
        _live[slot.Bucket] += isThere ? 1 : -1;
    }

    private ReadOnlySpan<SyncPeer<TKey, TValue>> Peers => CollectionsMarshal.AsSpan(_peers);
}
