using System.Collections.Immutable;
using Loxi.Ha.Roles;

namespace Loxi.Sim.Checking;

/// <content>
/// The normal form of a state: it goes on exactly as the state does (NormalFormTests), and there are finitely many. Times count from now and are cut off where no rule looks any more, terms and
/// incarnations are ranks, sequence numbers are gone, and so is what the role makes meaningless.
/// </content>
internal sealed partial class Model
{
    private const long Origin = 1000;

    /// <summary>No rule looks further back at silence: each of the other nodes that is preferred delays by half an interval.</summary>
    private TimeSpan Ranks => Round * (Count / 2);

    /// <summary>Becomes the normal form.</summary>
    /// <param name="clip">Terms further apart than this are this far apart: then it stands for all states with greater distances too, of which <see cref="Stretch"/> makes those that go on otherwise.</param>
    public void Normalise(int clip = int.MaxValue)
    {
        var shift = Round * (Origin - _now);
        for (var i = 0; i < Count; i++)
        {
            ref var node = ref _nodes[i];
            node.HelloDue = false;
            if (node.Core is null)
            {
                node.Waits = false;
                node.UnwrittenTerm = false;
                node.TermWritten = false;
                // Of gates that have closed nobody resumes, by R1.
                var counts = node.PinnedTerm > 0 && (node.PinnedUntil > Now || !_rules.HasFlag(RoleRules.R1Gates));
                (node.PinnedTerm, node.PinnedUntil) = counts ? (node.PinnedTerm, Later(node.PinnedUntil, Now) + shift) : (0, TimeSpan.Zero);
                node.LastTerm = _rules.HasFlag(RoleRules.Floor) && node.LastTerm <= node.Ceiling ? 0 : node.LastTerm;
                continue;
            }

            ForgetOwn(ref node);
            ForgetPeers(node.Core!);
            ForgetWaiting(ref node);
            Shift(ref node, shift);
        }

        _now = Origin;
        _sequence = 1;
        RankIncarnations();
        RankTerms(clip);
    }

    /// <summary>What a node says of itself.</summary>
    private void ForgetOwn(ref Node node)
    {
        ref var s = ref node.Core!.State;
        var ready = s.Readiness == Readiness.Ready;
        var keepsTerm = s.Role == HelloRole.Master || s.Holding;
        s.Term = keepsTerm ? s.Term : 0;
        node.UnwrittenTerm &= keepsTerm;
        // A term on disk is that of gates which stay open alone.
        node.TermWritten &= keepsTerm && _events.HasFlag(ModelEvents.Kills);
        s.Floor = s.Floor > s.Seen ? s.Floor : 0;
        s.Asked = 0;
        if (_rules.HasFlag(RoleRules.Floor) && node.LastTerm <= Math.Max(s.Seen, s.Floor) && node.LastTerm <= node.Ceiling)
        {
            node.LastTerm = 0;
        }

        var longest = Now - (Round * (_times.NoMaster * Count));
        var noMaster = s is { Role: HelloRole.Backup, NoMaster: true };
        if (noMaster && s.WindowsFrom > s.NoMasterSince && _rules.HasFlag(RoleRules.R6))
        {
            // The later one counts.
            s.NoMasterSince = s.WindowsFrom;
        }

        s.NoMasterSince = noMaster ? Later(s.NoMasterSince, longest) : default;
        // Where the only other node was heard since then its silence begins later.
        var heardSince = Count == 2 && node.Core.PeerStates[0].Known && node.Core.PathStates[0].Last >= s.WindowsFrom;
        var windows = heardSince ? Now - DeadMan - Ranks : Later(s.WindowsFrom, Now - DeadMan - Ranks);
        s.WindowsFrom = noMaster && windows > s.NoMasterSince ? s.NoMasterSince : windows;
        s.LastStep = Later(s.LastStep, Now - Round);
        s.GatesAt = Now;
        s.AnswerUntil = s.AnswerUntil == default ? default : Later(s.AnswerUntil, Now);
        s.ListenUntil = s.Role == HelloRole.Listening ? Later(s.ListenUntil, Now) : default;
        s.ResignAt = s.Role == HelloRole.Resign ? Later(s.ResignAt, Now) : default;
        s.ResignsLeft = s.Role == HelloRole.Resign ? s.ResignsLeft : (byte)0;
        s.TakeAt = s.Taking ? Later(s.TakeAt, Now) : default;
        s.TakeFrom = 0;
        s.ProbeUntil = s.Probing ? Later(s.ProbeUntil, Now) : default;
        s.ProbeCause = s.Probing || !ready ? s.ProbeCause : default;
        s.ProbeSilent &= !ready;
        s.ProbeAgainAt = ready ? default : Later(s.ProbeAgainAt, Now);
        s.Alarms &= 1UL << (int)RoleAlarm.TermsMissing;
        s.MissingSince = s.Alarms != 0 ? Later(s.MissingSince, Now - (Round * (_times.NoMaster * (1 + Count)))) : default;
        s.Faults = s.Faults is [{ Down: false, Counts: false }] ? [] : s.Faults is [var fault] ? [fault with { Since = default }] : s.Faults;
        s.Changes = [];
    }

