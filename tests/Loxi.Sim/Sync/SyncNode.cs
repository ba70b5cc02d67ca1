using Loxi.Core.Connections;
using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Sim.Sync;

/// <summary>An engine and its table; what a thin transport and a data plane do between them.</summary>
internal sealed class SyncNode
{
    private readonly byte[] _frame = new byte[SyncFrame.LongestLength];
    private readonly KeySchema _schema;
    private readonly SyncSettings _settings;
    private readonly SyncRules _rules;
    private readonly Dictionary<ulong, ulong> _known = [];
    private readonly Dictionary<ulong, ulong> _gone = [];

    public SyncNode(SyncSettings settings, TimeSpan timeout, SyncRules rules = SyncRules.All, uint kinds = 1)
    {
        _schema = new KeySchema(timeout, kinds);
        _settings = settings;
        _rules = rules;
        Timeout = timeout;
    }

    public byte Id => _settings.NodeId;

    public TimeSpan Timeout { get; }

    /// <summary>Null while the process does not run.</summary>
    public SyncEngine<ulong, uint>? Engine { get; private set; }

    public TableModel Table { get; private set; } = new();

    public uint Term { get; set; } = 1;

    public ulong Incarnation { get; private set; }

    /// <summary>Its clock against that of the run.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>What happens in the table is not told; only the bucket is.</summary>
    public bool LosesEvents { get; set; }

    public string? Violation { get; set; }

    public TimeSpan Clock(TimeSpan now) => now + Offset;

    /// <summary>Starts the process; with a table that outlived the former one it is told to the engine.</summary>
    public void Start(TimeSpan now, IEnumerable<byte> peers)
    {
        Engine = new SyncEngine<ulong, uint>(_settings, _schema, ++Incarnation, _rules);
        Engine.SetTerm(Term);
        foreach (var peer in peers)
        {
            Engine.AddPeer(peer);
        }

        _known.Clear();
        _gone.Clear();
        foreach (var (key, entry) in Table.Entries)
        {
            Tell(key, entry, now);
        }
    }

    /// <summary>Ends the process; the table stays.</summary>
    public void Kill() => Engine = null;

    /// <summary>Ends the machine.</summary>
    public void Crash()
    {
        Engine = null;
        Table = new TableModel();
    }

    /// <summary>A connection is made here.</summary>
    public bool Create(ulong key, uint value, TimeSpan now)
    {
        // docs/dataplane.md: the counter begins with the clock, and goes on from what is known to the table.
        var version = new ConnectionVersion(Term, Id, (uint)(now.TotalMilliseconds * 10) + 1).Value;
        if (!Table.TryAdd(key, value, version, now))
        {
            return false;
        }

        Tell(key, Table.Entries[key], now);
        return true;
    }

    /// <summary>A connection goes into another state here.</summary>
    public void Change(ulong key, TimeSpan now)
    {
        var entry = Table.Entries[key];
        var version = Math.Max(entry.Version, new ConnectionVersion(Term, Id, 0).Value) + 1;
        Table.Entries[key] = entry with { Version = version, Seen = now, Changed = now };
        Tell(key, Table.Entries[key], now);
    }

    /// <summary>A packet of a connection comes by here.</summary>
    public void Use(ulong key, TimeSpan now) => Table.Entries[key] = Table.Entries[key] with { Seen = now };

    /// <summary>A connection is closed here.</summary>
    public void Remove(ulong key, TimeSpan now)
    {
        var version = Table.Entries[key].Version;
        Table.Remove(key);
        TellGone(key, version, false, now);
    }

    /// <summary>Connections that nothing was heard of for their time go.</summary>
    public void Expire(TimeSpan now)
    {
        foreach (var (key, entry) in Table.Entries.Where(e => now - e.Value.Seen > Timeout).ToArray())
        {
            Table.Remove(key);
            TellGone(key, entry.Version, true, now);
        }
    }

    /// <summary>What the process does all the time.</summary>
    public void Step(TimeSpan now)
    {
        var clock = Clock(now);
        Engine!.Tick(clock);
        Apply(now);
        var buckets = new ConnectionBuckets();
        if (Engine.TakeReads(buckets, clock) > 0)
        {
            Engine.BeginRead(clock);
            foreach (var (key, entry) in Table.Entries)
            {
                if (buckets.Contains((int)((uint)_schema.HashOf(key) >> 20)))
                {
                    Engine.Read(key, entry.Value, new ConnectionVersion(entry.Version), now - entry.Seen, clock);
                    Note(key);
                }
            }

            Engine.EndRead(buckets, clock);
            Apply(now);
        }
    }

    /// <summary>Puts what others say into the table.</summary>
    public void Apply(TimeSpan now)
    {
        var records = Engine!.Incoming.ToArray();
        var outcomes = new SyncOutcome[records.Length];
        for (var i = 0; i < records.Length; i++)
        {
            Check(records[i]);
            outcomes[i] = Table.Import(records[i], now);
        }

        Engine.Applied(outcomes, Clock(now));
        foreach (var (key, version) in Table.GaveWay)
        {
            TellGone(key, version, false, now);
        }

        Table.GaveWay.Clear();
        foreach (var record in records)
        {
            Note(record.Key);
        }
    }

    public byte[]? Write(byte peer, SyncChannel channel, TimeSpan now)
    {
        var length = Engine!.Write(peer, channel, _frame, Clock(now));
        return length == 0 ? null : _frame[..length];
    }

    public SyncFrameProblem Receive(byte peer, SyncChannel channel, byte[] frame, TimeSpan now)
    {
        var problem = Engine!.Receive(peer, channel, frame, Clock(now));
        Apply(now);
        return problem;
    }

    private void Tell(ulong key, TableModel.Entry entry, TimeSpan now)
    {
        if (LosesEvents)
        {
            Engine?.MarkDirty((int)((uint)_schema.HashOf(key) >> 20));
        }
        else
        {
            Engine?.Put(key, entry.Value, new ConnectionVersion(entry.Version), now - entry.Seen, Clock(now));
            Note(key);
        }
    }

    private void TellGone(ulong key, ulong version, bool expired, TimeSpan now)
    {
        if (LosesEvents)
        {
            Engine?.MarkDirty((int)((uint)_schema.HashOf(key) >> 20));
            return;
        }

        if (expired)
        {
            Engine?.Expire(key, new ConnectionVersion(version), Clock(now));
        }
        else
        {
            Engine?.Delete(key, new ConnectionVersion(version), Clock(now));
        }

        Note(key);
    }

    /// <summary>I9: what was deleted does not come back by what others say.</summary>
    private void Check(in SyncRecord<ulong, uint> record)
    {
        if (record.Operation == SyncOperation.Put && _gone.TryGetValue(record.Key, out var version) && record.Version.Value <= version)
        {
            Violation ??= $"I9: node {Id} puts entry {record.Key} back, {record.Version}, that was gone with {new ConnectionVersion(version)}";
        }
    }

    /// <summary>I8: what is known of an entry is never older than before.</summary>
    private void Note(ulong key)
    {
        if (Engine is null)
        {
            return;
        }

        var isThere = Engine.TryGet(key, out _, out var version);
        if (version.Value == 0)
        {
            // Remembered for long enough, and forgotten.
            _known.Remove(key);
            return;
        }

        if (_known.TryGetValue(key, out var before) && version.Value < before)
        {
            Violation ??= $"I8: node {Id} goes back to {version} of entry {key} from {new ConnectionVersion(before)}";
        }

        _known[key] = Math.Max(version.Value, before);
        if (!isThere)
        {
            _gone[key] = version.Value;
        }
    }
}
