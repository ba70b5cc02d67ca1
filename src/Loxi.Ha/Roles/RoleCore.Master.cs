namespace Loxi.Ha.Roles;

/// <content>R3, R4, R6: when a master ends.</content>
public sealed partial class RoleCore
{
    private void HeedAsMaster(ref PeerState p, HelloRole was, TimeSpan now)
    {
        if (p.Role == HelloRole.Master && !p.HearsUs && _rules.HasFlag(RoleRules.R4))
        {
            p.DeafHellos++;
        }
        else
        {
            p.DeafHellos = 0;
        }

        if (p.Role == HelloRole.Master && _rules.HasFlag(RoleRules.R3Yield) && (p.Term, p.Id).CompareTo((_s.Term, _settings.NodeId)) > 0)
        {
            var planned = _s.Handover == Handover.Offered && _s.HandoverTo == p.Id;
            StepDown(HelloRole.Backup, planned ? RoleCause.Switchover : RoleCause.BetterMaster, p.Id, now);
            return;
        }

        if (p.DeafHellos >= _settings.DeafHellos)
        {
            StepDown(HelloRole.Backup, RoleCause.DeafYield, p.Id, now);
            return;
        }

        if (was == HelloRole.Master && p.Role != HelloRole.Master)
        {
            // R3: the one that is left tells the neighbours again; after a switchover it is its turn (R8).
            if (_s.AnnounceLater)
            {
                StartAnnouncing(now);
            }
            else if (_s.Announces)
            {
                Add(RoleActionKind.Announce);
            }
        }

        // R13 would take the role back at once from one with a fault.
        if (p is { Claims: true, Role: HelloRole.Backup, Readiness: Readiness.Ready, Pinned: false } && p.Health >= Health)
        {
            BeginHandover(p.Id, now);
        }

        if (_rules.HasFlag(RoleRules.R3Yield))
        {
            YieldToReported(ref p, now);
        }
    }

    /// <summary>R3: a better master that only a peer hears. A node that is heard says itself what it is.</summary>
    private void YieldToReported(ref PeerState p, TimeSpan now)
    {
        foreach (var master in p.Masters)
        {
            var direct = IndexOf(master.NodeId);
            var fresh = p.At - master.Age + _settings.DeadMan > now && !(direct >= 0 && Heard(direct, now));
            if (fresh && (master.Term, master.NodeId).CompareTo((_s.Term, _settings.NodeId)) > 0)
            {
                StepDown(HelloRole.Backup, RoleCause.BetterMaster, master.NodeId, now);
                return;
            }
        }
    }

    private void DecideMaster(TimeSpan now)
    {
        if (_settings.Witness && !WitnessGrants(now))
        {
            StepDown(HelloRole.Backup, RoleCause.WitnessLost, null, now);
            return;
        }

        if (_s.AnnounceLater && now >= _s.AnnounceAt)
        {
            StartAnnouncing(now);
        }

        DecideHandover(now);
        DecideFaults(now);
        if (_s.Stopping && _s.Role == HelloRole.Master && _s.Handover == Handover.None)
        {
            Resign(RoleCause.Stopping, now);
        }
    }

    /// <summary>R6: one that stood still too, and whose term is the later one: it resumes, this node does not.</summary>
    private bool HearsLaterTerm(TimeSpan now)
    {
        for (var i = 0; i < _peers.Length; i++)
        {
            if (_peers[i].Role == HelloRole.Listening && _peers[i].Term > _s.Term && Heard(i, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>R6: the gates are closed already; the role rests until the others were heard.</summary>
    private void Hold(TimeSpan now)
    {
        _s.Handover = Handover.None;
        _s.AnnounceLater = false;
        _s.Holding = true;
        _s.ListenUntil = now + (_settings.Interval * _settings.HoldIntervals);
        Become(HelloRole.Listening, RoleCause.Paused, null, now);
        StopAnnouncing(now);
        Add(RoleActionKind.SendHello);
    }
}
