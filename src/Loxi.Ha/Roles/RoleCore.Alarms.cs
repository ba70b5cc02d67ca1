namespace Loxi.Ha.Roles;

/// <content>How long what the operator was told lasts. Nothing here changes a role.</content>
public sealed partial class RoleCore
{
    /// <summary>How long a HELLO with the own id, or a switchover that failed, is worth an alarm when nothing else ends it.</summary>
    private static readonly TimeSpan DuplicateLasts = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailureLasts = TimeSpan.FromMinutes(5);

    /// <summary>BFD comes up within some seconds where HELLOs come again; only what lasts longer is a contradiction.</summary>
    private static readonly TimeSpan DisagreesAfter = TimeSpan.FromSeconds(5);

    /// <summary>Whether an alarm that was told still holds. When each is over: docs/ha-rules.md.</summary>
    /// <param name="alarm">The alarm.</param>
    /// <param name="peer">The node that it was told of; counts for <see cref="RoleAlarm.PathSilent"/>, <see cref="RoleAlarm.SignalsDisagree"/> and <see cref="RoleAlarm.ConfigDiffers"/>.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when it is over, and when it was never told.</returns>
    public bool Lasts(RoleAlarm alarm, ushort peer, TimeSpan now) => alarm switch
    {
        // A node that is not ready takes nothing, and asks again and again.
        RoleAlarm.VipClaimed => !_s.Withheld.IsEmpty && (_s.Announces || (_s.Role == HelloRole.Backup && _s.Readiness != Readiness.Ready)),
        RoleAlarm.VipProbeFailed => Told(alarm) && _s.Role == HelloRole.Master,
        RoleAlarm.TermNotDurable => ByPeers && _s.Role == HelloRole.Master && _s.Term > _s.Ceiling,
        RoleAlarm.TermsMissing => Told(alarm) && _s.Role != HelloRole.Master,
        RoleAlarm.PathSilent or RoleAlarm.SignalsDisagree => IsToldOfPath(alarm, peer),
        RoleAlarm.ConfigDiffers => IndexOf(peer) is >= 0 and var i && _peers[i].ConfigDiffers && Heard(i, now),
        RoleAlarm.FaultWithoutBackup => Told(alarm) && _s.Role == HelloRole.Master,
        RoleAlarm.SwitchoverFailed => Told(alarm) && now < _s.FailedAt + FailureLasts,
        RoleAlarm.Damped => Told(alarm) && now < _s.HeldUntil,
        RoleAlarm.DuplicateNodeId => Told(alarm) && now < _s.DuplicateAt + DuplicateLasts,
        RoleAlarm.NotReady => _s.Role == HelloRole.Master && _s.Announces && _s.Readiness != Readiness.Ready,
        _ => false,
    };

    /// <summary>Whether an alarm is about one peer.</summary>
    internal static bool IsOfPeer(RoleAlarm alarm) => alarm is RoleAlarm.PathSilent or RoleAlarm.SignalsDisagree or RoleAlarm.ConfigDiffers;

    /// <summary>BFD on a path to a peer is Up again, or is not used any more.</summary>
    /// <param name="peer">The peer; nothing happens for one that is not known.</param>
    /// <param name="path">The path.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such path.</exception>
    public void PathUp(ushort peer, int path)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(path);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(path, _settings.Paths);
        if (IndexOf(peer) is >= 0 and var i)
        {
            _paths[(i * _settings.Paths) + path].BfdDown = false;
        }
    }

    /// <summary>R12: paths that fail while others work, and signs that contradict each other, change nothing.</summary>
    private void WatchPaths(TimeSpan now)
    {
        for (var i = 0; i < _peers.Length; i++)
        {
            var heard = Heard(i, now);
            for (var j = 0; j < _settings.Paths; j++)
            {
                ref var way = ref _paths[(i * _settings.Paths) + j];
                var silent = way.Used && (way.Down || way.Last + _settings.DeadMan <= now);
                var disagrees = way.BfdDown && !silent && now >= way.BfdDownAt + DisagreesAfter;
                if (silent && heard && !way.Told)
                {
                    way.ToldAs = way.Down && way.Last + _settings.DeadMan > now ? RoleAlarm.SignalsDisagree : RoleAlarm.PathSilent;
                    Tell(way.ToldAs, _peers[i].Id);
                }
                else if (disagrees && !(way.Told && way.ToldAs == RoleAlarm.SignalsDisagree))
                {
                    way.ToldAs = RoleAlarm.SignalsDisagree;
                    Tell(way.ToldAs, _peers[i].Id);
                }

                way.Told = (silent && (heard || way.Told)) || disagrees;
            }
        }
    }

    private bool IsToldOfPath(RoleAlarm alarm, ushort peer)
    {
        var i = IndexOf(peer);
        for (var j = 0; i >= 0 && j < _settings.Paths; j++)
        {
            ref readonly var way = ref _paths[(i * _settings.Paths) + j];
            if (way.Told && way.ToldAs == alarm)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells an alarm that lasts until <see cref="TellOnce"/> says otherwise.</summary>
    private void TellLasting(RoleAlarm alarm, ushort peer = 0)
    {
        _s.Alarms |= 1UL << (int)alarm;
        Tell(alarm, peer);
    }

    private void TellSwitchoverFailed(ushort peer, TimeSpan now)
    {
        _s.FailedAt = now;
        TellLasting(RoleAlarm.SwitchoverFailed, peer);
    }

    /// <summary>Each time that it comes after a pause is one of its own.</summary>
    private void TellDuplicate(TimeSpan now)
    {
        TellOnce(RoleAlarm.DuplicateNodeId, now < _s.DuplicateAt + DuplicateLasts && Told(RoleAlarm.DuplicateNodeId));
        _s.DuplicateAt = now;
        TellOnce(RoleAlarm.DuplicateNodeId, true);
    }
}