    private void ForgetPeers(RoleCore core)
    {
        ref readonly var s = ref core.State;
        var peers = core.PeerStates;
        for (var i = 0; i < peers.Length; i++)
        {
            ref var p = ref peers[i];
            ref var way = ref core.PathStates[i];
            way.Told = false;
            p.Probed = false;
            p.Sequence = 0;
            p.DeafHellos = s.Role == HelloRole.Master ? p.DeafHellos : (byte)0;
            var gone = Now - DeadMan - Ranks;
            if (p.Known && way.Last + DeadMan > Now)
            {
                p.Term = p.Role == HelloRole.Resign ? 0 : p.Term;
                p.HearsUs &= p.Role == HelloRole.Backup;
            }
            else
            {
                // Of who is silent only whether it was the last master, and whether it had resigned.
                var last = p is { Known: true, Role: HelloRole.Master } && p.Term == s.Seen;
                var resigned = p is { Known: true, Role: HelloRole.Resign };
                way.Last = way.Used ? Later(way.Last, gone) : default;
                var known = p.Known && (last || resigned || way.Last > gone);
                p = new PeerState
                {
                    Id = p.Id,
                    Known = known,
                    Role = last ? HelloRole.Master : resigned ? HelloRole.Resign : HelloRole.Backup,
                    Term = last ? p.Term : 0,
                    DeafHellos = p.DeafHellos,
                    Incarnation = known || p.DeafHellos > 0 ? p.Incarnation : 0,
                    Masters = [],
                };
                way = known ? way : default;
            }

            if (p.Masters.Length > 0)
            {
                p.Masters = Reports(p.Masters, way.Last, core.State.Seen, core.Settings.NodeId);
            }

            p.At = way.Last;
        }
    }

    /// <summary>What waits in the socket of a node that stands still.</summary>
    private void ForgetWaiting(ref Node node)
    {
        node.Waits &= node.Paused;
        var core = node.Core!;
        for (var j = 0; node.Waits && j < Count; j++)
        {
            if (node.Waiting[j] is not { } hello)
            {
                node.WaitingAt[j] = default;
                continue;
            }

            var hears = false;
            foreach (var heard in hello.Heard)
            {
                hears |= heard.NodeId == core.Settings.NodeId && heard.Incarnation == core.Incarnation;
            }

            var at = node.WaitingAt[j] = Later(node.WaitingAt[j], Now - DeadMan - Ranks);
            if (hello.Masters.IsEmpty && hello.Sequence == 1 && hears == hello.Heard.Length > 0)
            {
                // It is in its normal form.
                continue;
            }

            node.Waiting[j] = hello with
            {
                Sequence = 1,
                // Incarnation 0 until all are known.
                Heard = hears ? [new HeardPeer(core.Settings.NodeId, 0, 0)] : [],
                Masters = hello.Masters.IsEmpty ? [] : Reports(hello.Masters, at, null, core.Settings.NodeId),
            };
        }
    }

