using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <content>What is done to the cluster.</content>
internal sealed partial class Cluster
{
    private readonly long _settled;
    private int _thirdHosts;
    private long _orderedUntil;
    private int _noise;

    /// <summary>While messages are lost at random, or nodes are slow, nothing is settled.</summary>
    internal bool Noisy => _noise > 0;

    /// <summary>How long until exactly one announces: ten intervals and what a probe of the VIPs takes; longer where a disk is waited for, or an order (R8) or a fault (R13) holds.</summary>
    internal long SettleTime => Math.Max(_settled, _orderedUntil - _now) + (Array.Exists(_nodes, static n => n.DiskFails > 0) ? 4 * (2 + _nodes.Length) * _s.Interval : 0);

    internal bool AllReachWitness => Array.TrueForAll(_nodes, static n => n.WitnessCut == 0);

    internal void SettleLater(int version) => _queue.Add(new SimEvent { At = _now + SettleTime, Kind = EventKind.Settled, Number = (ulong)version });

    /// <summary>Something was done: from now on it has to settle again.</summary>
    private void Changed() => _watch.Disturbed();

    private void Begin(int index)
    {
        var fault = _s.Faults[index];
        var node = _nodes[fault.Node];
        _coverage.Faults[(int)fault.Kind]++;
        _watch.Note($"{fault}"[9..]);
        switch (fault.Kind)
        {
            case FaultKind.WallStep:
                node.WallOffset += fault.Value * TimeSpan.TicksPerSecond;
                return;
            case FaultKind.Crash:
                Crash(node);
                break;
            case FaultKind.Kill when node.Core is not null:
                End(node);
                break;
            case FaultKind.Pause when node.Core is not null:
                node.Pauses++;
                WatchByBfd(node.Index);
                break;
            case FaultKind.Slow:
                node.Slow = Math.Max(node.Slow, fault.Value);
                _noise++;
                break;
            case FaultKind.Loss:
                _loss = Math.Min(900, _loss + fault.Value);
                _noise++;
                break;
            case FaultKind.Delay:
                _delay += fault.Value;
                _noise++;
                break;
            case FaultKind.DiskFails:
                node.DiskFails++;
                break;
            case FaultKind.DiskStalls:
                node.DiskStalls++;
                _noise++;
                break;
            case FaultKind.ThirdHost:
                _thirdHosts++;
                break;
            case FaultKind.WitnessCut:
                node.WitnessCut++;
                break;
            case FaultKind.Tracked:
                node.Tracked.Add((index, fault.Value == 1));
                break;
            case FaultKind.Unready:
                node.Unready++;
                break;
            case FaultKind.CutOneWay or FaultKind.Cut or FaultKind.Mute or FaultKind.Deaf or FaultKind.Isolate:
                Cut(fault, 1);
                break;
            default:
                break;
        }

        if (fault.Kind is FaultKind.Switchover or FaultKind.PostMaster or FaultKind.Tracked or FaultKind.Stop or FaultKind.Pin)
        {
            Holds(Settings.SwitchoverTime.Ticks + _s.Interval);
        }

        Changed();
        if (node.Core is { } core)
        {
            Order(node, () => Ask(node, core, fault, index));
        }
    }

    /// <summary>What comes through the core's methods; a process that stands still gets it when it runs again.</summary>
    private void Ask(SimNode node, RoleCore core, in Fault fault, int index)
    {
        var now = Time(node);
        switch (fault.Kind)
        {
            case FaultKind.Stop:
                core.Stop(now, _actions);
                break;
            case FaultKind.Tracked:
                core.SetFault(index, true, fault.Value == 1, now, _actions);
                break;
            case FaultKind.Unready:
                core.SetReadiness(Readiness.Cold, now, _actions);
                break;
            case FaultKind.PostMaster:
                core.Post(PostedRole.Master, now, _actions);
                break;
            case FaultKind.Pin:
                core.Post(PostedRole.Backup, now, _actions);
                break;
            case FaultKind.BfdLies:
                core.PathDown((ushort)fault.Peer, fault.Value, now, now, _actions);
                break;
            case FaultKind.Switchover:
                foreach (var other in _nodes)
                {
                    if (other is { Runs: true, Core.Role: HelloRole.Master } && other != node)
                    {
                        other.Core.Switchover((ushort)node.Index, Time(other), _actions);
                        Finish(other);
                    }
                }

                break;
            default:
                break;
        }
    }

