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

    /// <summary>R10: what the witness granted.</summary>
    /// <param name="name">The group.</param>
    /// <param name="releases">How often the lease had been given back when it was asked.</param>
    /// <param name="until">Until when the lease is held; zero for not.</param>
    /// <param name="now">The time.</param>
    public bool WitnessHeld(string name, long releases, TimeSpan until, TimeSpan now)
    {
        if (_groups.Find(g => g.Name == name) is not { } group || group.Releases != releases)
        {
            return false;
        }

        group.Core.WitnessHeld(until, now, _actions);
        Execute(group, ToNanoseconds(now));
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

    /// <summary>R12: BFD says no more that the paths to a peer's address are down.</summary>
    public bool PathUp(InternetAddress peer, string? interfaceName)
    {
        foreach (var path in _paths.Where(path => path.Address == peer && (interfaceName is null || path.Settings.Interface is null || path.Settings.Interface == interfaceName)))
        {
            _groups.ForEach(group => group.Core.PathUp(path.Peer.Id, path.Slot));
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
