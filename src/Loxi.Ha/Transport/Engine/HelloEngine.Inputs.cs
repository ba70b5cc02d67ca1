using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Roles;
using Loxi.Linux;

namespace Loxi.Ha.Transport.Engine;

/// <content>What others say to the role cores.</content>
internal sealed partial class HelloEngine
{
    public bool VipsProbed(GroupRun group, ImmutableArray<IPAddress> answered, TimeSpan now)
    {
        if (!group.IsRemoved)
        {
            group.Core.VipsProbed(answered, now, _actions);
            Execute(group, ToNanoseconds(now));
        }

        return true;
    }

    public bool BarrierPassed(GroupRun group, ushort peer, TimeSpan now)
    {
        if (!group.IsRemoved)
        {
            group.Core.BarrierPassed(peer, now, _actions);
            Execute(group, ToNanoseconds(now));
        }

        return true;
    }

    /// <summary>R2: the paths to a peer's address went down.</summary>
    public bool PathDown(InternetAddress peer, string? interfaceName, long at, TimeSpan now)
    {
        foreach (var path in _paths)
        {
            if (path.Address != peer || (interfaceName is not null && path.Settings.Interface is not null && path.Settings.Interface != interfaceName))
            {
                continue;
            }

            foreach (var group in _groups)
            {
                group.Core.PathDown(path.Peer.Id, path.Slot, ToTime(at), now, _actions);
                Execute(group, ToNanoseconds(now));
            }
        }

        return true;
    }

    /// <summary>Has something done with the core of a group.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <param name="name">The group.</param>
    /// <param name="now">The time.</param>
    /// <param name="function">What to do; the actions are done afterwards.</param>
    /// <exception cref="ArgumentException">There is no such group.</exception>
    public T With<T>(string name, TimeSpan now, Func<GroupRun, List<RoleAction>, T> function)
    {
        var group = _groups.Find(g => g.Name == name) ?? throw new ArgumentException($"VIP group '{name}': expected one of {string.Join(", ", _groups.Select(static g => g.Name))}.", nameof(name));
        var result = function(group, _actions);
        Execute(group, ToNanoseconds(now));
        return result;
    }

    /// <summary>Has something done with the cores of all groups.</summary>
    public bool WithAll(TimeSpan now, Action<GroupRun, List<RoleAction>> function)
    {
        foreach (var group in _groups)
        {
            function(group, _actions);
            Execute(group, ToNanoseconds(now));
        }

        return true;
    }
}
