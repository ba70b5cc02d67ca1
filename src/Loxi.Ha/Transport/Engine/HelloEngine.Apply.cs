using Loxi.Ha.Roles;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <content>Other settings.</content>
internal sealed partial class HelloEngine
{
    /// <summary>Puts settings in force.</summary>
    /// <param name="plan">What is different, with sockets open and gates set up.</param>
    /// <param name="now">The time.</param>
    public bool Apply(EnginePlan plan, TimeSpan now)
    {
        var nanoseconds = ToNanoseconds(now);
        var settings = plan.Settings;
        _settings = settings;
        foreach (var port in plan.NewPorts)
        {
            _ports.Add(port);
            Poller.Add(port.Peers);
            Poller.Add(port.Strangers);
            Poller.Watch(port.Strangers, !_areStrangersHeld);
        }

        _interval = ToNanoseconds(settings.Interval);
        SetPeers(plan);
        SetGroups(plan, now);
        _ports.ForEach(port => port.Select(_paths, settings.Authentication.Mode == HelloAuthenticationMode.Bootstrap));
        _nextHello = _paths.Count == 0 ? long.MaxValue : Math.Min(_nextHello, nanoseconds + _interval);
        _nextStore = _paths.Count == 0 ? long.MaxValue : Math.Min(_nextStore, nanoseconds + StoreInterval);
        _helloDue = _paths.Count > 0;
        return true;
    }

    /// <summary>Takes the index of a link that was made anew; -1 when it is not there.</summary>
    public static bool SetInterface(HelloPath path, int index)
    {
        var changes = path.InterfaceIndex != index;
        path.InterfaceIndex = index;
        return changes;
    }

    private void SetPeers(EnginePlan plan)
    {
        var old = _peers.ToArray();
        _peers.Clear();
        _paths.Clear();
        foreach (var desired in plan.Settings.Peers)
        {
            var peer = Array.Find(old, p => p.Id == desired.NodeId);
            if (peer is null)
            {
                peer = new HelloPeer(desired.NodeId);
                if (plan.Stored.TryGetValue(desired.NodeId, out var stored))
                {
                    peer.Restore(stored.Incarnation, stored.Sequence);
                }
            }

            SetPaths(peer, desired, plan);
            _peers.Add(peer);
            _paths.AddRange(peer.Paths);
        }

        foreach (var gone in old)
        {
            if (!_peers.Contains(gone))
            {
                // Added again it is a new one.
                var id = gone.Id;
                _keeper.Post(state => state.Peers.Remove(id));
            }
        }
    }

    private void SetPaths(HelloPeer peer, RolePeer desired, EnginePlan plan)
    {
        var paths = new List<HelloPath>();
        foreach (var settings in desired.Paths)
        {
            if (peer.Paths.Find(p => p.Settings == settings) is { } kept)
            {
                paths.Add(kept);
            }
        }

        foreach (var gone in peer.Paths)
        {
            if (!paths.Contains(gone))
            {
                _groups.ForEach(group => group.Core.ForgetPath(peer.Id, gone.Slot));
            }
        }

        foreach (var settings in desired.Paths)
        {
            if (!paths.Exists(p => p.Settings == settings))
            {
                var slot = Enumerable.Range(0, RolePeer.MostPaths).First(s => !paths.Exists(p => p.Slot == s));
                paths.Add(new HelloPath(peer, settings, slot) { InterfaceIndex = settings.Interface is null ? 0 : plan.Interfaces.GetValueOrDefault(settings.Interface, -1) });
            }
        }

        peer.Paths = paths;
    }

    private void SetGroups(EnginePlan plan, TimeSpan now)
    {
        var nanoseconds = ToNanoseconds(now);
        var core = plan.Settings.ToCore();
        core = core with { Witness = plan.WitnessMargin is not null && core.Source == RoleSource.Peers, WitnessMargin = plan.WitnessMargin is { } margin && margin > core.DeadMan ? margin : core.DeadMan };
        for (var i = _groups.Count - 1; i >= 0; i--)
        {
            var group = _groups[i];
            if (plan.Settings.Groups.All(g => g.Name != group.Name))
            {
                Remove(group);
                _groups.RemoveAt(i);
            }
        }

        foreach (var desired in plan.Settings.Groups)
        {
            var group = _groups.Find(g => g.Name == desired.Name);
            if (group is null)
            {
                group = new GroupRun(desired, new RoleCore(core with { Gates = HasGates(plan.Settings) }, _incarnation)) { HasGate = plan.Gates && HasGates(plan.Settings) };
                _groups.Add(group);
                group.Core.SetQuality(group.Health, desired.Priority, group.ConfigHash);
                group.Core.Start(plan.Memories.GetValueOrDefault(desired.Name) ?? new RoleMemory(), now, _actions);
                Execute(group, nanoseconds);
                continue;
            }

            group.Settings = desired;
            group.Core.SetQuality(group.Health, desired.Priority, group.ConfigHash);
            group.Core.Change(core with { Gates = group.Core.Settings.Gates }, now, _actions);
            Execute(group, nanoseconds);
        }
    }

    /// <summary>R7: a node that nobody tells its role has no gates.</summary>
    internal static bool HasGates(RoleSpeakerSettings settings) => settings.Source != RoleSource.None;

    private void Remove(GroupRun group)
    {
        group.IsRemoved = true;
        if (group.Core.Announces)
        {
            Tell(new EngineEvent { Group = group, Action = new RoleAction { Kind = RoleActionKind.StopAnnouncing } });
        }
    }
}
