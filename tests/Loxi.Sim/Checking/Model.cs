using Loxi.Ha.Roles;

namespace Loxi.Sim.Checking;

/// <summary>A small cluster of role cores as they are, in rounds of one interval: one path, no damping, a disk that writes at once or fails. A value to copy.</summary>
internal sealed partial class Model
{
    /// <summary>No fault in a round.</summary>
    public const int Nothing = 0;

    public static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);
    private readonly RoleRules _rules;
    private readonly ModelEvents _events;
    private readonly ModelTimes _times;
    private readonly Scratch _scratch;
    private readonly RoleSettings[] _settings;
    private readonly Node[] _nodes;
    private long _now;
    private ulong _sequence;

    public Model(int nodes, RoleRules rules, ModelEvents events = ModelEvents.None, ModelTimes? times = null)
    {
        _rules = rules;
        _events = events;
        _times = times ?? ModelTimes.Product;
        _scratch = new Scratch(nodes);
        _nodes = new Node[nodes];
        _settings = new RoleSettings[nodes];
        Links = (1 << (nodes * nodes)) - 1;
        for (var i = 0; i < nodes; i++)
        {
            _settings[i] = SettingsOf(i, nodes, _times);
            _nodes[i].Waiting = new Hello?[nodes];
            _nodes[i].WaitingAt = new TimeSpan[nodes];
            Start(ref _nodes[i], i);
        }
    }

    private Model(Model other)
    {
        _rules = other._rules;
        _events = other._events;
        _times = other._times;
        _scratch = other._scratch;
        _settings = other._settings;
        _nodes = new Node[other._nodes.Length];
        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i].Waiting = new Hello?[_nodes.Length];
            _nodes[i].WaitingAt = new TimeSpan[_nodes.Length];
        }

        CopyFrom(other);
    }

    /// <summary>Bit from * nodes + to: the direction works.</summary>
    public int Links { get; private set; }

    /// <summary>How many faults there were.</summary>
    public int Faults { get; private set; }

    public string? Violation { get; private set; }

    public int Count => _nodes.Length;

    /// <summary>How many rounds all is as it is until exactly one announces (I1, I2): more where disks fail, which are waited for.</summary>
    public int Quiet => _events.HasFlag(ModelEvents.Disks) ? 10 + (4 * (2 + Count)) : 10;

    public TimeSpan Time => Now;

    private TimeSpan Now => Round * _now;

    public Model Clone() => new(this);

    /// <summary>Becomes an equal of another model of the same cluster.</summary>
    public void CopyFrom(Model other)
    {
        _now = other._now;
        _sequence = other._sequence;
        Links = other.Links;
        Faults = other.Faults;
        Violation = other.Violation;
        for (var i = 0; i < _nodes.Length; i++)
        {
            ref readonly var from = ref other._nodes[i];
            ref var node = ref _nodes[i];
            var (core, waiting, waitingAt) = (node.Core, node.Waiting, node.WaitingAt);
            node = from;
            (node.Waiting, node.WaitingAt) = (waiting, waitingAt);
            if (from.Core is not null)
            {
                if (core is null)
                {
                    node.Core = from.Core.Clone();
                }
                else
                {
                    core.CopyFrom(from.Core);
                    node.Core = core;
                }
            }

            if (from.Waits)
            {
                from.Waiting.CopyTo(waiting, 0);
                from.WaitingAt.CopyTo(waitingAt, 0);
            }
        }
    }

    public RoleCore? Core(int i) => _nodes[i].Core;

    public bool Works(int from, int to) => (Links >> ((from * Count) + to) & 1) != 0;

    public bool Announces(int i) => _nodes[i] is { Core.Announces: true, Paused: false };

    public bool Runs(int i) => _nodes[i] is { Core: not null, Paused: false };

    public bool Faulty(int i) => _nodes[i].Fault;

    /// <summary>Quiet rounds, so that one node serves.</summary>
    public Model Settled()
    {
        for (var i = 0; i < 16; i++)
        {
            Step();
        }

        return this;
    }

    public string Describe() => string.Join("  ", _nodes.Select((n, i) => n.Core is null ? $"{Name(i)} dead" : $"{Name(i)} {n.Core.Role}{(n.Core.Announces ? "*" : "")} {n.Core.Term}{(n.Paused ? " paused" : "")}"));

    /// <summary>One interval: who runs wakes, hears and decides, then says what it is.</summary>
    public void Step()
    {
        _now++;
        for (var i = 0; i < Count; i++)
        {
            ref var node = ref _nodes[i];
            if (node.Core is not { } core || node.Paused)
            {
                continue;
            }

            var closed = core.Announces && Now >= core.State.AnswerUntil;
            if (node.Waits)
            {
                for (var j = 0; j < Count; j++)
                {
                    if (node.Waiting[j] is { } hello)
                    {
                        core.Receive(hello, 0, node.WaitingAt[j], Now, _scratch.Actions);
                        Run(ref node, i);
                    }
                }

                node.Waits = false;
            }

            core.Tick(Now, _scratch.Actions);
            Run(ref node, i);
            if (closed && core.Announces)
            {
                Violation ??= $"I6: {Name(i)} announces at once after its gates have closed";
            }

            if (core.Readiness != Readiness.Ready && core.Role != HelloRole.Listening)
            {
                core.SetReadiness(Readiness.Ready, Now, _scratch.Actions);
                Run(ref node, i);
            }
        }

        Speak();
    }

    private static char Name(int i) => (char)('A' + i);

    private static RoleSettings SettingsOf(int i, int count, ModelTimes times) => new()
    {
        NodeId = (ushort)i,
        Peers = [.. Enumerable.Range(0, count).Where(j => j != i).Select(static j => (ushort)j)],
        Interval = Round,
        ReservedTerms = 1,
        DampingTransitions = 0,
        Multiplier = times.Multiplier,
        ListenIntervals = times.Listen,
        VipProbeTime = Round * times.VipProbe,
        DeafHellos = times.DeafHellos,
        NoMasterIntervals = times.NoMaster,
        HoldIntervals = times.Hold,
        FaultAfter = TimeSpan.Zero,
        FaultGoneAfter = TimeSpan.Zero,
    };

    /// <summary>All say what they are; then, well within the interval, those who have just changed.</summary>
    private void Speak()
    {
        Speak(all: true);
        Speak(all: false);
    }

    private void Speak(bool all)
    {
        _sequence++;
        var hellos = _scratch.Hellos;
        var any = false;
        for (var i = 0; i < Count; i++)
        {
            ref var node = ref _nodes[i];
            hellos[i] = Runs(i) && (all || node.HelloDue) ? node.Core!.Describe(_sequence, Now) : null;
            node.HelloDue = false;
            any |= hellos[i] is not null;
        }

        for (var to = 0; any && to < Count; to++)
        {
            ref var node = ref _nodes[to];
            for (var from = 0; from < Count; from++)
            {
                if (from == to || hellos[from] is not { } hello || node.Core is null || !Works(from, to))
                {
                    continue;
                }

                if (node.Paused)
                {
                    node.Waiting[from] = hello;
                    node.WaitingAt[from] = Now;
                }
                else
                {
                    node.Core.Receive(hello, 0, Now, Now, _scratch.Actions);
                    Run(ref node, to);
                }
            }
        }
    }

    private void Start(ref Node node, int i)
    {
        node.Incarnation++;
        node.Fault = false;
        node.Paused = false;
        node.Waits = false;
        node.Core = new RoleCore(_settings[i], node.Incarnation, _rules);
        var memory = new RoleMemory { Ceiling = node.Ceiling, Term = node.PinnedTerm, PinnedTerm = node.PinnedTerm, PinnedNodeId = (ushort)i, PinnedAnswerUntil = node.PinnedUntil };
        node.Core.Start(memory, Now, _scratch.Actions);
        Run(ref node, i);
        (node.PinnedTerm, node.PinnedUntil) = (0, TimeSpan.Zero);
    }

    /// <summary>What all copies of a model use in turn.</summary>
    private sealed class Scratch(int nodes)
    {
        public List<RoleAction> Actions { get; } = [];

        public List<long> Key { get; } = [];

        public TermMap Terms { get; } = new();

        public Hello?[] Hellos { get; } = new Hello?[nodes];
    }

    private struct Node
    {
        public RoleCore? Core;
        public bool Paused;

        /// <summary>Something may wait: it stands still, or has just ended to.</summary>
        public bool Waits;
        public bool Fault;
        public bool DiskFails;

        /// <summary>It has told that the term of its next promotion, or of its last, is not on disk.</summary>
        public bool UnwrittenTold;
        public bool UnwrittenTerm;
        public bool HelloDue;

        /// <summary>The term of its role is on disk.</summary>
        public bool TermWritten;

        /// <summary>Of a process that has ended: whose open gates are still there, and until when. 0 where the term is not on disk: then nobody resumes.</summary>
        public ulong PinnedTerm;
        public TimeSpan PinnedUntil;
        public ulong Incarnation;
        public ulong Ceiling;
        public ulong LastTerm;
        public Hello?[] Waiting;
        public TimeSpan[] WaitingAt;
    }
}
