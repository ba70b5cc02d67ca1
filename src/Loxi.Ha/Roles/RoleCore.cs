using System.Collections.Immutable;
using System.Net;
using System.Runtime.InteropServices;

namespace Loxi.Ha.Roles;

/// <summary>
/// Decides whether this node serves one VIP group (rules R1 to R13, docs/ha-rules.md). Pure: it reads no clock and does nothing; every method takes the time and adds to a
/// list what is to be done. Times are of one monotonic clock that does not stop while the process does. One thread at a time.
/// </summary>
/// <remarks>
/// Call <see cref="Start"/> once, <see cref="Tick"/> at least every half interval and at <see cref="NextDeadline"/>. After a late wake-up first <see cref="Receive"/> for all that waits, with
/// the times of arrival, then <see cref="Tick"/> (R6). A HELLO goes out every interval by the caller's timer, with the text of <see cref="Describe"/>, and for each <see cref="RoleActionKind.SendHello"/>.
/// </remarks>
public sealed partial class RoleCore
{
    private RoleSettings _settings;
    private readonly RoleRules _rules;
    private ulong _incarnation;
    private RoleState _s;
    private PeerState[] _peers;
    private PathState[] _paths;
    private List<RoleAction> _out = [];

    /// <summary>Makes a core that has not started.</summary>
    /// <param name="settings">Its constants.</param>
    /// <param name="incarnation">The run of the process: greater with every start.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, a peer is named twice or is the node itself.</exception>
    public RoleCore(RoleSettings settings, ulong incarnation)
        : this(settings, incarnation, RoleRules.All)
    {
    }

    internal RoleCore(RoleSettings settings, ulong incarnation, RoleRules rules)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(settings);
        _settings = settings;
        _incarnation = incarnation;
        _rules = rules;
        _peers = new PeerState[settings.Peers.Length];
        _paths = new PathState[settings.Peers.Length * settings.Paths];
        for (var i = 0; i < _peers.Length; i++)
        {
            _peers[i] = new PeerState { Id = settings.Peers[i], Masters = [] };
        }

