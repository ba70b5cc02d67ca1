using Loxi.Ha.Roles;

namespace Loxi.Sim;

/// <summary>Runs a <see cref="Scenario"/>: the cores as they are, everything about them simulated.</summary>
internal sealed partial class Cluster
{
    private const long Ms = TimeSpan.TicksPerMillisecond;
    private const int MostSteps = 1_000_000;
    private readonly Scenario _s;
    private readonly RoleRules _rules;
    private readonly SimSwitches _switches;
    private readonly EventQueue _queue = new();
    private readonly SimNode[] _nodes;
    private readonly RoleSettings[] _settings;
    private readonly List<RoleAction> _actions = [];
    private readonly Watch _watch;
    private readonly Coverage _coverage;
    private long _now;
    private int _steps;

    public Cluster(Scenario scenario, RoleRules rules, SimSwitches switches, Coverage coverage, bool record)
    {
        _s = scenario;
        _rules = rules;
        _switches = switches;
        _coverage = coverage;
        _nodes = new SimNode[scenario.Nodes];
        _settings = new RoleSettings[scenario.Nodes];
        _cuts = new int[scenario.Nodes * scenario.Nodes * scenario.Paths];
        _links = new SimRandom[_cuts.Length];
        _settled = (10 * scenario.Interval) + (300 * Ms) + scenario.Interval + (scenario.Witness ? 3 * LeaseMargin : 0);
        _watch = new Watch(scenario, this, record);
        for (var i = 0; i < _links.Length; i++)
        {
            _links[i] = SimRandom.For(scenario.Seed, 1000 + (ulong)i);
        }

        for (var i = 0; i < scenario.Nodes; i++)
        {
            var node = new SimNode(i) { Random = SimRandom.For(scenario.Seed, 10 + (ulong)i) };
            node.Drift = (int)node.Random.Between(-scenario.Drift, scenario.Drift);
            node.BootTime = node.Random.Between(5, 5000) * TimeSpan.TicksPerSecond / 3;
            _nodes[i] = node;
            _settings[i] = SettingsOf(i);
        }
    }

    public string? Violation => _watch.Violation;

    public string? Invariant => _watch.Invariant;

    public long ViolationAt => _watch.ViolationAt;

    public long Now => _now;

    public long Slowest => _watch.Slowest;

    public int Promotions => _watch.Promotions;

    public ulong Hash => _watch.Hash;

    public string Story => _watch.Story;

    internal SimNode[] Nodes => _nodes;

    internal RoleSettings Settings => _settings[0];

