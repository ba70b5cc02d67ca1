using Loxi.Ha.Roles;
using Loxi.Ha.Transport.State;
using Loxi.Linux.Time;

namespace Loxi.Ha.Transport.Engine;

/// <content>The role cores, and what becomes of their actions.</content>
internal sealed partial class HelloEngine
{
    private const long StoreInterval = 1_000_000_000;
    private long _nextStore = long.MaxValue;

    private void RunGroups(long now)
    {
        var time = ToTime(now);
        foreach (var group in _groups)
        {
            if (time >= group.NextTick)
            {
                group.Core.Tick(time, _actions);
                Execute(group, now);
                if (group.Alarms.IsDue(time))
                {
                    EndAlarms(group, time);
                }
            }
        }
    }

    /// <summary>Does what a core wants, in its order: gates and HELLOs here, what may block elsewhere.</summary>
    private void Execute(GroupRun group, long now)
    {
        // What is done may want more done.
        for (var i = 0; i < _actions.Count; i++)
        {
            var action = _actions[i];
            switch (action.Kind)
            {
                case RoleActionKind.SetGates:
                    SetGates(group, action);
                    break;
                case RoleActionKind.SendHello:
                    _helloDue = true;
                    break;
                case RoleActionKind.ProbePeer:
                    Probe(action, now);
                    break;
                case RoleActionKind.ReserveTerms:
                    Reserve(group, action.Number);
                    break;
                case RoleActionKind.RememberExternal:
                    _keeper.Post(state => state.Group(group.Name).ExternalUsed = true);
                    break;
                case RoleActionKind.RememberPin:
                    _keeper.Post(state => state.Group(group.Name).Pinned = action.Number != 0);
                    break;
                case RoleActionKind.Transition:
                    Note(group, action.Transition);
                    Tell(new EngineEvent { Group = group, Action = action, Peer = action.Transition.Peer });
                    break;
                case RoleActionKind.DrainTo:
                    // Before the gate for answers closes: in between what begins would be lost.
                    _gates?.BeginRedirect(group.Name);
                    Tell(new EngineEvent { Group = group, Action = action, Peer = action.Peer, Withheld = group.Core.Withheld });
                    break;
                case RoleActionKind.ReleaseWitness:
                    // What was asked for before is not told after it.
                    group.Releases++;
                    Tell(new EngineEvent { Group = group, Action = action });
                    break;
                case RoleActionKind.AcquireWitness:
                    Tell(new EngineEvent { Group = group, Action = action, Number = group.Releases });
                    break;
                case RoleActionKind.Alarm:
                    ushort? peer = RoleCore.IsOfPeer(action.Alarm) ? action.Peer : null;
                    group.Alarms.Note(action.Alarm, peer, ToTime(now));
                    Tell(new EngineEvent { Group = group, Action = action, Peer = peer });
                    break;
                default:
                    Tell(new EngineEvent { Group = group, Action = action, Peer = action.Peer, Withheld = group.Core.Withheld });
                    break;
            }
        }

        _actions.Clear();
        var time = ToTime(now);
        var next = group.Core.NextDeadline(time);
        var latest = time + (group.Core.Settings.Interval / 2);
        group.NextTick = next < latest ? next : latest;
    }

    private void EndAlarms(GroupRun group, TimeSpan now)
    {
        foreach (var (alarm, peer) in group.Alarms.Look(group.Core, now))
        {
            Tell(new EngineEvent { Group = group, Action = new RoleAction { Kind = RoleActionKind.Alarm, Alarm = alarm }, Peer = peer, IsOver = true });
        }
    }

    private void SetGates(GroupRun group, in RoleAction action)
    {
        (group.AliveUntil, group.AnswerUntil) = (action.AliveUntil, action.AnswerUntil);
        if (group.HasGate)
        {
            // Before the gates open: the process may end at any moment, and the next one goes on with the role only while they are.
            if (action.AnswerUntil > TimeSpan.Zero && group.OwnerTerm != group.Core.Term)
            {
                group.OwnerTerm = group.Core.Term;
                _gates!.SetOwner(group.Name, group.OwnerTerm, _nodeId);
            }

            _gates!.Refresh(group.Name, action.AliveUntil, action.AnswerUntil);
        }
    }

    private void Probe(in RoleAction action, long now)
    {
        foreach (var peer in _peers)
        {
            if (peer.Id == action.Peer && peer.ProbesLeft == 0)
            {
                (peer.ProbesLeft, peer.ProbeDistance, peer.NextProbe) = ((int)action.Number, ToNanoseconds(action.After), now);
            }
        }
    }

    private void Reserve(GroupRun group, ulong ceiling) => _keeper.Post(
        state => state.Group(group.Name).Ceiling = Math.Max(state.Group(group.Name).Ceiling, ceiling),
        isDurable => _ = PostAsync((engine, now) => engine.Reserved(group, ceiling, isDurable, now)));

    private bool Reserved(GroupRun group, ulong ceiling, bool isDurable, TimeSpan now)
    {
        if (isDurable)
        {
            group.Core.TermsReserved(ceiling, now, _actions);
        }
        else
        {
            group.Core.TermsNotReserved(now, _actions);
        }

        Execute(group, ToNanoseconds(now));
        return true;
    }

    private void Note(GroupRun group, in RoleTransition transition)
    {
        if (group.History.Count == GroupRun.HistoryLength)
        {
            group.History.RemoveAt(0);
        }

        group.History.Add(transition);
        if (transition.To == HelloRole.Master)
        {
            var term = transition.Term;
            _keeper.Post(state => state.Group(group.Name).Term = term);
        }
    }

    /// <summary>Has stored what was heard of peers, so that a replay after our restart is refused. Only what was authenticated: the rest anybody can have said.</summary>
    private void StorePeers(long now)
    {
        _nextStore = now + StoreInterval;
        foreach (var peer in _peers)
        {
            var heard = (peer.Incarnation, peer.Highest);
            if (peer.IsAuthenticated && heard != peer.Stored)
            {
                peer.Stored = heard;
                var id = peer.Id;
                _keeper.Post(state => state.Peers[id] = new HaPeerState { Incarnation = heard.Incarnation, Sequence = heard.Highest });
            }
        }
    }
}
