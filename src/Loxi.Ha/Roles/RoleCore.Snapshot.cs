namespace Loxi.Ha.Roles;

/// <content>Copies and canonical values of the state, for a model checker.</content>
public sealed partial class RoleCore
{
    internal ReadOnlySpan<PeerState> PeerStates => _peers;

    internal ref readonly RoleState State => ref _s;

    internal ulong Incarnation => _incarnation;

    /// <summary>An equal core that goes its own way.</summary>
    internal RoleCore Clone()
    {
        var copy = (RoleCore)MemberwiseClone();
        copy._peers = (PeerState[])_peers.Clone();
        copy._paths = (PathState[])_paths.Clone();
        copy._out = [];
        return copy;
    }

    /// <summary>Becomes an equal of another run of the same node, without making a new one. False when it is another run.</summary>
    internal bool CopyFrom(RoleCore other)
    {
        if (other._incarnation != _incarnation)
        {
            return false;
        }

        _s = other._s;
        other._peers.CopyTo(_peers, 0);
        other._paths.CopyTo(_paths, 0);
        return true;
    }

    /// <summary>Writes what decides about the future as numbers: times relative to <paramref name="now"/> in half intervals, terms as they are (the caller normalises them by <paramref name="terms"/>). <paramref name="incarnations"/> of all nodes by their ids.</summary>
    internal void WriteKey(List<long> key, List<ulong> terms, TimeSpan now, ReadOnlySpan<ulong> incarnations)
    {
        const int far = 40;
        var half = _settings.Interval / 2;
        long Past(TimeSpan t) => Math.Clamp((t - now).Ticks / half.Ticks, -far, far);
        key.Add(((long)_s.Role) | ((_s.Announces ? 1L : 0) << 4) | ((long)_s.Readiness << 5) | ((_s.Holding ? 1L : 0) << 8) | ((_s.NoMaster ? 1L : 0) << 9) | ((_s.Taking ? 1L : 0) << 10)
            | ((_s.Probing ? 1L : 0) << 11) | ((_s.Stopping ? 1L : 0) << 12) | ((long)_s.ResignsLeft << 13) | ((CountFaults(out _) > 0 ? 1L : 0) << 21) | ((_s.ProbeSilent ? 1L : 0) << 22)
            | ((_s.Faults is [{ Down: true }] ? 1L : 0) << 23) | ((long)_s.Handover << 24));
        key.Add(_s.Role == HelloRole.Listening ? Math.Max(0, Past(_s.ListenUntil)) : 0);
        key.Add(_s.Role == HelloRole.Resign ? Math.Max(0, Past(_s.ResignAt)) : 0);
        key.Add(_s.Role == HelloRole.Master ? Math.Max(0, Past(_s.AnswerUntil)) : 0);
        key.Add(_s.Role == HelloRole.Backup && _s.NoMaster ? Math.Max(-20, Past(_s.NoMasterSince)) : 0);
        key.Add(_s.Role == HelloRole.Backup && _s.Taking ? Math.Max(0, Past(_s.TakeAt)) : 0);
        key.Add(_s.Probing ? Math.Max(0, Past(_s.ProbeUntil)) : 0);
        key.Add(_s.Role == HelloRole.Backup ? Math.Max(-8, Past(_s.WindowsFrom)) : 0);
        key.Add(Math.Max(-8, Past(_s.LastStep)));
        terms.Add(_s.Seen);
        terms.Add(_s.Role == HelloRole.Master || _s.Holding ? _s.Term : _s.Seen);
        terms.Add(Math.Max(_s.Floor, _s.Seen));
        for (var i = 0; i < _peers.Length; i++)
        {
            ref readonly var p = ref _peers[i];
            var silent = p.Known ? Past(SilentAt(i)) : -far;
            if (silent <= 0 && (p.Role != HelloRole.Master || p.Term != _s.Seen))
            {
                // Of a silent node only that it was not the last master.
                key.Add(-far);
                continue;
            }

            silent = Math.Max(silent, -8);
            key.Add(((long)p.Role) | ((long)p.Readiness << 4) | ((long)p.Health << 8) | ((p.HearsUs ? 1L : 0) << 16) | ((_s.Role == HelloRole.Master ? p.DeafHellos : 0L) << 17)
                | ((p.Incarnation == incarnations[p.Id] ? 1L : 0) << 26) | (silent << 32));
            terms.Add(p.Term);
            foreach (var master in silent > 0 ? p.Masters : [])
            {
                var ends = Past(p.At - master.Age + _settings.DeadMan);
                key.Add(master.NodeId | (Math.Max(ends, -8) << 32));
                terms.Add(master.Term);
            }
        }
    }
}
