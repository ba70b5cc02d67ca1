using Loxi.Ha.Sync.Engine;
using Loxi.Ha.Sync.Wire;

namespace Loxi.Sim.Sync;

/// <summary>Runs a <see cref="SyncScenario"/>: engines as they are, their tables, connections and clocks simulated.</summary>
internal sealed partial class SyncCluster
{
    private const int StepTime = 5;

    /// <summary>How long after a change, or after the last fault, a backup that is ready has everything (I7).</summary>
    private const int LagBound = 300;
    private const int Quiet = 2_000;
    private readonly SyncScenario _s;
    private readonly SyncNode[] _nodes;
    private readonly SyncWire[] _wires;
    private readonly int[] _pauses;
    private readonly int[] _downs;
    private readonly int[] _downSince;
    private readonly bool[] _serves;
    private readonly SimRandom[] _randoms;
    private readonly Action<string>? _note;
    private uint _term = 1;
    private int _now;
    private int _noisyUntil;

    public SyncCluster(SyncScenario scenario, SyncRules rules, Action<string>? note = null)
    {
        _s = scenario;
        _note = note;
        _pauses = new int[scenario.Nodes];
        _downs = new int[scenario.Nodes];
        _downSince = new int[scenario.Nodes];
        _serves = new bool[scenario.Nodes];
        _randoms = [.. Enumerable.Range(0, scenario.Nodes + 1).Select(i => SimRandom.For(scenario.Seed, 600 + (ulong)i))];
        _nodes = [.. Enumerable.Range(0, scenario.Nodes).Select(i => new SyncNode(SettingsOf(i), TimeSpan.FromSeconds(4), rules) { Offset = TimeSpan.FromHours(_randoms[i].Below(1000)) })];
        _wires =
        [
            .. from i in Enumerable.Range(0, scenario.Nodes)
               from j in Enumerable.Range(i + 1, scenario.Nodes - i - 1)
               from channel in new[] { SyncChannel.Live, SyncChannel.Bulk }
               select new SyncWire(i, j, channel),
        ];
    }

    public string? Violation { get; private set; }

    public int Now => _now;

    /// <summary>Records that went again, over all nodes that lived to the end.</summary>
    public long Resent { get; private set; }

    private TimeSpan Time => TimeSpan.FromMilliseconds(_now);