    /// <summary>Runs to the end, or to the first violation.</summary>
    public void Run()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            _queue.Add(new SimEvent { At = _nodes[i].Random.Between(0, 3 * _s.Interval), Kind = EventKind.Start, Node = (byte)i });
        }

        for (var k = 0; k < _s.Faults.Length; k++)
        {
            var fault = _s.Faults[k];
            if (fault.Kind == FaultKind.WallStep && _switches.HasFlag(SimSwitches.NoWallSteps))
            {
                continue;
            }

            _queue.Add(new SimEvent { At = fault.At, Kind = EventKind.Begin, Number = (ulong)k });
            if (fault.Length > 0)
            {
                _queue.Add(new SimEvent { At = Math.Min(fault.At + fault.Length, _s.HealAt), Kind = EventKind.End, Number = (ulong)k });
            }
        }

        BeginForging();
        while (_queue.Count > 0 && _watch.Violation is null)
        {
            // A core that wants its tick at once for ever would keep its thread busy.
            if (_steps++ > MostSteps)
            {
                _watch.Busy();
                break;
            }

            var what = _queue.Take();
            if (what.At >= _s.End)
            {
                break;
            }

            _now = what.At;
            Do(what);
        }

        if (_watch.Violation is null)
        {
            _now = _s.End;
            _watch.Ended();
        }
    }

    private void Do(in SimEvent what)
    {
        switch (what.Kind)
        {
            case EventKind.Begin:
                Begin((int)what.Number);
                return;
            case EventKind.End:
                End((int)what.Number);
                return;
            case EventKind.Settled:
                _watch.Settled((int)what.Number);
                return;
            case EventKind.Start:
                Start(_nodes[what.Node]);
                return;
            case EventKind.Forged:
                Forge();
                return;
            default:
                break;
        }

        var node = _nodes[what.Node];
        if (what.Kind == EventKind.Arrival)
        {
            Arrive(node, (Hello)what.Data!, what.Path);
        }
        else if (what.Kind == EventKind.AskArrival)
        {
            node.HelloDue |= node.Core is not null;
            Finish(node);
        }
        else if (what.Kind == EventKind.Written)
        {
            Write(node, what);
        }
        else if (what.Epoch == node.Epoch && node.Core is { } core)
        {
            if (node.Pauses > 0)
            {
                node.Waiting.Add(what);
            }
            else
            {
                Local(node, core, what);
            }
        }
    }

    /// <summary>What only the process itself does.</summary>
    private void Local(SimNode node, RoleCore core, in SimEvent what)
    {
        var now = Time(node);
        switch (what.Kind)
        {
            case EventKind.Tick when what.Number == node.TickNumber:
                core.Tick(now, _actions);
                if (_actions.Count == 0)
                {
                    NextTick(node);
                }

                break;
            case EventKind.SendHello:
                node.HelloDue = true;
                node.HelloAt = Math.Max(node.HelloAt + _s.Interval, _now);
                _queue.Add(new SimEvent { At = node.HelloAt + Late(node), Kind = EventKind.SendHello, Node = what.Node, Epoch = node.Epoch });
                break;
            case EventKind.Ask:
                Send(node, what.Peer, null);
                break;
            case EventKind.Probed:
                var answers = Answering(node);
                node.ProbeAnswered = !answers.IsEmpty;
                core.VipsProbed(answers, now, _actions);
                break;
            case EventKind.Barrier:
                core.BarrierPassed(what.Peer, now, _actions);
                break;
            case EventKind.Ready:
                if (node.Unready == 0 && (what.Number > 0 || core.Readiness == Readiness.Cold))
                {
                    core.SetReadiness(what.Number > 0 ? Readiness.Ready : Readiness.Syncing, now, _actions);
                    if (what.Number > 0)
                    {
                        Changed();
                    }
                }

                break;
            case EventKind.Answered when what.Number > 0:
                core.TermsReserved(what.Number, now, _actions);
                if (what.Peer == 1)
                {
                    Changed();
                }

                break;
            case EventKind.Answered:
                core.TermsNotReserved(now, _actions);
                break;
            case EventKind.Order:
                ((Action)what.Data!)();
                break;
            case EventKind.Lease when what.Peer == (node.Lease & 255):
                core.WitnessHeld(TimeSpan.FromTicks((long)what.Number), now, _actions);
                break;
            case EventKind.Bfd:
                DetectByBfd(node, core, what, now);
                break;
            default:
                break;
        }

        Finish(node);
    }

    /// <summary>After a step of the core: does what it wants, sends what is due, sets the next tick.</summary>
    private void Finish(SimNode node)
    {
        if (_actions.Count > 0)
        {
            Execute(node);
            if (node.Core is not null)
            {
                NextTick(node);
            }
        }

        if (node is { HelloDue: true, Runs: true })
        {
            node.HelloDue = false;
            var hello = node.Core!.Describe(++node.Sequence, Time(node));
            for (var peer = 0; peer < _nodes.Length; peer++)
            {
                if (peer != node.Index)
                {
                    Send(node, peer, hello);
                }
            }
        }
    }

    private void NextTick(SimNode node)
    {
        var now = node.Clock(_now);
        var next = node.Core!.NextDeadline(Time(node)) - (Time(node) - now);
        var latest = now + TimeSpan.FromTicks(_s.Interval / 2);
        node.TickAt = node.AtClock(next < latest ? next : latest) + Late(node);
        _queue.Add(new SimEvent { At = node.TickAt, Kind = EventKind.Tick, Node = (byte)node.Index, Epoch = node.Epoch, Number = ++node.TickNumber });
    }

    private long Late(SimNode node) => node.Slow > 0 ? node.Random.Between(0, node.Slow * Ms) : _s.Lateness > 0 ? node.Random.Between(0, _s.Lateness) : 0;

    private TimeSpan Time(SimNode node) => _switches.HasFlag(SimSwitches.WallClock) ? node.Clock(_now) + TimeSpan.FromTicks(node.WallOffset) : node.Clock(_now);

    private RoleSettings SettingsOf(int i) => new()
    {
        NodeId = (ushort)i,
        Peers = [.. Enumerable.Range(0, _s.Nodes).Where(j => j != i).Select(static j => (ushort)j)],
        Interval = _s.IntervalTime,
        Paths = _s.Paths,
        DampingTransitions = _s.Damping ? 3 : 0,
        RankStep = _switches.HasFlag(SimSwitches.NoRanks) ? 0 : 0.5,
        Witness = _s.Witness,
        WitnessMargin = TimeSpan.FromTicks(LeaseMargin),
    };
}
