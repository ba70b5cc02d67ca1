using System.Globalization;
using System.Text;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>Visits the states of a <see cref="Model"/> in breadth, at most one fault a round, and checks what must hold at once, and after quiet rounds.</summary>
internal sealed class Checker(Func<Model> start, int depth, int most, bool stopAtFirst = true)
{
    /// <summary>How long both directions are stable until exactly one announces (I1, I2).</summary>
    public const int Quiet = 14;

    private readonly Dictionary<UInt128, int> _seen = [];
    private readonly List<(int Parent, string Choice)> _states = [];
    private readonly List<int> _next = [];
    private readonly List<bool> _good = [];
    private readonly List<bool> _closed = [];

    public int States => _states.Count;

    public int Depth { get; private set; }

    public bool Exhausted { get; private set; }

    public List<string>? Violation { get; private set; }

    public string? What { get; private set; }

    public long Transitions { get; private set; }

    public void Run()
    {
        var first = start();
        Add(first, -1, "");
        var frontier = new List<(int Id, Model Model)> { (0, first) };
        while (frontier.Count > 0 && Depth < depth && States < most)
        {
            var later = new List<(int, Model)>();
            foreach (var (id, model) in frontier)
            {
                _closed[id] = true;
                foreach (var choice in model.Choices())
                {
                    Transitions++;
                    var next = model.Clone();
                    next.Apply(choice);
                    next.Step();
                    var hash = next.Hash();
                    if (!_seen.TryGetValue(hash, out var to))
                    {
                        to = Add(next, id, choice);
                        later.Add((to, next));
                    }

                    if (choice.Length == 0)
                    {
                        _next[id] = to;
                    }

                    if (next.Violation is { } what && Violation is null)
                    {
                        What = what;
                        Violation = Trace(to);
                        if (stopAtFirst)
                        {
                            return;
                        }
                    }
                }
            }

            frontier = later;
            Depth++;
        }

        Exhausted = frontier.Count == 0;
        CheckQuiet(frontier);
    }

    /// <summary>Any state followed by quiet rounds ends with exactly one announcer for each group of nodes that hear each other.</summary>
    private void CheckQuiet(List<(int Id, Model Model)> open)
    {
        foreach (var (id, model) in open)
        {
            var quiet = model.Clone();
            for (var i = 0; i < Quiet; i++)
            {
                quiet.Step();
            }

            var what = quiet.Violation ?? Good(quiet);
            _good[id] = what is null;
            if (what is not null && quiet.Violation is not null)
            {
                Fail(id, what);
                return;
            }
        }

        // In the order of discovery: the first is a shortest.
        for (var id = 0; id < States; id++)
        {
            var at = id;
            var rounds = 0;
            while (rounds < Quiet && _closed[at])
            {
                at = _next[at];
                rounds++;
            }

            if ((rounds == Quiet || !_closed[at]) && !_good[at])
            {
                Fail(id, "not exactly one announcer, or one with a fault, after quiet rounds");
                return;
            }
        }
    }

    private void Fail(int id, string what)
    {
        if (Violation is null)
        {
            What = what;
            Violation = Trace(id, Quiet);
        }
    }

    private int Add(Model model, int parent, string choice)
    {
        var id = _states.Count;
        _seen.Add(model.Hash(), id);
        _states.Add((parent, choice));
        _next.Add(-1);
        _closed.Add(false);
        _good.Add(Good(model) is null);
        return id;
    }

    /// <summary>What is wrong with the announcers, when links have been as they are for long.</summary>
    public static string? Good(Model model)
    {
        var announcers = 0;
        var running = 0;
        var linked = false;
        for (var i = 0; i < model.Count; i++)
        {
            announcers += model.Announces(i) ? 1 : 0;
            running += model.Runs(i) ? 1 : 0;
        }

        // The reachable nodes: with broken links of three nodes only what is said of whole groups is checked.
        for (var i = 0; i < model.Count; i++)
        {
            for (var j = 0; j < model.Count; j++)
            {
                linked |= i != j && model.Runs(i) && model.Runs(j) && model.Works(i, j);
            }
        }

        if (running == 0)
        {
            return null;
        }

        if (announcers == 0)
        {
            return "I3: nobody announces";
        }

        var connected = running == 1 || (running == 2 ? linked : Connected(model));
        for (var i = 0; i < model.Count && connected && announcers == 1 && running == model.Count && model.Links == (1 << (model.Count * model.Count)) - 1; i++)
        {
            if (model.Announces(i) && model.Faulty(i) && Enumerable.Range(0, model.Count).Any(j => !model.Faulty(j)))
            {
                return $"R13: {(char)('A' + i)} announces with a fault beside a healthy backup";
            }
        }

        return connected && announcers != 1 ? $"I1/I2: {announcers} announce" : null;
    }

    private static bool Connected(Model model)
    {
        // All pairs but at most one node's broken link: each two hear each other, or through the third both ways.
        var bad = 0;
        for (var i = 0; i < model.Count; i++)
        {
            for (var j = i + 1; j < model.Count; j++)
            {
                bad += model.Works(i, j) && model.Works(j, i) ? 0 : 1;
            }
        }

        return bad <= 1;
    }

    private List<string> Trace(int id, int quiet = 0)
    {
        var choices = new List<string>();
        for (var at = id; at > 0; at = _states[at].Parent)
        {
            choices.Add(_states[at].Choice);
        }

        choices.Reverse();
        choices.AddRange(Enumerable.Repeat("", quiet));
        return choices;
    }

    public static string Play(Func<Model> start, List<string> trace)
    {
        var model = start();
        var text = new StringBuilder();
        var before = "";
        var last = trace.FindLastIndex(c => c.Length > 0);
        for (var i = 0; i < trace.Count; i++)
        {
            model.Apply(trace[i]);
            model.Step();
            var line = model.Describe();
            if (i <= last || line != before)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{i + 1,3}  {trace[i],-12}  {line}");
            }

            before = line;
        }

        return text.ToString();
    }
}