    public void Run()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            Start(i);
        }

        var next = 0;
        var ends = new PriorityQueue<SyncFault, int>();
        for (; _now < _s.End && Violation is null; _now += StepTime)
        {
            for (; next < _s.Faults.Length && _s.Faults[next].At <= _now; next++)
            {
                var fault = _s.Faults[next];
                _note?.Invoke($"{fault}");
                Begin(fault);
                ends.Enqueue(fault, Math.Min(fault.At + fault.Length, _s.HealAt));
            }

            while (ends.TryPeek(out var fault, out var at) && at <= _now)
            {
                ends.Dequeue();
                End(fault);
            }

            Roles();
            Connect();
            for (var i = 0; i < _nodes.Length; i++)
            {
                if (Runs(i))
                {
                    Work(i);
                }
            }

            if (_now % 100 == 0)
            {
                Watch();
            }
        }

        if (Violation is null)
        {
            Ended();
        }
    }

    private bool Runs(int node) => _nodes[node].Engine is not null && _pauses[node] == 0;

    private void Work(int i)
    {
        var node = _nodes[i];
        if (_now < _s.HealAt)
        {
            Traffic(i);
        }

        foreach (var wire in _wires)
        {
            if (!wire.Is(i) || !wire.IsOpen)
            {
                continue;
            }

            var peer = (byte)wire.Other(i);
            while (wire.IsOpen && wire.Receive(i, _now) is { } frame)
            {
                var problem = node.Receive(peer, wire.Channel, frame, Time);
                if (problem != SyncFrameProblem.None)
                {
                    Break($"frames: node {i} refuses a frame of node {peer}: {problem}");
                    return;
                }
            }
        }

        node.Step(Time);
        foreach (var wire in _wires)
        {
            if (!wire.Is(i) || !wire.IsOpen)
            {
                continue;
            }

            var room = wire.Throttles > 0 ? (_now % 50 == 0 ? 1 : 0) : int.MaxValue;
            while (room-- > 0 && (wire.Throttles == 0 || wire.Waiting(i) < 3) && node.Write((byte)wire.Other(i), wire.Channel, Time) is { } frame)
            {
                wire.Send(i, frame, _now + (int)_randoms[i].Between(_s.LeastDelay, _s.MostDelay));
            }
        }
    }

    /// <summary>Connections are made, used, changed and closed where packets come.</summary>
    private void Traffic(int i)
    {
        var node = _nodes[i];
        ref var random = ref _randoms[i];
        if (_now % 100 == 0)
        {
            node.Expire(Time);
        }

        if (!_serves[i])
        {
            return;
        }

        if (_now % 200 == 0)
        {
            foreach (var key in node.Table.Entries.Keys.Where(static k => k % 5 != 0).ToArray())
            {
                node.Use(key, Time);
            }
        }

        for (var times = (_s.Busy / 1000) + (random.Chance(_s.Busy % 1000) ? 1 : 0); times > 0; times--)
        {
            // Where all serve, a client's port comes to one of them.
            var key = _s.AllServe ? ((ulong)random.Below(100) * (ulong)_s.Nodes) + (ulong)i : (ulong)random.Below(300);
            if (!node.Table.Entries.ContainsKey(key))
            {
                node.Create(key, (uint)random.Below(_s.AllServe ? 2_000 : 100_000), Time);
            }
            else if (random.Chance(400))
            {
                node.Remove(key, Time);
            }
            else
            {
                node.Change(key, Time);
            }
        }
    }

    /// <summary>What the roles would say: who is alive, who serves.</summary>
    private void Roles()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            for (var j = 0; j < _nodes.Length; j++)
            {
                if (i != j && Runs(i))
                {
                    _nodes[i].Engine!.SetAlive((byte)j, !IsDown(j));
                }
            }
        }

        if (_s.AllServe)
        {
            Array.Fill(_serves, true);
            return;
        }

        var master = Array.IndexOf(_serves, true);
        if (master >= 0 && !IsDown(master))
        {
            return;
        }

        var best = -1;
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (Runs(i) && (best < 0 || (!_nodes[best].Engine!.IsReady(_nodes[best].Clock(Time)) && _nodes[i].Engine!.IsReady(_nodes[i].Clock(Time)))))
            {
                best = i;
            }
        }

        Array.Fill(_serves, false);
        if (best >= 0)
        {
            _serves[best] = true;
            _nodes[best].Term = ++_term;
            _noisyUntil = _now + Quiet;
            _note?.Invoke($"{_now,6} ms node {best} serves, term {_term}");
        }

        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i].Engine?.SetServing(_serves[i]);
            _nodes[i].Engine?.SetTerm(_nodes[i].Term);
        }
    }

    private bool IsDown(int node) => !Runs(node) && _now - _downSince[node] > 300;

    private void Connect()
    {
        foreach (var wire in _wires)
        {
            if (wire.IsOpen && _now >= wire.DeadAt)
            {
                Disconnect(wire, 50);
            }

            if (!wire.IsOpen && wire.Cuts == 0 && _now >= wire.Since && Runs(wire.First) && Runs(wire.Second))
            {
                wire.Open(_now);
                _nodes[wire.First].Engine!.Open((byte)wire.Second, wire.Channel, _nodes[wire.First].Clock(Time));
                _nodes[wire.Second].Engine!.Open((byte)wire.First, wire.Channel, _nodes[wire.Second].Clock(Time));
            }
        }
    }

    private void Disconnect(SyncWire wire, int wait)
    {
        if (wire.IsOpen)
        {
            wire.Close(_now, wait);
            _nodes[wire.First].Engine?.Close((byte)wire.Second, wire.Channel, _nodes[wire.First].Clock(Time));
            _nodes[wire.Second].Engine?.Close((byte)wire.First, wire.Channel, _nodes[wire.Second].Clock(Time));
        }
    }

    private void Start(int i)
    {
        _nodes[i].Start(Time, Enumerable.Range(0, _nodes.Length).Where(j => j != i).Select(static j => (byte)j));
        _nodes[i].Engine!.SetServing(_serves[i]);
    }

    private void Break(string what) => Violation ??= what;

    private SyncSettings SettingsOf(int i) => new()
    {
        NodeId = (byte)i,
        MaxEntries = 4096,
        Backlog = _s.Backlog,
        Window = _s.Window,
        DigestPeriod = TimeSpan.FromMilliseconds(SyncScenario.DigestPeriod),
        SweepPeriod = TimeSpan.FromMilliseconds(100),
        SweepBuckets = 512,
        RetryPeriod = TimeSpan.FromMilliseconds(100),
        Grace = TimeSpan.FromMilliseconds(500),
    };
}
