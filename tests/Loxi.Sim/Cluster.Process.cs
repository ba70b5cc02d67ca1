using System.Collections.Immutable;
using System.Net;
using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <content>The process about a core: what it does with actions, how it starts and ends.</content>
internal sealed partial class Cluster
{
    private static readonly ImmutableArray<IPAddress> _vip = [IPAddress.Parse("192.0.2.1")];
    private int _leaseHolder = -1;
    private long _leaseUntil;

    private long LeaseMargin => Math.Max(TimeSpan.TicksPerSecond, 3 * _s.Interval);

    private void Start(SimNode node)
    {
        if (node.Core is { } old)
        {
            if (!old.State.Stopping)
            {
                return;
            }

            End(node);
        }

        node.Epoch++;
        node.Pauses = 0;
        node.Inbox.Clear();
        node.Waiting.Clear();
        node.HeardIncarnation = new ulong[_nodes.Length];
        node.HeardSequence = new ulong[_nodes.Length * _s.Paths];
        node.Vips = false;
        node.OpenedUntil = TimeSpan.Zero;
        node.NotDurable = false;
        node.Sequence = 0;
        node.Incarnation++;
        var core = new RoleCore(_settings[node.Index], node.Incarnation, _rules);
        node.Core = core;
        var now = Time(node);
        core.Start(new RoleMemory { Ceiling = node.Ceiling, Term = node.Term, PinnedTerm = node.PinnedTerm, PinnedNodeId = (ushort)node.Index, PinnedAnswerUntil = node.PinnedUntil, Pinned = node.Pinned }, now, _actions);
        foreach (var (id, canForward) in node.Tracked)
        {
            core.SetFault(id, true, canForward, now, _actions);
        }

        Execute(node);
        var loaded = node.Random.Between(0, 5 * _s.Interval);
        var ready = loaded + node.Random.Between(0, 10 * _s.Interval);
        _queue.Add(new SimEvent { At = _now + loaded, Kind = EventKind.Ready, Node = (byte)node.Index, Epoch = node.Epoch, Number = 0 });
        _queue.Add(new SimEvent { At = _now + ready, Kind = EventKind.Ready, Node = (byte)node.Index, Epoch = node.Epoch, Number = 1 });
        node.HelloAt = _now;
        _queue.Add(new SimEvent { At = _now + _s.Interval, Kind = EventKind.SendHello, Node = (byte)node.Index, Epoch = node.Epoch });
        NextTick(node);
        Changed();
        Finish(node);
        _watch.Note($"{node.Name} starts: {core.Role}");
    }

    /// <summary>The process is gone.</summary>
    private void End(SimNode node)
    {
        node.Core = null;
        node.Epoch++;
        node.Pauses = 0;
        node.Inbox.Clear();
        node.Waiting.Clear();
        Changed();
        WatchByBfd(node.Index);
    }

    /// <summary>The machine is gone.</summary>
    private void Crash(SimNode node)
    {
        node.MachineEpoch++;
        node.Vips = false;
        node.GateUntil = 0;
        node.PinnedTerm = 0;
        node.PinnedUntil = TimeSpan.Zero;
        node.BootAt = _now;
        node.BootTime = node.Random.Between(1, 20) * TimeSpan.TicksPerSecond;
        End(node);
    }

    /// <summary>SIGCONT: first what waits, then what is due (R6).</summary>
    private void Continue(SimNode node)
    {
        foreach (var (hello, path, at) in node.Inbox)
        {
            Hear(node, hello, path, at);
        }

        node.Inbox.Clear();
        var waiting = node.Waiting.ToArray();
        node.Waiting.Clear();
        var timers = false;
        foreach (var what in waiting)
        {
            if (what.Kind is not (EventKind.SendHello or EventKind.Tick) && node.Core is { } running)
            {
                Local(node, running, what);
            }
        }

        foreach (var what in waiting)
        {
            timers |= what.Kind == EventKind.SendHello;
        }

        if (node.Core is not { } core)
        {
            return;
        }

        core.Tick(Time(node), _actions);
        Execute(node);
        if (node.Core is null)
        {
            return;
        }

        NextTick(node);
        if (timers)
        {
            node.HelloAt = _now;
            _queue.Add(new SimEvent { At = _now, Kind = EventKind.SendHello, Node = (byte)node.Index, Epoch = node.Epoch });
        }

        Finish(node);
    }

