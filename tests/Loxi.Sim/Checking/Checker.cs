namespace Loxi.Sim.Checking;

/// <summary>Visits the states of a <see cref="Model"/> in breadth, at most one event a round, and checks what must hold at once, and after quiet rounds.</summary>
/// <param name="start">Makes the first state.</param>
/// <param name="depth">How many rounds at most.</param>
/// <param name="most">After how many states no further round is begun.</param>
/// <param name="faults">How many events a run has at most.</param>
/// <param name="clip">Terms at least so far apart are taken together, with all ways in which they go on: without it there is no end of states.</param>
internal sealed class Checker(Func<Model> start, int depth, int most, int faults = int.MaxValue, int clip = int.MaxValue)
{
    private const byte GoodNow = 1;
    private const byte Expanded = 2;

    private readonly Dictionary<UInt128, int> _seen = [];
    private readonly List<(int Parent, int Choice)> _states = [];
    private readonly List<int> _next = [];
    private readonly Dictionary<int, List<int>> _nextToo = [];
    private readonly List<byte> _flags = [];
    private readonly HashSet<UInt128> _rests = [];

    public int States => _states.Count;

    public int Depth { get; private set; }

    /// <summary>All states that there are, within the faults, were visited.</summary>
    public bool Exhausted { get; private set; }

    /// <summary>The choices that lead to what is wrong.</summary>
    public List<int>? Violation { get; private set; }

    public string? What { get; private set; }

    public long Transitions { get; private set; }

    /// <summary>Told after each round.</summary>
    public Action<Checker, int>? Progress { get; init; }

    public void Run()
    {
        var first = start();
        first.Normalise(clip);
        var work = first.Clone();
        var from = first.Clone();
        var spare = new Stack<Model>();
        Add(first.Hash(), first, -1, Model.Nothing);
        var frontier = new List<(int Id, Model Model)> { (0, first) };
        Span<int> choices = stackalloc int[first.MostChoices];
        while (frontier.Count > 0 && Depth < depth && States < most)
        {
            var later = new List<(int, Model)>();
            foreach (var (id, model) in frontier)
            {
                _flags[id] |= Expanded;
                var count = model.Faults < faults ? model.Choices(choices) : 1;
                from.CopyFrom(model);
                for (var number = 0; number == 0 || (clip < int.MaxValue && from.Stretch(clip, number)); number++)
                {
                    for (var k = 0; k < count; k++)
                    {
                        Transitions++;
                        work.CopyFrom(from);
                        work.Apply(choices[k]);
                        work.Step();
                        var to = Reach(work, id, choices[k] | (number << 16), spare, later);
                        if (work.Violation is { } what)
                        {
                            What = what;
                            Violation = Trace(to);
                            return;
                        }
                    }

                    from.CopyFrom(model);
                }

                spare.Push(model);
            }

            frontier = later;
            Depth++;
            Progress?.Invoke(this, frontier.Count);
        }

        Exhausted = frontier.Count == 0;
        CheckQuiet(frontier, work);
    }

    private int Reach(Model work, int id, int choice, Stack<Model> spare, List<(int, Model)> later)
    {
        work.Normalise(clip);
        var hash = faults == int.MaxValue ? work.Hash() : work.Hash() ^ (UInt128)work.Faults;
        if (!_seen.TryGetValue(hash, out var to))
        {
            to = Add(hash, work, id, choice);
            var kept = spare.TryPop(out var old) ? old : work.Clone();
            kept.CopyFrom(work);
            later.Add((to, kept));
        }

        if ((choice & 0xffff) != Model.Nothing)
        {
            return to;
        }

        if (_next[id] < 0)
        {
            _next[id] = to;
        }
        else if (_next[id] != to)
        {
            if (!_nextToo.TryGetValue(id, out var more))
            {
                _nextToo.Add(id, more = []);
            }

            more.Add(to);
        }

        return to;
    }

    /// <summary>Any state followed by quiet rounds ends with exactly one announcer for each group of nodes that hear each other.</summary>
    private void CheckQuiet(List<(int Id, Model Model)> open, Model work)
    {
        var good = new byte[States];
        for (var id = 0; id < States; id++)
        {
            good[id] = (byte)(_flags[id] & GoodNow);
        }

        foreach (var (id, model) in open)
        {
            work.CopyFrom(model);
            var rests = Rests(work);
            if (work.Violation is { } what)
            {
                Fail(id, work, what);
                return;
            }

            good[id] = (byte)(rests || Judge.Good(work) is null ? 1 : 0);
        }

        // What is good in n rounds is what comes after it is good in n - 1.
        for (var round = 0; round < work.Quiet; round++)
        {
            var before = new byte[States];
            for (var id = 0; id < States; id++)
            {
                if ((_flags[id] & Expanded) == 0)
                {
                    before[id] = good[id];
                    continue;
                }

                before[id] = good[_next[id]];
                if (_nextToo.TryGetValue(id, out var more))
                {
                    more.ForEach(to => before[id] &= good[to]);
                }
            }

            good = before;
        }

        // In the order of discovery: the first is a shortest.
        var bad = Array.IndexOf(good, (byte)0);
        if (bad >= 0)
        {
            Fail(bad, work, "not exactly one announcer, or one with a fault, after quiet rounds");
        }
    }

    /// <summary>Lets quiet rounds pass. True when what is reached is good and does not change any more; many states end there.</summary>
    private bool Rests(Model work)
    {
        var hash = work.Hash();
        for (var i = 0; i < work.Quiet; i++)
        {
            work.Step();
            work.Normalise(clip);
            var after = work.Hash();
            if (_rests.Contains(after))
            {
                return true;
            }

            if (after == hash && Judge.Good(work) is null)
            {
                _rests.Add(hash);
                return true;
            }

            hash = after;
        }

        return false;
    }

    private void Fail(int id, Model model, string what)
    {
        What = what;
        Violation = Trace(id, model.Quiet);
    }

    private int Add(UInt128 hash, Model model, int parent, int choice)
    {
        var id = _states.Count;
        _seen.Add(hash, id);
        _states.Add((parent, choice));
        _next.Add(-1);
        _flags.Add(Judge.Good(model) is null ? GoodNow : (byte)0);
        return id;
    }

    private List<int> Trace(int id, int quiet = 0)
    {
        var choices = new List<int>();
        for (var at = id; at > 0; at = _states[at].Parent)
        {
            choices.Add(_states[at].Choice);
        }

        choices.Reverse();
        choices.AddRange(Enumerable.Repeat(Model.Nothing, quiet));
        return choices;
    }
}
