using System.Collections.Immutable;

namespace Loxi.Ha.Roles;

/// <content>R10 and R13, and what the node is told of itself.</content>
public sealed partial class RoleCore
{
    /// <summary>How ready the node is.</summary>
    /// <param name="readiness">The readiness.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void SetReadiness(Readiness readiness, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        if (_s.NoMaster && readiness == Readiness.Ready && _s.Readiness != Readiness.Ready && AnyHeard(now) && _rules.HasFlag(RoleRules.R5Ready))
        {
            WaitForATurn(now);
        }
        else if (readiness != Readiness.Ready && _s.Readiness == Readiness.Ready)
        {
            _s.UnreadyAt = now;
        }

        _s.Readiness = readiness;
        TellOnce(RoleAlarm.NotReady, readiness != Readiness.Ready && _s.Role == HelloRole.Master && _s.Announces);
    }

    /// <summary>
    /// Windows that ran out while the node could not serve give it no turn: others may become ready in the same moment, and only what HELLO tells keeps them apart. So they begin anew, once while
    /// there is no master; from then on the time counts in which it is ready: a node that is so again and again serves in the end.
    /// </summary>
    private void WaitForATurn(TimeSpan now)
    {
        if (_s.ReadySince && _rules.HasFlag(RoleRules.R5Place))
        {
            var unready = now - _s.UnreadyAt;
            (_s.NoMasterSince, _s.WindowsFrom) = (Min(now, _s.NoMasterSince + unready), Min(now, _s.WindowsFrom + unready));
        }
        else
        {
            (_s.NoMasterSince, _s.WindowsFrom) = (now, now);
        }

        (_s.ReadySince, _s.Taking) = (true, false);
    }

    /// <summary>The node's own health, before tracked faults, its priority and the hash of its configuration.</summary>
    /// <param name="health">0 (worst) to 255.</param>
    /// <param name="priority">Whom the operator prefers: the greater.</param>
    /// <param name="configHash">What must be equal on all nodes.</param>
    public void SetQuality(byte health, byte priority, ulong configHash)
    {
        _s.Health = health;
        _s.Priority = priority;
        _s.ConfigHash = configHash;
    }

    /// <summary>A tracked link, gateway or data plane fails, or works again (R13).</summary>
    /// <param name="fault">Which: a number of the caller's.</param>
    /// <param name="down">It fails.</param>
    /// <param name="canForward">The node can still forward although it fails: the role moves by plan (R8).</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void SetFault(int fault, bool down, bool canForward, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        for (var i = 0; i < _s.Faults.Length; i++)
        {
            if (_s.Faults[i].Id == fault)
            {
                if (_s.Faults[i].Down != down)
                {
                    _s.Faults = _s.Faults.SetItem(i, _s.Faults[i] with { Down = down, Since = now, CanForward = canForward });
                }

                return;
            }
        }

        if (down)
        {
            _s.Faults = _s.Faults.Add(new FaultState(fault, true, false, canForward, now));
        }
    }

    /// <summary>The lease of the witness (R10).</summary>
    /// <param name="until">When it ends, on the clock of the steps; <see cref="TimeSpan.Zero"/> when it is not held.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void WitnessHeld(TimeSpan until, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        _s.WitnessKnown = until > TimeSpan.Zero;
        _s.WitnessUntil = until;
    }

    private bool WitnessGrants(TimeSpan now)
    {
        if (!_settings.Witness)
        {
            return true;
        }

        var left = _s.WitnessKnown ? _s.WitnessUntil - _settings.WitnessMargin - now : TimeSpan.Zero;
        if (left <= _settings.WitnessMargin && now >= _s.WitnessAskedAt + _settings.Interval)
        {
            _s.WitnessAskedAt = now;
            Add(RoleActionKind.AcquireWitness);
        }

        return left > TimeSpan.Zero;
    }

    private int CountFaults(out bool canForward)
    {
        var count = 0;
        canForward = true;
        foreach (var fault in _s.Faults)
        {
            if (fault.Counts)
            {
                count++;
                canForward &= fault.CanForward;
            }
        }

        return count;
    }

    /// <summary>R13: debounced as the health of an endpoint is.</summary>
    private void CountFaultTime(TimeSpan now)
    {
        for (var i = 0; i < _s.Faults.Length; i++)
        {
            var fault = _s.Faults[i];
            if (fault.Counts != fault.Down && now >= fault.Since + (fault.Down ? _settings.FaultAfter : _settings.FaultGoneAfter))
            {
                _s.Faults = _s.Faults.SetItem(i, fault with { Counts = fault.Down });
                if (ByPeers)
                {
                    Add(RoleActionKind.SendHello);
                }
            }
        }
    }

    private void DecideFaults(TimeSpan now)
    {
        if (!_rules.HasFlag(RoleRules.R13) || CountFaults(out var canForward) == 0)
        {
            TellOnce(RoleAlarm.FaultWithoutBackup, false);
            return;
        }

        var healthier = BestBackup(now) is { } best && _peers[IndexOf(best)].Health > Health;
        TellOnce(RoleAlarm.FaultWithoutBackup, !healthier);
        if (!healthier || _s.Handover != Handover.None || Held(now))
        {
            return;
        }

        if (canForward)
        {
            BeginHandover(BestBackup(now)!.Value, now);
        }
        else
        {
            Resign(RoleCause.Fault, now);
        }
    }

    private void Resign(RoleCause cause, TimeSpan now)
    {
        // By what each backup knows of the others it may be the best itself: right after a change of masters they differ.
        var heir = BestBackup(now);
        _s.ResignsLeft = (byte)(_settings.ResignHellos - 1);
        _s.ResignAt = now + _settings.Interval;
        StepDown(HelloRole.Resign, cause, null, now);
        _s.Heir = _rules.HasFlag(RoleRules.R13Heir) ? heir : null;
    }

    private void DecideResign(TimeSpan now)
    {
        if (now < _s.ResignAt)
        {
            return;
        }

        // The caller's own timer sends one HELLO an interval; these follow it.
        if (_s.ResignsLeft > 0)
        {
            _s.ResignsLeft--;
            _s.ResignAt = now + _settings.Interval;
            Add(RoleActionKind.SendHello);
            return;
        }

        Become(HelloRole.Backup, RoleCause.Resigned, null, now);
        EndStop();
    }
}