        _s = new RoleState { Health = byte.MaxValue, Priority = 100, Withheld = [], Faults = [], Changes = [] };
    }

    /// <summary>The constants.</summary>
    public RoleSettings Settings => _settings;

    /// <summary>The role. Without a source of roles <see cref="HelloRole.Master"/>: the node announces.</summary>
    public HelloRole Role => _s.Role;

    /// <summary>Who decides: <see cref="RoleSettings.Source"/>, or <see cref="RoleSource.External"/> once a controller has posted to a node without peers.</summary>
    public RoleSource Source => _settings.Source == RoleSource.None && _s.ExternalUsed ? RoleSource.External : _settings.Source;

    /// <summary>Whether the VIPs are announced.</summary>
    public bool Announces => _s.Announces;

    /// <summary>The term of the role; of a node that does not serve the greatest that it has seen.</summary>
    public ulong Term => _s.Role == HelloRole.Master || _s.Holding ? _s.Term : _s.Seen;

    /// <summary>How ready the node is, as told.</summary>
    public Readiness Readiness => _s.Readiness;

    /// <summary>The health that the node tells: what it was told, less tracked faults.</summary>
    public byte Health => (byte)Math.Max(0, _s.Health - (CountFaults(out _) * _settings.FaultWeight));

    /// <summary>Whether the node is pinned as a backup.</summary>
    public bool Pinned => _s.Pinned;

    /// <summary>VIPs that another host claims: not announced.</summary>
    public ImmutableArray<IPAddress> Withheld => _s.Withheld;

    /// <summary>Until when changes by choice are held back (R9); in the past when they are not.</summary>
    public TimeSpan HeldUntil => _s.HeldUntil;

    /// <summary>The peers that are heard on at least one path.</summary>
    /// <param name="now">The time.</param>
    /// <returns>Their ids.</returns>
    public ImmutableArray<ushort> HeardPeers(TimeSpan now)
    {
        var heard = ImmutableArray.CreateBuilder<ushort>();
        for (var i = 0; i < _peers.Length; i++)
        {
            if (Heard(i, now))
            {
                heard.Add(_peers[i].Id);
            }
        }

        return heard.DrainToImmutable();
    }

    /// <summary>Starts the core (R1).</summary>
    /// <param name="memory">What the former run left.</param>
    /// <param name="now">The time.</param>
    /// <param name="actions">Gets what is to be done.</param>
    /// <exception cref="InvalidOperationException">It has started before.</exception>
    public void Start(RoleMemory memory, TimeSpan now, List<RoleAction> actions)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(actions);
        if (_s.Started)
        {
            throw new InvalidOperationException("The role core has started before.");
        }

        _out = actions;
        _s.Started = true;
        _s.LastStep = now;
        _s.WindowsFrom = now;
        _s.Pinned = memory.Pinned;
        _s.ExternalUsed = memory.ExternalUsed;
        // The former run may have used any term that it had reserved.
        _s.Floor = _rules.HasFlag(RoleRules.Floor) ? memory.Ceiling : 0;
        _s.Ceiling = memory.Ceiling;
        if (Source == RoleSource.None)
        {
            Become(HelloRole.Master, RoleCause.NoRoles, null, now);
            StartAnnouncing(now);
            return;
        }

        var isOpen = now < memory.PinnedAnswerUntil || !_rules.HasFlag(RoleRules.R1Gates);
        var resumes = memory.Term > 0 && memory.PinnedTerm == memory.Term && memory.PinnedNodeId == _settings.NodeId && isOpen;
        // With a witness the lease of the former run is not known to this one.
        if (resumes && !_s.Pinned && !_settings.Witness)
        {
            _s.Term = memory.Term;
            _s.Seen = memory.Term;
            Become(HelloRole.Master, RoleCause.Resumed, null, now);
            StartAnnouncing(now);
            return;
        }

        if (Source == RoleSource.External)
        {
            Become(HelloRole.Backup, RoleCause.Started, null, now);
            RefreshGates(now);
            return;
        }

        _s.Role = HelloRole.Listening;
        _s.ListenUntil = now + (_settings.Interval * (_rules.HasFlag(RoleRules.R1Listen) ? _settings.ListenIntervals : 0));
        Add(RoleActionKind.SendHello);
        Reserve();
    }

    /// <summary>Lets time pass. Follows everything else that came before <paramref name="now"/>.</summary>
    /// <param name="now">The time: not before that of the last call.</param>
    /// <param name="actions">Gets what is to be done.</param>
    public void Tick(TimeSpan now, List<RoleAction> actions)
    {
        Enter(now, actions);
        Decide(now);
        _s.LastStep = now;
    }

    /// <summary>When <see cref="Tick"/> is due at the latest: the gates or a deadline of a rule.</summary>
    /// <param name="now">The time.</param>
    /// <returns>The time, never before <paramref name="now"/>.</returns>
    public TimeSpan NextDeadline(TimeSpan now)
    {
        var next = _s.GatesAt + RefreshEvery;
        if (_s.Role == HelloRole.Listening) { next = Min(next, _s.ListenUntil); }
        if (_s.Role == HelloRole.Resign) { next = Min(next, _s.ResignAt); }
        if (_s.Probing) { next = Min(next, _s.ProbeUntil); }
        if (_s.AnnounceLater) { next = Min(next, _s.AnnounceAt); }

        // What a tick has found due and could not do (a probe runs, the disk is waited for) is looked at again with the gates, not at once.
        if (_s.Role == HelloRole.Backup && PromotionTime(now, out _, out _) is { } at && at > _s.LastStep) { next = Min(next, at); }
        return next < now ? now : next;
    }

    /// <summary>What the next HELLO says.</summary>
    /// <param name="sequence">Its number in this run.</param>
    /// <param name="now">The time.</param>
    /// <returns>The HELLO.</returns>
    public Hello Describe(ulong sequence, TimeSpan now)
    {
        var count = 0;
        var serving = 0;
        for (var i = 0; i < _peers.Length; i++)
        {
            var isHeard = Heard(i, now);
            count += isHeard ? 1 : 0;
            serving += isHeard && _peers[i].Role == HelloRole.Master && _rules.HasFlag(RoleRules.R2Report) ? 1 : 0;
        }

        var heard = count == 0 ? [] : new HeardPeer[count];
        var masters = serving == 0 ? [] : new HeardMaster[serving];
        for (var i = _peers.Length - 1; i >= 0 && count > 0; i--)
        {
            ref readonly var p = ref _peers[i];
            if (!Heard(i, now))
            {
                continue;
            }

            heard[--count] = new HeardPeer(p.Id, p.Incarnation, p.Sequence);
            if (p.Role == HelloRole.Master && serving > 0)
            {
                masters[--serving] = new HeardMaster(p.Id, p.Term, now > p.At ? now - p.At : TimeSpan.Zero);
            }
        }

        return new Hello
        {
            NodeId = _settings.NodeId,
            Incarnation = _incarnation,
            Sequence = sequence,
            // A master whose gates are closed does not serve, whatever it has not yet been told.
            Role = _s.Role == HelloRole.Master && Closed(now) ? HelloRole.Listening : _s.Role,
            Term = Term,
            Readiness = TakesNoTerm && _s.Readiness == Readiness.Ready ? Readiness.Syncing : _s.Readiness,
            Health = Health,
            Priority = _s.Priority,
            ConfigHash = _s.ConfigHash,
            Pinned = _s.Pinned || _s.Stopping,
            Claims = _s.Claims,
            HandsOverTo = _s.Handover == Handover.Offered ? _s.HandoverTo : _s.Heir,
            Heard = ImmutableCollectionsMarshal.AsImmutableArray(heard),
            Masters = ImmutableCollectionsMarshal.AsImmutableArray(masters),
        };
    }

    private static void Check(RoleSettings settings)
    {
        var s = settings;
        Range(s.Interval > TimeSpan.Zero, nameof(s.Interval), s.Interval, "more than 0");
        Range(s.Multiplier >= 2, nameof(s.Multiplier), s.Multiplier, "2 or more");
        Range(s.Paths is >= 1 and <= 8, nameof(s.Paths), s.Paths, "1 to 8");
        Range(s.ListenIntervals >= 1, nameof(s.ListenIntervals), s.ListenIntervals, "1 or more");
        Range(s.RankStep >= 0, nameof(s.RankStep), s.RankStep, "0 or more");
        Range(s.ReservedTerms >= 1, nameof(s.ReservedTerms), s.ReservedTerms, "1 or more");
        Range(s.DeafHellos is >= 1 and <= 255, nameof(s.DeafHellos), s.DeafHellos, "1 to 255");
        Range(s.ResignHellos is >= 1 and <= 255, nameof(s.ResignHellos), s.ResignHellos, "1 to 255");
        Range(s.NoMasterIntervals >= 1, nameof(s.NoMasterIntervals), s.NoMasterIntervals, "1 or more");
        Range(s.FaultWeight is >= 1 and <= 255, nameof(s.FaultWeight), s.FaultWeight, "1 to 255");
        Range(!s.Witness || s.WitnessMargin >= s.DeadMan, nameof(s.WitnessMargin), s.WitnessMargin, $"{s.DeadMan} or more, as long as the gates stay open");
        Range(!s.Peers.Contains(s.NodeId), nameof(s.Peers), s.NodeId, "only other nodes");
        Range(s.Peers.Distinct().Count() == s.Peers.Length, nameof(s.Peers), string.Join(", ", s.Peers), "each node once");
        Range(s.Source != RoleSource.Peers || s.Peers.Length > 0, nameof(s.Peers), "none", "at least one peer where peers decide");
        Range(s.Source == RoleSource.Peers || s.Peers.Length == 0, nameof(s.Peers), string.Join(", ", s.Peers), "none where peers do not decide");
    }

    private static void Range(bool holds, string setting, object value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException($"{setting} is {value}: expected {expected}.");
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
