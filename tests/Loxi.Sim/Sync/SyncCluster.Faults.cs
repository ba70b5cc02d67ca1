using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Sim.Sync;

/// <content>What is done to the nodes, and what must hold.</content>
internal sealed partial class SyncCluster
{
    /// <summary>A key that only a former run of a node has.</summary>
    private const ulong StaleKey = 1_000_000;

    private void Begin(in SyncFault fault)
    {
        var node = _nodes[fault.Node];
        if (fault.Kind is SyncFaultKind.Crash or SyncFaultKind.Kill && _serves[fault.Node])
        {
            Survive();
        }

        Disturb();
        switch (fault.Kind)
        {
            case SyncFaultKind.Crash or SyncFaultKind.Kill:
                _downs[fault.Node]++;
                Stop(fault.Node, fault.Kind == SyncFaultKind.Crash);
                break;
            case SyncFaultKind.Pause:
                _pauses[fault.Node]++;
                _downSince[fault.Node] = _now;
                break;
            case SyncFaultKind.LoseEvents:
                node.LosesEvents = true;
                break;
            case SyncFaultKind.TableFull:
                node.Table.IsFull = true;
                break;
            case SyncFaultKind.LackServices:
                node.Table.LacksServices = true;
                break;
            case SyncFaultKind.LoseEntry when node.Table.Entries.Count > 0:
                node.Table.Remove(node.Table.Entries.Keys.ElementAt(_randoms[^1].Below(node.Table.Entries.Count)));
                break;
            case SyncFaultKind.Stale:
                SpeakAsBefore(fault.Node, fault.Peer);
                break;
            default:
                foreach (var wire in Between(fault))
                {
                    Touch(wire, fault.Kind);
                }

                break;
        }
    }

    private void Touch(SyncWire wire, SyncFaultKind kind)
    {
        switch (kind)
        {
            case SyncFaultKind.Break:
                Disconnect(wire, 20);
                break;
            case SyncFaultKind.BreakOne when wire.Channel == (SyncChannel)_randoms[^1].Below(2):
                Disconnect(wire, 20);
                break;
            case SyncFaultKind.Cut:
                wire.Cuts++;
                wire.DeadAt = _now + 400;
                break;
            case SyncFaultKind.Throttle:
                wire.Throttles++;
                break;
            default:
                break;
        }
    }

    private void End(in SyncFault fault)
    {
        var node = _nodes[fault.Node];
        Disturb();
        switch (fault.Kind)
        {
            case SyncFaultKind.Crash or SyncFaultKind.Kill:
                if (--_downs[fault.Node] == 0)
                {
                    Start(fault.Node);
                }

                break;
            case SyncFaultKind.Pause:
                _pauses[fault.Node]--;
                break;
            case SyncFaultKind.LoseEvents:
                node.LosesEvents = false;
                break;
            case SyncFaultKind.TableFull:
                node.Table.IsFull = false;
                break;
            case SyncFaultKind.LackServices:
                node.Table.LacksServices = false;
                break;
            case SyncFaultKind.Cut:
                foreach (var wire in Between(fault))
                {
                    // What was lost does not come any more: the connection ends.
                    wire.Cuts--;
                    Disconnect(wire, 20);
                }

                break;
            case SyncFaultKind.Throttle:
                foreach (var wire in Between(fault))
                {
                    wire.Throttles--;
                }

                break;
            default:
                break;
        }
    }

    private IEnumerable<SyncWire> Between(SyncFault fault) => _wires.Where(w => w.Is(fault.Node) && w.Is(fault.Peer));

    private void Stop(int i, bool withMachine)
    {
        if (_nodes[i].Engine is null)
        {
            return;
        }

        foreach (var wire in _wires.Where(w => w.Is(i)))
        {
            Disconnect(wire, 50);
        }

        _downSince[i] = _now;
        if (withMachine)
        {
            _nodes[i].Crash();
        }
        else
        {
            _nodes[i].Kill();
        }
    }

