namespace Loxi.Ha.Roles;

/// <content>R8, R9, R11: changes by choice.</content>
public sealed partial class RoleCore
{
    /// <summary>A controller or an operator posts a role. With peers MASTER asks for a switchover, or takes the role at once where no master is heard, and ends a pin; all others pin the node as a backup. Without peers the post is obeyed at once. The same post again changes nothing.</summary>
    /// <param name="role">The role.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void Post(PostedRole role, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        if (!ByPeers)
        {
            PostExternal(role, now);
            return;
        }

        var pinned = role != PostedRole.Master;
        if (pinned != _s.Pinned)
        {
            _s.Pinned = pinned;
            Act(new RoleAction { Kind = RoleActionKind.RememberPin, Number = pinned ? 1UL : 0UL });
        }

        if (pinned)
        {
            _s.Claims = false;
            if (_s.Role == HelloRole.Master && BestBackup(now) is { } best && !Held(now))
            {
                BeginHandover(best, now);
            }

            return;
        }

        if (_s.Role != HelloRole.Backup)
        {
            return;
        }

        if (MasterUntil(now) > now)
        {
            if (!Held(now))
            {
                TellOnce(RoleAlarm.SwitchoverFailed, false);
                _s.Claims = true;
                _s.ClaimUntil = now + _settings.SwitchoverTime;
                Add(RoleActionKind.SendHello);
            }
        }
        else if (_s.Readiness == Readiness.Ready || !AnyHeard(now))
        {
            TryPromote(RoleCause.Posted, null, now);
        }
    }

    /// <summary>The operator ends a pin without asking for the role.</summary>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void Unpin(TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        if (_s.Pinned)
        {
            _s.Pinned = false;
            Act(new RoleAction { Kind = RoleActionKind.RememberPin, Number = 0 });
        }
    }

    /// <summary>A planned switchover to another node (R8).</summary>
    /// <param name="peer">The node.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    /// <returns>Whether it has begun: this node serves, the peer is heard, ready, not pinned and not less healthy (R13 would take the role back at once), and nothing holds the change back (R9).</returns>
    public bool Switchover(ushort peer, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        var i = IndexOf(peer);
        if (_s.Role != HelloRole.Master || i < 0 || !Heard(i, now) || _peers[i] is not { Role: HelloRole.Backup, Readiness: Readiness.Ready, Pinned: false } || _peers[i].Health < Health || Held(now))
        {
            return false;
        }

        BeginHandover(peer, now);
        return true;
    }

    /// <summary>The other node has all connections that were sent before the barrier (R8).</summary>
    /// <param name="peer">The node.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void BarrierPassed(ushort peer, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        if (_s.Role == HelloRole.Master && _s.Handover == Handover.Barrier && _s.HandoverTo == peer)
        {
            _s.Handover = Handover.Offered;
            Add(RoleActionKind.SendHello);
        }
    }

    /// <summary>The process is to end: a master gives the role away by plan where a ready backup is heard, else it resigns; then <see cref="RoleActionKind.Stopped"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void Stop(TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        if (_s.Stopping)
        {
            return;
        }

        _s.Stopping = true;
        _s.Probing = false;
        if (_s.Role == HelloRole.Master && ByPeers && BestBackup(now) is { } best)
        {
            BeginHandover(best, now);
        }
        else if (_s.Role == HelloRole.Master && ByPeers)
        {
            Resign(RoleCause.Stopping, now);
        }
        else
        {
            if (_s.Role == HelloRole.Master)
            {
                Become(HelloRole.Backup, RoleCause.Stopping, null, now);
                StopAnnouncing(now);
            }

            _s.Holding = false;
            EndStop();
        }
    }

    private void EndStop()
    {
        if (_s is { Stopping: true, Stopped: false })
        {
            _s.Stopped = true;
            Add(RoleActionKind.Stopped);
        }
    }

    /// <summary>Who can be given the role: not one that does not hear us, for it would not learn of it.</summary>
    private ushort? BestBackup(TimeSpan now)
    {
        ushort? best = null;
        var bestOrder = default((ulong, Readiness, byte, byte, ushort));
        for (var i = 0; i < _peers.Length; i++)
        {
            ref readonly var p = ref _peers[i];
            var order = (p.Term, p.Readiness, p.Health, p.Priority, p.Id);
            if (p is { Role: HelloRole.Backup, Readiness: Readiness.Ready, Pinned: false, HearsUs: true } && Heard(i, now) && (best is null || Compare(order, bestOrder) > 0))
            {
                best = p.Id;
                bestOrder = order;
            }
        }

        return best;
    }

    private void BeginHandover(ushort peer, TimeSpan now)
    {
        if (_s.Handover != Handover.None)
        {
            return;
        }

        TellOnce(RoleAlarm.SwitchoverFailed, false);
        _s.Handover = Handover.Barrier;
        _s.HandoverTo = peer;
        _s.HandoverUntil = now + _settings.SwitchoverTime;
        Act(new RoleAction { Kind = RoleActionKind.SendBarrier, Peer = peer });
    }

    private void DecideHandover(TimeSpan now)
    {
        if (_s.Handover == Handover.None)
        {
            return;
        }

        var i = IndexOf(_s.HandoverTo);
        if (now >= _s.HandoverUntil || i < 0 || !Heard(i, now))
        {
            _s.Handover = Handover.None;
            TellSwitchoverFailed(_s.HandoverTo, now);
            Add(RoleActionKind.SendHello);
        }
    }

    /// <summary>The new node opens before the old one closes, and announces when the old one has closed.</summary>
    private void TakeOver(ushort from, TimeSpan now)
    {
        if (_s.Readiness == Readiness.Ready && !_s.Pinned && !_s.Stopping)
        {
            Promote(RoleCause.Switchover, from, now, later: true);
        }
    }

    /// <summary>R9: whether changes by choice wait. What ends a time without a master never does.</summary>
    private bool Held(TimeSpan now)
    {
        if (now < _s.HeldUntil)
        {
            TellOnce(RoleAlarm.Damped, true);
            return true;
        }

        TellOnce(RoleAlarm.Damped, false);
        return false;
    }

    private void CountChange(TimeSpan now)
    {
        if (_settings.DampingTransitions == 0 || !_rules.HasFlag(RoleRules.R9))
        {
            return;
        }

        var recent = _s.Changes.RemoveAll(at => at <= now - _settings.DampingWindow).Add(now);
        if (_s.Holds > 0 && now >= _s.HeldUntil + _settings.DampingWindow)
        {
            _s.Holds = 0;
        }

        if (recent.Length >= _settings.DampingTransitions)
        {
            _s.HeldUntil = now + Min(_settings.DampingHold * Math.Pow(2, _s.Holds), _settings.DampingMost);
            _s.Holds = (byte)Math.Min(_s.Holds + 1, 30);
        }

        _s.Changes = recent;
    }

    private void PostExternal(PostedRole role, TimeSpan now)
    {
        if (!_s.ExternalUsed)
        {
            _s.ExternalUsed = true;
            Add(RoleActionKind.RememberExternal);
            if (role == PostedRole.Master && _s.Role == HelloRole.Master)
            {
                // It announces already, as every node without a source of roles.
                Become(HelloRole.Master, RoleCause.Posted, null, now);
                return;
            }
        }

        if (role == PostedRole.Master)
        {
            if (_s.Role != HelloRole.Master && !_s.Probing && !_s.Stopping)
            {
                BeginProbe(RoleCause.Posted, now);
            }
        }
        else if (_s.Role == HelloRole.Master)
        {
            Become(HelloRole.Backup, RoleCause.Posted, null, now);
            StopAnnouncing(now);
        }
        else
        {
            _s.Probing = false;
        }
    }
}
