using System.Collections.Concurrent;
using Loxi.Core.Connections;
using Loxi.Ha.Roles;

namespace Loxi.Node.Ha;

/// <summary>What the roles of all groups say to sync. May be called from any thread.</summary>
internal sealed class SyncRoles
{
    private readonly ConcurrentDictionary<string, (HelloRole Role, ulong Term)> _groups = new(StringComparer.Ordinal);
    private uint _term;

    /// <summary>Whether this node serves any group.</summary>
    public bool Serves => _groups.Values.Any(static g => g.Role == HelloRole.Master);

    /// <summary>The highest term there was: it does not go back with a group that goes.</summary>
    public uint Term => Volatile.Read(ref _term);

    /// <summary>The groups as they are now, for <see cref="Keep"/>.</summary>
    public KeyValuePair<string, (HelloRole Role, ulong Term)>[] Known => _groups.ToArray();

    public void Set(string group, HelloRole role, ulong term)
    {
        _groups[group] = (role, term);
        var own = (uint)Math.Min(term, ConnectionVersion.MaxTerm);
        for (var seen = Term; seen < own; seen = Term)
        {
            Interlocked.CompareExchange(ref _term, own, seen);
        }
    }

    /// <summary>Drops groups that are gone. One of which was heard meanwhile stays.</summary>
    /// <param name="known">The groups before the names were read.</param>
    /// <param name="names">The groups that are there.</param>
    /// <returns>Whether any was dropped.</returns>
    public bool Keep(IEnumerable<KeyValuePair<string, (HelloRole Role, ulong Term)>> known, IEnumerable<string> names)
    {
        var there = names.ToHashSet(StringComparer.Ordinal);
        var isAnyGone = false;
        foreach (var group in known)
        {
            isAnyGone |= !there.Contains(group.Key) && _groups.TryRemove(group);
        }

        return isAnyGone;
    }
}