    /// <summary>Reported masters without us, and without those that have been silent for long: none but the latest counts then.</summary>
    private ImmutableArray<HeardMaster> Reports(ImmutableArray<HeardMaster> masters, TimeSpan at, ulong? seen, ushort self)
    {
        var kept = ImmutableArray.CreateBuilder<HeardMaster>(masters.Length);
        foreach (var master in masters)
        {
            var ends = Later(at - master.Age + DeadMan, Now - Ranks);
            if (master.NodeId != self && (seen is null || ends > Now || master.Term == seen))
            {
                kept.Add(master with { Age = at + DeadMan - ends });
            }
        }

        return kept.DrainToImmutable();
    }

    /// <summary>Moves all times; those that mean nothing stay 0.</summary>
    private void Shift(ref Node node, TimeSpan by)
    {
        static void Move(ref TimeSpan at, TimeSpan by) => at = at == default ? default : at + by;
        ref var s = ref node.Core!.State;
        s.LastStep += by;
        s.GatesAt += by;
        s.WindowsFrom += by;
        Move(ref s.AnswerUntil, by);
        s.ListenUntil = s.Role == HelloRole.Listening ? s.ListenUntil + by : default;
        s.NoMasterSince = s.NoMaster ? s.NoMasterSince + by : default;
        s.MissingSince = s.Alarms != 0 ? s.MissingSince + by : default;
        s.TakeAt = s.Taking ? s.TakeAt + by : default;
        s.ProbeUntil = s.Probing ? s.ProbeUntil + by : default;
        s.ProbeAgainAt = s.Readiness == Readiness.Ready ? default : s.ProbeAgainAt + by;
        s.ResignAt = s.Role == HelloRole.Resign ? s.ResignAt + by : default;
        var peers = node.Core.PeerStates;
        for (var i = 0; i < peers.Length; i++)
        {
            if (peers[i].Known)
            {
                node.Core.PathStates[i].Last += by;
                peers[i].At += by;
            }
        }

        for (var j = 0; node.Waits && j < Count; j++)
        {
            node.WaitingAt[j] = node.Waiting[j] is null ? default : node.WaitingAt[j] + by;
        }
    }

    /// <summary>Of the runs of a process only the order of those counts that somebody remembers.</summary>
    private void RankIncarnations()
    {
        Span<ulong> known = stackalloc ulong[1 + (2 * Count)];
        for (var i = 0; i < Count; i++)
        {
            var n = 0;
            known[n++] = _nodes[i].Incarnation;
            for (var j = 0; j < Count; j++)
            {
                ref var other = ref _nodes[j];
                if (j == i || other.Core is not { } core)
                {
                    continue;
                }

                ref var p = ref core.PeerStates[i < j ? i : i - 1];
                if (p.Incarnation > 0)
                {
                    known[n++] = p.Incarnation;
                }

                if (other.Waits && other.Waiting[i] is { } hello)
                {
                    known[n++] = hello.Incarnation;
                }
            }

            var sorted = known[..n];
            sorted.Sort();
            var current = RankOf(sorted, _nodes[i].Incarnation);
            for (var j = 0; j < Count; j++)
            {
                ref var other = ref _nodes[j];
                if (j == i || other.Core is not { } core)
                {
                    continue;
                }

                ref var p = ref core.PeerStates[i < j ? i : i - 1];
                p.Incarnation = p.Incarnation > 0 ? RankOf(sorted, p.Incarnation) : 0;
                if (other.Waits && other.Waiting[i] is { } hello)
                {
                    other.Waiting[i] = hello with { Incarnation = RankOf(sorted, hello.Incarnation) };
                }
            }

            ref var node = ref _nodes[i];
            node.Incarnation = current;
            if (node.Core is not null)
            {
                node.Core.Incarnation = current;
            }

            for (var j = 0; node.Waits && j < Count; j++)
            {
                if (node.Waiting[j] is { Heard: [{ } heard] } hello)
                {
                    node.Waiting[j] = hello with { Heard = [heard with { Incarnation = current }] };
                }
            }
        }
    }

    private static ulong RankOf(ReadOnlySpan<ulong> sorted, ulong value)
    {
        var rank = 0UL;
        for (var k = 0; k < sorted.Length && sorted[k] <= value; k++)
        {
            rank += k == 0 || sorted[k] != sorted[k - 1] ? 1UL : 0;
        }

        return rank;
    }

    private TimeSpan DeadMan => Round * _times.Multiplier;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
