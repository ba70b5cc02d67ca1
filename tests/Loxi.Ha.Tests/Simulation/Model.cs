using Loxi.Ha.Roles;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>A small cluster of role cores as they are, in rounds of one interval: one path, no damping, a disk that never waits. A value to copy.</summary>
internal sealed class Model
{
    public static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);
    private static readonly List<RoleAction> Actions = [];
    private static readonly List<long> Key = [];
    private static readonly List<ulong> Terms = [];
    private static readonly List<ulong> Sorted = [];
    private readonly RoleRules _rules;
    private readonly bool _faults;
    private readonly Node[] _nodes;
    private long _now;
    private ulong _sequence;

    public Model(int nodes, RoleRules rules, bool faults = false)
    {
        _rules = rules;
        _faults = faults;
        _nodes = new Node[nodes];
        Links = (1 << (nodes * nodes)) - 1;
        for (var i = 0; i < nodes; i++)
        {
            Start(ref _nodes[i], i);
        }
    }

    private Model(Model other)
    {
        _rules = other._rules;
        _faults = other._faults;
        _now = other._now;
        _sequence = other._sequence;
        Links = other.Links;
        Violation = other.Violation;
        _nodes = new Node[other._nodes.Length];
        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i] = other._nodes[i];
            _nodes[i].Core = _nodes[i].Core?.Clone();
            _nodes[i].Waiting = _nodes[i].Paused ? (Hello?[])_nodes[i].Waiting!.Clone() : null;
        }
    }

    /// <summary>Bit from * nodes + to: the direction works.</summary>
    public int Links { get; private set; }

    public string? Violation { get; private set; }

    public int Count => _nodes.Length;

    private TimeSpan Now => Round * _now;

    public Model Clone() => new(this);

    public bool Works(int from, int to) => (Links >> ((from * Count) + to) & 1) != 0;

    public bool Announces(int i) => _nodes[i] is { Core.Announces: true, Paused: false };

    public bool Runs(int i) => _nodes[i] is { Core: not null, Paused: false };

    public bool Crashed(int i) => _nodes[i].Core is null;

    public HelloRole? Role(int i) => _nodes[i].Core?.Role;

    public ulong Term(int i) => _nodes[i].Core?.Term ?? 0;

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

    public string Describe() => string.Join("  ", _nodes.Select((n, i) => n.Core is null ? $"{(char)('A' + i)} dead" : $"{(char)('A' + i)} {n.Core.Role}{(n.Core.Announces ? "*" : "")} {n.Core.Term}{(n.Paused ? " paused" : "")}"));

    public IEnumerable<string> Choices()
    {
        yield return "";
        for (var i = 0; i < Count; i++)
        {
            var name = (char)('A' + i);
            if (_nodes[i].Core is null)
            {
                yield return $"{name} starts";
                continue;
            }

            yield return $"{name} crashes";
            yield return _nodes[i].Paused ? $"{name} continues" : $"{name} pauses";
            if (_faults && !_nodes[i].Paused)
            {
                yield return _nodes[i].Fault ? $"{name} heals" : $"{name} faults";
            }
        }

        for (var i = 0; i < Count; i++)
        {
            for (var j = 0; j < Count; j++)
            {
                if (i != j)
                {
                    yield return $"{(char)('A' + i)}>{(char)('A' + j)} {(Works(i, j) ? "breaks" : "heals")}";
                }
            }
        }
    }

    public void Apply(string choice)
    {
        if (choice.Length == 0)
        {
            return;
        }

        var i = choice[0] - 'A';
        if (choice[1] == '>')
        {
            Links ^= 1 << ((i * Count) + (choice[2] - 'A'));
            return;
        }

        ref var node = ref _nodes[i];
        switch (choice[2..])
        {
            case "starts":
                Start(ref node, i);
                break;
            case "crashes":
                node.Core = null;
                node.Paused = false;
                node.Waiting = null;
                break;
            case "pauses":
                node.Paused = true;
                node.Waiting = new Hello?[Count];
                node.WaitingAt = new TimeSpan[Count];
                break;
            case "continues":
                node.Paused = false;
                break;
            default:
                node.Fault = choice.EndsWith("faults", StringComparison.Ordinal);
                node.Core!.SetFault(0, node.Fault, false, Now, Actions);
                Run(ref node, i);
                break;
        }
    }

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
            if (node.Waiting is { } waiting)
            {
                for (var j = 0; j < Count; j++)
                {
                    if (waiting[j] is { } hello)
                    {
                        core.Receive(hello, 0, node.WaitingAt![j], Now, Actions);
                        Run(ref node, i);
                    }
                }

                node.Waiting = null;
            }

            core.Tick(Now, Actions);
            Run(ref node, i);
            if (closed && core.Announces)
            {
                Violation ??= $"I6: {(char)('A' + i)} announces at once after its gates have closed";
            }

            if (core.Readiness != Readiness.Ready && core.Role != HelloRole.Listening)
            {
                core.SetReadiness(Readiness.Ready, Now, Actions);
                Run(ref node, i);
            }
        }

        _sequence++;
        var hellos = new Hello?[Count];
        for (var i = 0; i < Count; i++)
        {
            hellos[i] = Runs(i) ? _nodes[i].Core!.Describe(_sequence, Now) : null;
        }

        for (var to = 0; to < Count; to++)
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
                    node.Waiting![from] = hello;
                    node.WaitingAt![from] = Now;
                }
                else
                {
                    node.Core.Receive(hello, 0, Now, Now, Actions);
                    Run(ref node, to);
                }
            }
        }
    }

    public UInt128 Hash()
    {
        Key.Clear();
        Terms.Clear();
        Key.Add(Links);
        foreach (ref readonly var node in _nodes.AsSpan())
        {
            Key.Add(node.Core is null ? 2 : node.Paused ? 1 : 0);
            if (node.Core is null)
            {
                Terms.Add(node.Ceiling);
                continue;
            }

            node.Core.WriteKey(Key, Terms, Now, IncarnationOf);
            for (var j = 0; node.Paused && j < Count; j++)
            {
                var hello = node.Waiting![j];
                Key.Add(hello is null ? -1 : (long)hello.Role | (Math.Min(7, (Now - node.WaitingAt![j]).Ticks / Round.Ticks) << 8) | (Hears(hello, IdOf(node)) ? 1L << 32 : 0) | ((long)hello.Readiness << 34));
                Terms.Add(hello?.Term ?? 0);
            }
        }

        // Only order and small distances of terms count: the next term is the greatest known and one.
        Sorted.Clear();
        Sorted.AddRange(Terms);
        Sorted.Sort();
        foreach (var term in Terms)
        {
            long rank = 0;
            for (var k = 1; k < Sorted.Count && Sorted[k - 1] < term; k++)
            {
                rank += (long)Math.Min(Sorted[k] - Sorted[k - 1], 2);
            }

            Key.Add(rank);
        }

        ulong a = 0x9E3779B97F4A7C15, b = 0xC2B2AE3D27D4EB4F;
        foreach (var value in Key)
        {
            a = Math.BigMul(a ^ (ulong)value, 0xD6E8FEB86659FD93, out var low) ^ low;
            b = ulong.RotateLeft((b + (ulong)value) * 0x9FB21C651E98DF25, 29) ^ (b >> 31);
        }

        return new UInt128(a, b);
    }

    private static bool Hears(Hello hello, ushort id) => hello.Heard.Any(h => h.NodeId == id);

    private ushort IdOf(in Node node) => node.Core!.Settings.NodeId;

    private ulong IncarnationOf(ushort id) => _nodes[id].Incarnation;

    private void Start(ref Node node, int i)
    {
        node.Incarnation++;
        node.Fault = false;
        node.Core = new RoleCore(Settings(i, Count), node.Incarnation, _rules);
        node.Core.Start(new RoleMemory { Ceiling = node.Ceiling }, Now, Actions);
        Run(ref node, i);
    }

    private static RoleSettings Settings(int i, int count) => new()
    {
        NodeId = (ushort)i,
        Peers = [.. Enumerable.Range(0, count).Where(j => j != i).Select(j => (ushort)j)],
        Interval = Round,
        ReservedTerms = 1,
        DampingTransitions = 0,
        VipProbeTime = Round * 2,
        FaultAfter = TimeSpan.Zero,
        FaultGoneAfter = TimeSpan.Zero,
    };

    private void Run(ref Node node, int i)
    {
        // Answers are actions' own consequences: a core that answers adds to the same list.
        for (var k = 0; k < Actions.Count; k++)
        {
            var action = Actions[k];
            switch (action.Kind)
            {
                case RoleActionKind.ReserveTerms:
                    node.Ceiling = Math.Max(node.Ceiling, action.Number);
                    node.Core!.TermsReserved(action.Number, Now, Actions);
                    break;
                case RoleActionKind.ProbeVips:
                    // A host answers when another node of the group holds the addresses on the same link.
                    break;
                case RoleActionKind.Announce:
                    if (node.Core!.Announces && node.Core.Term > node.Ceiling)
                    {
                        Violation ??= $"I11: {(char)('A' + i)} announces with term {node.Core.Term}, on disk is {node.Ceiling}";
                    }

                    break;
                case RoleActionKind.Transition when action.Transition is { To: HelloRole.Master } change:
                    CheckPromotion(ref node, i, change);
                    break;
                default:
                    break;
            }
        }

        Actions.Clear();
    }

    private void CheckPromotion(ref Node node, int i, RoleTransition change)
    {
        if (change.Cause != RoleCause.PauseOver && change.Term <= node.LastTerm)
        {
            Violation ??= $"I4: {(char)('A' + i)} uses term {change.Term} again";
        }

        node.LastTerm = change.Term;
        if (node.Core!.Readiness != Readiness.Ready && node.Core.HeardPeers(Now).Length > 0)
        {
            Violation ??= $"I5: {(char)('A' + i)} serves, is {node.Core.Readiness} and hears others";
        }
    }

    private struct Node
    {
        public RoleCore? Core;
        public bool Paused;
        public bool Fault;
        public ulong Incarnation;
        public ulong Ceiling;
        public ulong LastTerm;
        public Hello?[]? Waiting;
        public TimeSpan[]? WaitingAt;
    }
}
