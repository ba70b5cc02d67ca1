using System.Collections.Immutable;

namespace Loxi.Ha.Roles;

/// <content>What every step does: late wake-ups, the order of decisions, actions.</content>
public sealed partial class RoleCore
{
    private bool ByPeers => Source == RoleSource.Peers;

    private void Enter(TimeSpan now, List<RoleAction> actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _out = actions;
        if (!_s.Started)
        {
            throw new InvalidOperationException("The role core has not started.");
        }

        if (!ByPeers || !_rules.HasFlag(RoleRules.R6))
        {
            return;
        }

        if (_s.Role == HelloRole.Master && Closed(now))
        {
            // R6: the data plane has closed itself. Listen before it opens again.
            Hold(now);
        }
        else if (_s.Role != HelloRole.Master && now - _s.LastStep > _settings.Interval)
        {
            // R6: who did not run did not hear.
            _s.WindowsFrom = now;
        }
    }

    private void Decide(TimeSpan now)
    {
        CountFaultTime(now);
        if (ByPeers)
        {
            DecideByPeers(now);
            WatchPaths(now);
        }
        else
        {
            DecideProbe(now);
        }

        ProbeWithheld(now);
        if (now >= _s.GatesAt + RefreshEvery)
        {
            RefreshGates(now);
        }
    }

    private void DecideByPeers(TimeSpan now)
    {
        if (_s.Role == HelloRole.Listening)
        {
            DecideListening(now);
        }

        if (_s.Role == HelloRole.Backup)
        {
            DecideBackup(now);
        }
        else if (_s.Role == HelloRole.Master)
        {
            DecideMaster(now);
        }
        else if (_s.Role == HelloRole.Resign)
        {
            DecideResign(now);
        }

        if (_s.Role == HelloRole.Backup)
        {
            // However the role of a stopping master went.
            EndStop();
        }
    }

    private void Become(HelloRole role, RoleCause cause, ushort? peer, TimeSpan now)
    {
        var from = _s.Role;
        _s.Role = role;
        _s.Holding = role == HelloRole.Listening && _s.Holding;
        _s.NoMaster = false;
        _s.Taking = false;
        _s.Heir = null;
        _s.Probing = false;
        TellOnce(RoleAlarm.SwitchoverFailed, false);
        if (role == HelloRole.Master || from == HelloRole.Master)
        {
            CountChange(now);
        }

        Act(new RoleAction { Kind = RoleActionKind.Transition, Transition = new RoleTransition(from, role, cause, Term, peer, now) });
        if (role == HelloRole.Master)
        {
            _s.Claims = false;
            for (var i = 0; i < _peers.Length; i++)
            {
                _peers[i].DeafHellos = 0;
            }
        }
    }

    /// <summary>A master ends to serve.</summary>
    private void StepDown(HelloRole role, RoleCause cause, ushort? peer, TimeSpan now)
    {
        var to = _s.Handover == Handover.Offered && peer == _s.HandoverTo ? peer : null;
        _s.Handover = Handover.None;
        _s.AnnounceLater = false;
        Become(role, cause, peer, now);
        if (to is { } node)
        {
            Act(new RoleAction { Kind = RoleActionKind.DrainTo, Peer = node, After = _settings.DrainIdle, Limit = _settings.DrainLimit });
        }

        StopAnnouncing(now);
        if (_settings.Witness)
        {
            // Another node may hold the lease from now on, however long the own one would have lasted.
            _s.WitnessKnown = false;
            Add(RoleActionKind.ReleaseWitness);
        }

        Add(RoleActionKind.SendHello);
        Reserve();
    }

    private void StartAnnouncing(TimeSpan now)
    {
        _s.AnnounceLater = false;
        _s.Announces = true;
        RefreshGates(now);
        Add(RoleActionKind.Announce);
        if (ByPeers)
        {
            Add(RoleActionKind.SendHello);
        }
    }

    private void StopAnnouncing(TimeSpan now)
    {
        var announced = _s.Announces;
        _s.Announces = false;
        RefreshGates(now);
        if (announced)
        {
            Add(RoleActionKind.StopAnnouncing);
        }
    }

    private void Act(in RoleAction action) => _out.Add(action);

    private void Add(RoleActionKind kind) => _out.Add(new RoleAction { Kind = kind });

    private void Tell(RoleAlarm alarm, ushort peer = 0) => _out.Add(new RoleAction { Kind = RoleActionKind.Alarm, Alarm = alarm, Peer = peer });

    private bool Told(RoleAlarm alarm) => (_s.Alarms & (1UL << (int)alarm)) != 0;

    /// <summary>Tells an alarm once, until what it says ends.</summary>
    private void TellOnce(RoleAlarm alarm, bool holds, ushort peer = 0)
    {
        var bit = 1UL << (int)alarm;
        if (holds && (_s.Alarms & bit) == 0)
        {
            Tell(alarm, peer);
        }

        _s.Alarms = holds ? _s.Alarms | bit : _s.Alarms & ~bit;
    }
}