    private void End(int index)
    {
        var fault = _s.Faults[index];
        var node = _nodes[fault.Node];
        switch (fault.Kind)
        {
            case FaultKind.Crash or FaultKind.Kill or FaultKind.Stop:
                Start(node);
                return;
            case FaultKind.Pause when node.Pauses > 0:
                if (--node.Pauses == 0)
                {
                    _watch.Note($"{node.Name} continues");
                    Changed();
                    Continue(node);
                }

                return;
            case FaultKind.Slow:
                node.Slow = 0;
                _noise--;
                break;
            case FaultKind.Loss:
                _loss = Math.Max(0, _loss - fault.Value);
                _noise--;
                break;
            case FaultKind.Delay:
                _delay -= fault.Value;
                _noise--;
                break;
            case FaultKind.DiskFails:
                node.DiskFails--;
                break;
            case FaultKind.DiskStalls:
                node.DiskStalls--;
                _noise--;
                break;
            case FaultKind.ThirdHost:
                _thirdHosts--;
                break;
            case FaultKind.WitnessCut:
                node.WitnessCut--;
                break;
            case FaultKind.Tracked:
                node.Tracked.RemoveAll(t => t.Id == index);
                break;
            case FaultKind.Unready:
                node.Unready--;
                break;
            case FaultKind.CutOneWay or FaultKind.Cut or FaultKind.Mute or FaultKind.Deaf or FaultKind.Isolate:
                Cut(fault, -1);
                break;
            default:
                break;
        }

        _watch.Note($"{fault}"[9..] + " ends");
        Changed();
        if (node.Core is { } core)
        {
            Order(node, () => AskEnd(node, core, fault, index));
        }
    }

    /// <summary>What was told takes effect for so long, or after so long.</summary>
    private void Holds(long time) => _orderedUntil = Math.Max(_orderedUntil, _now + time);

    private void AskEnd(SimNode node, RoleCore core, in Fault fault, int index)
    {
        var now = Time(node);
        if (fault.Kind == FaultKind.Tracked)
        {
            core.SetFault(index, false, false, now, _actions);
            // It counts for a while longer (R13).
            Holds(Settings.FaultGoneAfter.Ticks + (2 * _s.Interval));
            Changed();
        }
        else if (fault.Kind == FaultKind.Unready && node.Unready == 0)
        {
            core.SetReadiness(Readiness.Ready, now, _actions);
        }
        else if (fault.Kind == FaultKind.Pin)
        {
            core.Unpin(now, _actions);
        }
    }

    private void Order(SimNode node, Action order)
    {
        if (node.Pauses > 0)
        {
            node.Waiting.Add(new SimEvent { Kind = EventKind.Order, Node = (byte)node.Index, Epoch = node.Epoch, Data = order });
            return;
        }

        order();
        Finish(node);
    }

    private void Cut(in Fault fault, int by)
    {
        var (a, b) = (fault.Node, fault.Peer);
        for (var from = 0; from < _nodes.Length; from++)
        {
            for (var to = 0; to < _nodes.Length; to++)
            {
                var cut = from != to && fault.Kind switch
                {
                    FaultKind.CutOneWay => from == a && to == b,
                    FaultKind.Cut => (from == a && to == b) || (from == b && to == a),
                    FaultKind.Mute => from == a,
                    FaultKind.Deaf => to == a,
                    _ => from == a || to == a,
                };
                for (var path = 0; cut && path < _s.Paths; path++)
                {
                    if ((fault.Value >> path & 1) != 0)
                    {
                        _cuts[Link(from, to, path)] += by;
                    }
                }
            }

            if (by > 0)
            {
                WatchByBfd(from);
            }
        }
    }
}
