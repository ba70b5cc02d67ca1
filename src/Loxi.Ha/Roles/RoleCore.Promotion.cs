namespace Loxi.Ha.Roles;

/// <content>R1, R2, R2a, R5: when a node that does not serve takes the role.</content>
public sealed partial class RoleCore
{
    /// <summary>The ceiling is on disk.</summary>
    /// <param name="ceiling">The number of <see cref="RoleActionKind.ReserveTerms"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void TermsReserved(ulong ceiling, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        _s.Ceiling = Math.Max(_s.Ceiling, ceiling);
        TellOnce(RoleAlarm.TermsMissing, false);
    }

    /// <summary>The ceiling could not be written; it is asked for again with the next greater term, or by <see cref="Tick"/> when a promotion needs it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void TermsNotReserved(TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        _s.Asked = 0;
    }

    /// <summary>R3: who is better among nodes that do not serve.</summary>
    internal static int Compare((ulong Term, Readiness Readiness, byte Health, byte Priority, ushort Id) a, (ulong Term, Readiness Readiness, byte Health, byte Priority, ushort Id) b) => a.CompareTo(b);

    private int Rank(TimeSpan now)
    {
        var self = (Term, _s.Readiness, Health, _s.Priority, _settings.NodeId);
        var rank = 0;
        for (var i = 0; i < _peers.Length; i++)
        {
            ref readonly var p = ref _peers[i];
            if (p.Role == HelloRole.Backup && !p.Pinned && p.Readiness == Readiness.Ready && Heard(i, now)
                && Compare((p.Term, p.Readiness, p.Health, p.Priority, p.Id), self) > 0)
            {
                rank++;
            }
        }

        return rank;
    }

    private void DecideListening(TimeSpan now)
    {
        var masterUntil = MasterUntil(now);
        if (masterUntil > now)
        {
            _s.Holding = false;
            Become(HelloRole.Backup, RoleCause.MasterHeard, null, now);
            Reserve();
            RefreshGates(now);
        }
        else if (now < _s.ListenUntil)
        {
            return;
        }
        else if (_s.Holding && !HearsLaterTerm(now))
        {
            if (WitnessGrants(now))
            {
                _s.Holding = false;
                Become(HelloRole.Master, RoleCause.PauseOver, null, now);
                StartAnnouncing(now);
            }
            else
            {
                StepDown(HelloRole.Backup, RoleCause.WitnessLost, null, now);
            }
        }
        else
        {
            var alone = !AnyHeard(now);
            Become(HelloRole.Backup, alone ? RoleCause.Started : RoleCause.PeersHeard, null, now);
            RefreshGates(now);
            Add(RoleActionKind.SendHello);
            if (alone)
            {
                BeginProbe(RoleCause.Alone, now);
            }
        }
    }

    private void DecideBackup(TimeSpan now)
    {
        var masterUntil = MasterUntil(now);
        if (_s.Claims && (now >= _s.ClaimUntil || masterUntil is null || masterUntil <= now))
        {
            if (now >= _s.ClaimUntil)
            {
                TellSwitchoverFailed(0, now);
            }

            _s.Claims = false;
        }

        if (masterUntil > now)
        {
            _s.NoMaster = false;
            TellOnce(RoleAlarm.TermsMissing, false);
            if (_s.Probing)
            {
                _s.Probing = false;
            }

            ProbeMaster(now);
            // A master that resigns is no master; another one may be.
            return;
        }

        if (_s.Probing)
        {
            DecideProbe(now);
            return;
        }

        if (!_s.NoMaster)
        {
            _s.NoMaster = true;
            _s.NoMasterSince = now;
            _s.ReadySince = false;
        }

        if (PromotionTime(now, out var cause, out var peer) is { } at && now >= at)
        {
            TryPromote(cause, peer, now);
        }
    }

    /// <summary>When the node may take the role; <see langword="null"/> when nothing makes it.</summary>
    private TimeSpan? PromotionTime(TimeSpan now, out RoleCause cause, out ushort? peer)
    {
        cause = RoleCause.MasterSilent;
        peer = null;
        var masterUntil = MasterUntil(now);
        if (_s.Stopping || _s.Stopped)
        {
            return null;
        }

        var alone = !AnyHeard(now);
        if (!alone && (_s.Pinned || (_s.Readiness != Readiness.Ready && _rules.HasFlag(RoleRules.I5Readiness))))
        {
            return null;
        }

        if (_s.Taking)
        {
            cause = RoleCause.MasterResigned;
            peer = _s.TakeFrom;
            return _s.TakeAt;
        }

        var rank = Rank(now);
        if (masterUntil is null && alone)
        {
            masterUntil = _s.WindowsFrom;
            for (var i = 0; i < _peers.Length; i++)
            {
                masterUntil = _peers[i].Known ? Max(masterUntil.Value, SilentAt(i)) : masterUntil;
            }
        }

        if (masterUntil is { } silentAt)
        {
            if (!_rules.HasFlag(RoleRules.R2Silence))
            {
                return null;
            }

            // R6: a window that a pause cut through starts again.
            silentAt = _rules.HasFlag(RoleRules.R6) ? Max(silentAt, _s.WindowsFrom + _settings.DeadMan) : silentAt;
            // Reports may have kept the master known for longer than it was heard: then all notice at once, and the order counts from there.
            silentAt = rank > 0 && _s.NoMaster ? Max(silentAt, _s.NoMasterSince) : silentAt;
            return silentAt + (_settings.Interval * (_settings.RankStep * rank));
        }

        cause = RoleCause.NoMaster;
        if (!_s.NoMaster || !_rules.HasFlag(RoleRules.R5))
        {
            return null;
        }

        return Max(_s.NoMasterSince, _rules.HasFlag(RoleRules.R6) ? _s.WindowsFrom : _s.NoMasterSince) + (_settings.Interval * (_settings.NoMasterIntervals * (1 + rank)));
    }

    private void TryPromote(RoleCause cause, ushort? peer, TimeSpan now)
    {
        if (_s.Readiness != Readiness.Ready && _rules.HasFlag(RoleRules.I5Readiness) && !_s.ProbeSilent)
        {
            if (now >= _s.ProbeAgainAt || cause != _s.ProbeCause)
            {
                BeginProbe(cause, now);
            }

            return;
        }

        Promote(cause, peer, now, later: false);
    }

    private void Promote(RoleCause cause, ushort? peer, TimeSpan now, bool later)
    {
        if (!WitnessGrants(now))
        {
            return;
        }

        var term = After(Math.Max(_s.Seen, _s.Floor), 1);
        if (term > _s.Ceiling && _rules.HasFlag(RoleRules.Reserve))
        {
            // Those who are heard may have a disk that can be written: they come first, but nobody waits for ever.
            if (AnyHeard(now))
            {
                _s.MissingSince = Told(RoleAlarm.TermsMissing) ? _s.MissingSince : now;
                TellOnce(RoleAlarm.TermsMissing, true);
                Reserve();
                if (now < _s.MissingSince + (_settings.Interval * (_settings.NoMasterIntervals * (2 + _peers.Length))) || !_rules.HasFlag(RoleRules.R2NoDisk))
                {
                    return;
                }
            }

            // A disk that cannot be written never blocks.
            Tell(RoleAlarm.TermNotDurable);
        }

        TellOnce(RoleAlarm.NotReady, _s.Readiness != Readiness.Ready);
        _s.ProbeSilent = false;
        _s.Term = term;
        _s.Seen = term;
        Become(HelloRole.Master, cause, peer, now);
        if (later)
        {
            _s.AnnounceLater = true;
            _s.AnnounceAt = now + _settings.Interval;
            RefreshGates(now);
            Add(RoleActionKind.SendHello);
        }
        else
        {
            StartAnnouncing(now);
        }

        Reserve();
    }

    /// <summary>A backup whose next term is not on disk: nobody gives it the role or waits for it.</summary>
    private bool TakesNoTerm => ByPeers && _s.Role != HelloRole.Master && _s.Ceiling < After(Math.Max(_s.Seen, _s.Floor), 1) && _rules.HasFlag(RoleRules.Reserve);

    /// <summary>A later term. The greatest has none: whoever is told it stays there, where the node id decides, instead of beginning again at 0.</summary>
    private static ulong After(ulong term, ulong by) => term > ulong.MaxValue - by ? ulong.MaxValue : term + by;

    /// <summary>R2: terms are reserved before they are needed.</summary>
    private void Reserve()
    {
        var seen = Math.Max(_s.Seen, _s.Floor);
        if (_s.Ceiling >= After(seen, (ulong)((_settings.ReservedTerms + 1) / 2)) || _s.Asked > seen || !ByPeers)
        {
            return;
        }

        _s.Asked = After(seen, (ulong)_settings.ReservedTerms);
        Act(new RoleAction { Kind = RoleActionKind.ReserveTerms, Number = _s.Asked });
    }

    /// <summary>R2a: a silent master is asked before it is given up; the deadline does not move.</summary>
    private void ProbeMaster(TimeSpan now)
    {
        if (!_rules.HasFlag(RoleRules.R2aProbe))
        {
            return;
        }

        for (var i = 0; i < _peers.Length; i++)
        {
            ref var p = ref _peers[i];
            if (p is { Known: true, Role: HelloRole.Master, Probed: false } && Heard(i, now)
                && SilentAt(i) - (_settings.Interval * (_settings.Multiplier - _settings.ProbeAfterIntervals)) <= now)
            {
                p.Probed = true;
                Act(new RoleAction { Kind = RoleActionKind.ProbePeer, Peer = p.Id, Number = (ulong)_settings.Probes, After = _settings.ProbeDistance });
            }
        }
    }
}
