using System.Globalization;
using System.Text;

namespace Loxi.Sim.Checking;

/// <summary>Visits the states of a <see cref="Model"/> in breadth, at most one event a round, and checks what must hold at once, and after quiet rounds.</summary>
/// <param name="start">Makes the first state.</param>
/// <param name="depth">How many rounds at most.</param>
/// <param name="most">After how many states no further round is begun.</param>
/// <param name="faults">How many events a run has at most.</param>
internal sealed class Checker(Func<Model> start, int depth, int most, int faults = int.MaxValue)
{
    /// <summary>How long both directions are stable until exactly one announces (I1, I2).</summary>
    public const int Quiet = 10;

    private readonly Dictionary<UInt128, int> _seen = [];
    private readonly List<(int Parent, int Choice)> _states = [];
    private readonly List<int> _next = [];
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

    public void Run()
    {
        var first = start();
        var work = first.Clone();
        var spare = new Stack<Model>();
        Add(first.Hash(), first, -1, Model.Nothing);
        var frontier = new List<(int Id, Model Model)> { (0, first) };
        Span<int> choices = stackalloc int[first.MostChoices];
        while (frontier.Count > 0 && Depth < depth && States < most)
        {
            var later = new List<(int, Model)>();
            foreach (var (id, model) in frontier)
            {
                _flags[id] |= 2;
                var count = model.Faults < faults ? model.Choices(choices) : 1;
                for (var k = 0; k < count; k++)
                {
                    Transitions++;
                    work.CopyFrom(model);
                    work.Apply(choices[k]);
                    work.Step();
                    var hash = faults == int.MaxValue ? work.Hash() : work.Hash() ^ (UInt128)work.Faults;
                    if (!_seen.TryGetValue(hash, out var to))
                    {
                        to = Add(hash, work, id, choices[k]);
                        var kept = spare.TryPop(out var old) ? old : work.Clone();
                        kept.CopyFrom(work);
                        later.Add((to, kept));
                    }

                    if (choices[k] == Model.Nothing)
                    {
                        _next[id] = to;
                    }

                    if (work.Violation is { } what)
                    {
                        What = what;
                        Violation = Trace(to);
                        return;
                    }
                }

                spare.Push(model);
            }

            frontier = later;
            Depth++;
        }

        Exhausted = frontier.Count == 0;
        CheckQuiet(frontier, work);
    }

    /// <summary>Any state followed by quiet rounds ends with exactly one announcer for each group of nodes that hear each other.</summary>
    private void CheckQuiet(List<(int Id, Model Model)> open, Model work)
    {
        foreach (var (id, model) in open)
        {
            work.CopyFrom(model);
            var hash = work.Hash();
            var rests = false;
            for (var i = 0; i < Quiet && !rests; i++)
            {
                work.Step();
                var after = work.Hash();
                // What does not change any more, and is good, stays so; many states end there.
                rests = _rests.Contains(after);
                if (after == hash && Judge.Good(work) is null)
                {
                    _rests.Add(hash);
                }

                hash = after;
            }

            if (work.Violation is { } what)
            {
                Fail(id, what);
                return;
            }

            var good = rests || Judge.Good(work) is null;
            _flags[id] = (byte)((_flags[id] & ~1) | (good ? 1 : 0));
        }

        // In the order of discovery: the first is a shortest.
        for (var id = 0; id < States; id++)
        {
            var at = id;
            var rounds = 0;
            while (rounds < Quiet && (_flags[at] & 2) != 0)
            {
                at = _next[at];
                rounds++;
            }

            if ((_flags[at] & 1) == 0)
            {
                Fail(id, "not exactly one announcer, or one with a fault, after quiet rounds");
                return;
            }
        }
    }

    private void Fail(int id, string what)
    {
        What = what;
        Violation = Trace(id, Quiet);
    }

    private int Add(UInt128 hash, Model model, int parent, int choice)
    {
        var id = _states.Count;
        _seen.Add(hash, id);
        _states.Add((parent, choice));
        _next.Add(-1);
        _flags.Add((byte)(Judge.Good(model) is null ? 1 : 0));
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

    /// <summary>A run as a picture: a line for each round in which something changes.</summary>
    public static string Play(Func<Model> start, List<int> trace)
    {
        var model = start();
        var text = new StringBuilder();
        var before = "";
        var last = trace.FindLastIndex(static c => c != Model.Nothing);
        for (var i = 0; i < trace.Count; i++)
        {
            var choice = model.Name(trace[i], model);
            model.Apply(trace[i]);
            model.Step();
            var line = model.Describe();
            if (i <= last || line != before)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{i + 1,3}  {choice,-12}  {line}");
            }

            before = line;
        }

        return text.ToString();
    }
}