    /// <summary>A former run of a node connects: nothing of it may come through.</summary>
    private void SpeakAsBefore(int i, int peer)
    {
        if (!Runs(peer) || _nodes[i].Incarnation < 2)
        {
            return;
        }

        var listener = _nodes[peer];
        if (listener.Engine!.Status((byte)i, listener.Clock(Time)).Incarnation != _nodes[i].Incarnation)
        {
            // It does not know of the new run yet.
            return;
        }

        foreach (var wire in _wires.Where(w => w.Is(i) && w.Is(peer)))
        {
            Disconnect(wire, 100);
        }

        var former = new SyncEngine<ulong, uint>(SettingsOf(i), new KeySchema(TimeSpan.FromSeconds(4)), _nodes[i].Incarnation - 1);
        former.AddPeer((byte)peer);
        former.Open((byte)peer, SyncChannel.Live, Time);
        listener.Engine.Open((byte)i, SyncChannel.Live, listener.Clock(Time));
        var frame = new byte[SyncFrame.LongestLength];
        for (var round = 0; round < 3; round++)
        {
            while (former.Write((byte)peer, SyncChannel.Live, frame, Time) is > 0 and var length && listener.Receive((byte)i, SyncChannel.Live, frame[..length], Time) == SyncFrameProblem.None)
            {
            }

            while (listener.Write((byte)i, SyncChannel.Live, Time) is { } answer && former.Receive((byte)peer, SyncChannel.Live, answer, Time) == SyncFrameProblem.None)
            {
            }

            former.Put(StaleKey, 1, new Core.Connections.ConnectionVersion(900, 0, 1), TimeSpan.Zero, Time);
        }

        listener.Engine.Close((byte)i, SyncChannel.Live, listener.Clock(Time));
        if (listener.Engine.TryGet(StaleKey, out _, out _))
        {
            Break($"I12: node {peer} has an entry of a former run of node {i}");
        }
    }

    /// <summary>For a while a backup may be behind.</summary>
    private void Disturb() => _noisyUntil = _now + Quiet;

    private void Watch()
    {
        foreach (var node in _nodes)
        {
            if (node.Violation is not null)
            {
                Break(node.Violation);
            }

            if (node.Table.Halves() is { } half)
            {
                Break($"I15: node {node.Id}: {half}");
            }
        }

        Survive();
    }

    /// <summary>I7: what the master has for longer than the lag bound, each backup that is ready has too. Asked all the time, for it may crash at any time.</summary>
    private void Survive()
    {
        var master = Array.IndexOf(_serves, true);
        if (_s.AllServe || master < 0 || !Runs(master) || _now < _noisyUntil || _now < Quiet || IsDisturbed())
        {
            return;
        }

        for (var i = 0; i < _nodes.Length; i++)
        {
            var backup = _nodes[i];
            if (i == master || !Runs(i) || !backup.Engine!.IsReady(backup.Clock(Time)))
            {
                continue;
            }

            foreach (var (key, entry) in _nodes[master].Table.Entries)
            {
                if (entry.Changed <= Time - TimeSpan.FromMilliseconds(LagBound) && !(backup.Table.Entries.TryGetValue(key, out var copy) && copy.Version >= entry.Version))
                {
                    Break($"I7: node {i} is ready and does not have entry {key} of node {master}, {(Time - entry.Changed).TotalMilliseconds} ms old");
                    return;
                }
            }
        }
    }

    private bool IsDisturbed()
    {
        foreach (var fault in _s.Faults)
        {
            if (fault.At <= _now && _now < Math.Min(fault.At + fault.Length, _s.HealAt) + Quiet)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>I10: all is healed, nothing has changed for two periods: all have the same.</summary>
    private void Ended()
    {
        Watch();
        var first = _nodes[0];
        foreach (var node in _nodes)
        {
            Resent += Enumerable.Range(0, _nodes.Length).Where(j => j != node.Id).Sum(j => node.Engine!.Status((byte)j, node.Clock(Time)).Counters.RecordsResent);
            if (!node.Engine!.IsReady(node.Clock(Time)))
            {
                Break($"I10: node {node.Id} is not ready");
            }

            foreach (var (key, entry) in first.Table.Entries)
            {
                if (!node.Table.Entries.TryGetValue(key, out var copy) || copy.Version != entry.Version || copy.Value != entry.Value)
                {
                    Break($"I10: entry {key} of node 0, version {new Core.Connections.ConnectionVersion(entry.Version)}: node {node.Id} has {(node.Table.Entries.ContainsKey(key) ? new Core.Connections.ConnectionVersion(copy.Version).ToString() : "none")}");
                }
            }

            if (node.Table.Entries.Count != first.Table.Entries.Count)
            {
                Break($"I10: node {node.Id} has {node.Table.Entries.Count} entries, node 0 {first.Table.Entries.Count}: {string.Join(' ', node.Table.Entries.Keys.Except(first.Table.Entries.Keys).Take(5))}");
            }

            if (node.Engine.Digest() != first.Engine!.Digest())
            {
                Break($"I10: the sums of node {node.Id} differ from those of node 0");
            }
        }
    }
}
