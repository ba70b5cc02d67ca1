using Loxi.Ha.Sync.Engine;

namespace Loxi.Sim.Sync;

/// <summary>
/// The connection table of a data plane, as docs/dataplane.md describes its import: by version, both directions together. The value of an entry is what its other direction is found by.
/// </summary>
internal sealed class TableModel
{
    public readonly record struct Entry(uint Value, ulong Version, TimeSpan Seen, TimeSpan Changed);

    public SortedDictionary<ulong, Entry> Entries { get; } = [];

    public Dictionary<uint, ulong> Reverse { get; } = [];

    /// <summary>New entries of others have no room.</summary>
    public bool IsFull { get; set; }

    /// <summary>Half of the services are not there.</summary>
    public bool LacksServices { get; set; }

    /// <summary>Entries that gave way to an import: told as removed.</summary>
    public List<(ulong Key, ulong Version)> GaveWay { get; } = [];

    public bool TryAdd(ulong key, uint value, ulong version, TimeSpan now)
    {
        if (Entries.ContainsKey(key) || !Reverse.TryAdd(value, key))
        {
            return false;
        }

        Entries.Add(key, new Entry(value, version, now, now));
        return true;
    }

    public void Remove(ulong key)
    {
        Reverse.Remove(Entries[key].Value);
        Entries.Remove(key);
    }

    public SyncOutcome Import(in SyncRecord<ulong, uint> record, TimeSpan now)
    {
        var key = record.Key;
        var isThere = Entries.TryGetValue(key, out var entry);
        switch (record.Operation)
        {
            case SyncOperation.Refresh:
                if (isThere)
                {
                    var seen = now - record.Age;
                    Entries[key] = entry with { Seen = seen > entry.Seen ? seen : entry.Seen };
                }

                return SyncOutcome.Applied;
            case SyncOperation.Delete:
                if (isThere && record.Version.Value < entry.Version)
                {
                    return SyncOutcome.Stale;
                }

                if (isThere)
                {
                    Remove(key);
                }

                return SyncOutcome.Applied;
            default:
                return Put(record, isThere, entry, now);
        }
    }

    /// <summary>I15: each entry is found from both sides, and nothing else is.</summary>
    public string? Halves()
    {
        foreach (var (key, entry) in Entries)
        {
            if (!Reverse.TryGetValue(entry.Value, out var back) || back != key)
            {
                return $"entry {key} has no reverse entry {entry.Value}";
            }
        }

        return Reverse.Count == Entries.Count ? null : $"{Reverse.Count} reverse entries, {Entries.Count} entries";
    }

    private SyncOutcome Put(in SyncRecord<ulong, uint> record, bool isThere, Entry entry, TimeSpan now)
    {
        var version = record.Version.Value;
        if (isThere && version <= entry.Version)
        {
            return SyncOutcome.Stale;
        }

        if (LacksServices && record.Value % 2 == 0)
        {
            return SyncOutcome.Unknown;
        }

        if (IsFull && !isThere)
        {
            return SyncOutcome.Full;
        }

        if (Reverse.TryGetValue(record.Value, out var other) && other != record.Key)
        {
            if (Entries[other].Version >= version)
            {
                return SyncOutcome.Conflict;
            }

            GaveWay.Add((other, Entries[other].Version));
            Remove(other);
        }

        if (isThere)
        {
            Remove(record.Key);
        }

        Entries[record.Key] = new Entry(record.Value, version, now - record.Age, now);
        Reverse[record.Value] = record.Key;
        return SyncOutcome.Applied;
    }
}
