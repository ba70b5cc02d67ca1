using System.Collections.Immutable;
using Loxi.Ha.Roles;

namespace Loxi.Ha.Transport.Engine;

/// <summary>What the operator was told of a group, and what of it still holds. Bounded: kinds of alarms times peers.</summary>
internal sealed class GroupAlarms
{
    /// <summary>How often it is looked whether alarms are over.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<(RoleAlarm Alarm, ushort? Peer), Entry> _told = [];
    private TimeSpan _lookAt;
    private int _open;

    /// <summary>An alarm was told.</summary>
    public void Note(RoleAlarm alarm, ushort? peer, TimeSpan now)
    {
        if (!_told.TryGetValue((alarm, peer), out var entry))
        {
            entry = _told[(alarm, peer)] = new Entry();
        }

        entry.Count++;
        if (!entry.IsOpen)
        {
            (entry.IsOpen, entry.Since) = (true, now);
            _open++;
        }
    }

    /// <summary>Whether it is time to look for what is over.</summary>
    public bool IsDue(TimeSpan now) => _open > 0 && now >= _lookAt;

    /// <summary>Closes what is over.</summary>
    /// <returns>What that was.</returns>
    public List<(RoleAlarm Alarm, ushort? Peer)> Look(RoleCore core, TimeSpan now)
    {
        _lookAt = now + LookInterval;
        var over = new List<(RoleAlarm, ushort?)>();
        foreach (var (key, entry) in _told)
        {
            if (entry.IsOpen && !core.Lasts(key.Alarm, key.Peer ?? 0, now))
            {
                entry.IsOpen = false;
                _open--;
                over.Add(key);
            }
        }

        return over;
    }

    public ImmutableArray<RoleAlarmStatus> Read() => _open == 0
        ? []
        : [.. _told.Where(static told => told.Value.IsOpen).OrderBy(static told => told.Key).Select(static told => new RoleAlarmStatus(told.Key.Alarm, told.Key.Peer, told.Value.Since, told.Value.Count))];

    private sealed class Entry
    {
        public bool IsOpen { get; set; }

        public TimeSpan Since { get; set; }

        public long Count { get; set; }
    }
}
