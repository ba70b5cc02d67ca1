using System.Collections.Immutable;

namespace Loxi.Ha.Roles;

/// <content>Who is heard: HELLOs, paths, BFD, reports of peers.</content>
public sealed partial class RoleCore
{
    private static readonly TimeSpan LongestAge = TimeSpan.FromHours(1);

    /// <summary>A HELLO of a peer: authenticated, no replay.</summary>
    /// <param name="hello">What it says.</param>
    /// <param name="path">The path it came on: 0 to <see cref="RoleSettings.Paths"/> - 1.</param>
    /// <param name="arrival">When it arrived, at most <paramref name="now"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such path.</exception>
    public void Receive(Hello hello, int path, TimeSpan arrival, TimeSpan now, List<RoleAction> actions)
    {
        ArgumentNullException.ThrowIfNull(hello);
        ArgumentOutOfRangeException.ThrowIfNegative(path);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(path, _settings.Paths);
        Enter(now, actions);
        if (hello.NodeId == _settings.NodeId)
        {
            TellDuplicate(now);
            return;
        }

        var i = IndexOf(hello.NodeId);
        if (i < 0 || !ByPeers)
        {
            return;
        }

        ref var p = ref _peers[i];
        if (p.Known && hello.Incarnation < p.Incarnation)
        {
            return;
        }

        arrival = Min(arrival, now);
        ref var way = ref _paths[(i * _settings.Paths) + path];
        way.Last = way.Used ? Max(way.Last, arrival) : arrival;
        way.Used = true;
        way.Down &= way.DownAt > arrival;
        if (p.Known && hello.Incarnation == p.Incarnation && hello.Sequence <= p.Sequence)
        {
            return;
        }

        Take(ref p, hello, arrival, out var was);
        _s.Seen = Math.Max(_s.Seen, hello.Term);
        foreach (var master in p.Masters)
        {
            _s.Seen = Math.Max(_s.Seen, master.Term);
        }

        Heed(ref p, was, arrival, now);
        Reserve();
    }

    /// <summary>BFD on a path to a peer went Down. What it was told by others counts only on an authenticated session, an administrative Down never: do not call for those.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="path">The path.</param>
    /// <param name="at">When the detection time ran out.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such path.</exception>
    public void PathDown(ushort peer, int path, TimeSpan at, TimeSpan now, List<RoleAction> actions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(path);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(path, _settings.Paths);
        Enter(now, actions);
        var i = IndexOf(peer);
        if (i < 0)
        {
            return;
        }

        ref var way = ref _paths[(i * _settings.Paths) + path];
        (way.BfdDown, way.BfdDownAt) = (true, at);
        if (way.Used && at > way.Last)
        {
            way.Down = true;
            way.DownAt = at;
            if (_peers[i].Role == HelloRole.Master && !Heard(i, now))
            {
                // The others wait for as long as we report the master: all go on at the same time, in their order.
                Add(RoleActionKind.SendHello);
            }
        }

        DecideAtOnce(now);
    }

    private int IndexOf(ushort id)
    {
        for (var i = 0; i < _peers.Length; i++)
        {
            if (_peers[i].Id == id)
            {
                return i;
            }
        }

        return -1;
    }

    private void Take(ref PeerState p, Hello hello, TimeSpan arrival, out HelloRole was)
    {
        was = p.Known ? p.Role : HelloRole.Listening;
        if (p.Incarnation != hello.Incarnation)
        {
            p.DeafHellos = 0;
        }

        p.Known = true;
        p.Role = hello.Role;
        p.Term = hello.Term;
        p.Readiness = hello.Readiness;
        p.Health = hello.Health;
        p.Priority = hello.Priority;
        p.Pinned = hello.Pinned;
        p.Claims = hello.Claims;
        p.HandsOver = hello.HandsOverTo is not null;
        p.HandsOverToUs = hello.HandsOverTo == _settings.NodeId;
        p.Incarnation = hello.Incarnation;
        p.Sequence = hello.Sequence;
        p.At = arrival;
        p.Probed = false;
        p.HearsUs = false;
        foreach (var heard in hello.Heard)
        {
            p.HearsUs |= heard.NodeId == _settings.NodeId && heard.Incarnation == _incarnation;
        }

        p.Masters = OfOthers(hello.Masters);
        var differs = hello.ConfigHash != _s.ConfigHash;
        if (differs && !p.ConfigDiffers)
        {
            Tell(RoleAlarm.ConfigDiffers, p.Id);
        }

        p.ConfigDiffers = differs;
    }

