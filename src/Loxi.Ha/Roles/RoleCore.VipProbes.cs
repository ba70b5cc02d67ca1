using System.Collections.Immutable;
using System.Net;

namespace Loxi.Ha.Roles;

/// <content>R1: VIPs that another host answers for are withheld, each alone, and probed again.</content>
public sealed partial class RoleCore
{
    /// <summary>The probe of VIPs has ended (R1).</summary>
    /// <param name="answered">The VIPs that another host answers for.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void VipsProbed(ImmutableArray<IPAddress> answered, TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        var before = _s.Withheld.Length;
        if (!answered.IsDefaultOrEmpty && before == 0)
        {
            Tell(RoleAlarm.VipClaimed);
        }

        TellOnce(RoleAlarm.VipProbeFailed, false);
        _s.Withheld = answered.IsDefault ? [] : answered;
        _s.ProbeAgainAt = now + _settings.VipProbeAgain;
        if (_s.Probing)
        {
            EndProbe(now, silent: _s.Withheld.IsEmpty);
        }
        else if (_s.Announces && _s.Withheld.Length < before)
        {
            Add(RoleActionKind.Announce);
        }
    }

    private void BeginProbe(RoleCause cause, TimeSpan now)
    {
        _s.Probing = true;
        _s.ProbeCause = cause;
        _s.ProbeSilent = false;
        _s.ProbeUntil = now + _settings.VipProbeTime;
        Act(new RoleAction { Kind = RoleActionKind.ProbeVips, Vips = [] });
    }

    private void DecideProbe(TimeSpan now)
    {
        if (_s.Probing && now >= _s.ProbeUntil)
        {
            EndProbe(now, silent: true);
            TellLasting(RoleAlarm.VipProbeFailed);
        }
    }

    private void EndProbe(TimeSpan now, bool silent)
    {
        _s.Probing = false;
        _s.ProbeAgainAt = now + _settings.VipProbeAgain;
        if (!ByPeers)
        {
            Become(HelloRole.Master, RoleCause.Posted, null, now);
            StartAnnouncing(now);
            return;
        }

        // What answers may be a dead master's kernel, whose gates close within the dead-man time.
        _s.ProbeAgainAt = now + Min(_settings.VipProbeAgain, _settings.DeadMan);

        // A node that is not ready takes nothing from a host that answers.
        _s.ProbeSilent = silent;
        if (MasterUntil(now) > now || (_s.Readiness != Readiness.Ready && (!silent || AnyHeard(now))) || (_s.ProbeCause == RoleCause.Alone && AnyHeard(now)))
        {
            return;
        }

        Promote(_s.ProbeCause, null, now, later: false);
    }

    private void ProbeWithheld(TimeSpan now)
    {
        if (!_s.Withheld.IsEmpty && _s.Announces && now >= _s.ProbeAgainAt)
        {
            _s.ProbeAgainAt = now + _settings.VipProbeAgain;
            Act(new RoleAction { Kind = RoleActionKind.ProbeVips, Vips = _s.Withheld });
        }
    }
}