    /// <summary>Does what a core wants, in its order; what is done may want more done.</summary>
    private void Execute(SimNode node)
    {
        var stopped = false;
        for (var k = 0; k < _actions.Count; k++)
        {
            var action = _actions[k];
            _coverage.Count(action);
            switch (action.Kind)
            {
                case RoleActionKind.SendHello:
                    node.HelloDue = true;
                    break;
                case RoleActionKind.SetGates:
                    SetGates(node, action);
                    break;
                case RoleActionKind.Announce:
                    node.Vips = true;
                    _watch.Announced(node);
                    break;
                case RoleActionKind.StopAnnouncing:
                    node.Vips = false;
                    _watch.Announced(node);
                    break;
                case RoleActionKind.Transition:
                    if (action.Transition.To == HelloRole.Master)
                    {
                        Later(node, EventKind.Written, node.Random.Between(1, 50) * Ms, number: action.Transition.Term, path: 1);
                    }

                    _watch.Changed(node, action.Transition);
                    break;
                case RoleActionKind.Alarm:
                    node.NotDurable |= action.Alarm == RoleAlarm.TermNotDurable;
                    break;
                case RoleActionKind.ReserveTerms:
                    Reserve(node, action.Number);
                    break;
                case RoleActionKind.RememberPin:
                    node.Pinned = action.Number != 0;
                    break;
                case RoleActionKind.ProbePeer:
                    for (ulong n = 0; n < action.Number; n++)
                    {
                        Later(node, EventKind.Ask, action.After.Ticks * (long)n, action.Peer);
                    }

                    break;
                case RoleActionKind.ProbeVips:
                    Later(node, EventKind.Probed, 150 * Ms);
                    break;
                case RoleActionKind.SendBarrier when Works(node.Index, action.Peer) && Works(action.Peer, node.Index):
                    Later(node, EventKind.Barrier, node.Random.Between(1, 50) * Ms, action.Peer);
                    break;
                case RoleActionKind.AcquireWitness:
                    Acquire(node);
                    break;
                case RoleActionKind.ReleaseWitness:
                    node.Lease++;
                    if (_leaseHolder == node.Index && node.WitnessCut == 0)
                    {
                        _leaseHolder = -1;
                    }

                    break;
                case RoleActionKind.Stopped:
                    stopped = true;
                    break;
                default:
                    break;
            }
        }

        _actions.Clear();
        if (stopped)
        {
            Finish(node);
            End(node);
            node.Vips = false;
            _watch.Note($"{node.Name} has stopped");
        }
    }

    private void SetGates(SimNode node, in RoleAction action)
    {
        var until = action.AnswerUntil;
        node.GateUntil = until == TimeSpan.Zero ? 0 : node.AtClock(until - (Time(node) - node.Clock(_now)));
        node.PinnedUntil = until;
        node.PinnedTerm = until == TimeSpan.Zero ? 0 : node.Core!.Term;
        _watch.Opened(node, until);
    }

    private void Acquire(SimNode node)
    {
        if (node.WitnessCut > 0 || (_leaseHolder >= 0 && _leaseHolder != node.Index && _now < _leaseUntil))
        {
            return;
        }

        _leaseHolder = node.Index;
        _leaseUntil = _now + (3 * LeaseMargin);
        Later(node, EventKind.Lease, node.Random.Between(1, 20) * Ms, node.Lease & 255, number: (ulong)(Time(node).Ticks + (3 * LeaseMargin)));
    }

    private void Reserve(SimNode node, ulong ceiling)
    {
        var stalls = node.DiskStalls > 0;
        var time = (node.Random.Between(1, 20) * Ms) + (stalls ? node.Random.Between(100, 3000) * Ms : 0);
        if (stalls)
        {
            // The answer makes the node one that can take the role, however long the disk works again by then.
            Holds(time + (2 * Ms));
        }

        Later(node, EventKind.Written, time, peer: stalls ? 1 : 0, number: ceiling, path: 2);
    }

    /// <summary>A write is durable a little before the process hears of it.</summary>
    private void Write(SimNode node, in SimEvent what)
    {
        var fails = node.DiskFails > 0;
        if (what.MachineRun == node.MachineEpoch && !fails && !_switches.HasFlag(SimSwitches.LostWrites))
        {
            if (what.Path == 1)
            {
                node.Term = Math.Max(node.Term, what.Number);
            }
            else
            {
                node.Ceiling = Math.Max(node.Ceiling, what.Number);
            }
        }

        if (what.Path == 2)
        {
            _queue.Add(new SimEvent { At = _now + Ms, Kind = EventKind.Answered, Node = what.Node, Peer = what.Peer, Epoch = what.Epoch, Number = fails ? 0 : what.Number });
        }
    }

    private void Later(SimNode node, EventKind kind, long after, int peer = 0, ulong number = 0, int path = 0) =>
        _queue.Add(new SimEvent { At = _now + after, Kind = kind, Node = (byte)node.Index, Peer = (byte)peer, Path = (byte)path, Epoch = node.Epoch, Number = number, MachineRun = node.MachineEpoch });
}