    /// <summary>What a new HELLO causes at once.</summary>
    private void Heed(ref PeerState p, HelloRole was, TimeSpan arrival, TimeSpan now)
    {
        switch (_s.Role)
        {
            case HelloRole.Master:
                HeedAsMaster(ref p, was, now);
                break;
            case HelloRole.Backup when p.Role == HelloRole.Resign && was != HelloRole.Resign && _rules.HasFlag(RoleRules.R13):
                // R13: the backup that is named takes the role at once, the others when it does not; where none is named the best one.
                var rank = p.HandsOverToUs ? 0 : Math.Max(Rank(now), p.HandsOver ? 1 : 0);
                _s.Taking = true;
                _s.TakeFrom = p.Id;
                _s.TakeAt = arrival + (_settings.Interval * (_settings.RankStep * rank));
                break;
            case HelloRole.Backup when p is { Role: HelloRole.Master, HandsOverToUs: true } && now - arrival <= _settings.Interval:
                TakeOver(p.Id, now);
                break;
            case HelloRole.Backup when p.Role == HelloRole.Master:
                _s.Taking = false;
                break;
            default:
                break;
        }

        if (_s.Role is HelloRole.Listening or HelloRole.Backup)
        {
            DecideAtOnce(now);
        }
    }

    /// <summary>Does not wait for the tick; but who did not run hears all that waits before it decides (R6).</summary>
    private void DecideAtOnce(TimeSpan now)
    {
        if (!_rules.HasFlag(RoleRules.R6) || now - _s.LastStep <= _settings.Interval)
        {
            DecideByPeers(now);
        }
    }

    /// <summary>What is reported of other masters than ourselves, without those whose age no peer can mean: a time is computed from it.</summary>
    private ImmutableArray<HeardMaster> OfOthers(ImmutableArray<HeardMaster> masters)
    {
        foreach (var master in masters)
        {
            if (!IsOfAnother(master))
            {
                return masters.RemoveAll(m => !IsOfAnother(m));
            }
        }

        return masters;
    }

    private bool IsOfAnother(HeardMaster master) => master.NodeId != _settings.NodeId && master.Age >= TimeSpan.Zero && master.Age <= LongestAge;

    private bool Heard(int peer, TimeSpan now) => _peers[peer].Known && SilentAt(peer) > now;

    private bool AnyHeard(TimeSpan now)
    {
        for (var i = 0; i < _peers.Length; i++)
        {
            if (Heard(i, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>When the last path to a peer falls, or fell, silent.</summary>
    private TimeSpan SilentAt(int peer)
    {
        var at = TimeSpan.MinValue;
        for (var j = 0; j < _settings.Paths; j++)
        {
            ref readonly var way = ref _paths[(peer * _settings.Paths) + j];
            if (way.Used)
            {
                var silent = way.Last + _settings.DeadMan;
                at = Max(at, way.Down ? Min(silent, way.DownAt) : silent);
            }
        }

        return at;
    }

    /// <summary>Until when a master is known, by its own HELLO or by a report of a peer that is heard; <see langword="null"/> when none ever was. The masters of a lesser term are forgotten once they are silent.</summary>
    private TimeSpan? MasterUntil(TimeSpan now)
    {
        TimeSpan? until = null;
        for (var i = 0; i < _peers.Length; i++)
        {
            ref readonly var p = ref _peers[i];
            if (!p.Known)
            {
                continue;
            }

            var silent = SilentAt(i);
            if (p.Role == HelloRole.Master && (silent > now || p.Term == _s.Seen))
            {
                until = until is { } u ? Max(u, silent) : silent;
            }

            if (silent <= now)
            {
                continue;
            }

            foreach (var master in p.Masters)
            {
                // What a node itself says counts more than what is said of it.
                var direct = IndexOf(master.NodeId);
                if (direct >= 0 && Heard(direct, now))
                {
                    continue;
                }

                var ends = p.At - master.Age + _settings.DeadMan;
                if (ends > now || master.Term == _s.Seen)
                {
                    until = until is { } u ? Max(u, ends) : ends;
                }
            }
        }

        return until;
    }
}
