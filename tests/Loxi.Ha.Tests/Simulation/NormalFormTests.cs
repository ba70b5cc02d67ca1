using System.Globalization;
using System.Text;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Sim;
using Loxi.Sim.Checking;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>The model checker takes states with one normal form for the same. That they go on alike is what makes its "complete" mean all states.</summary>
public sealed class NormalFormTests
{
    private const int Walks = 1500;
    private const int Rounds = 40;
    private const int Ahead = 25;

    public static TheoryData<int, int, bool> Models => new()
    {
        { 2, (int)ModelEvents.None, false },
        { 2, (int)ModelEvents.None, true },
        { 2, (int)(ModelEvents.Faults | ModelEvents.Disks), false },
        { 2, (int)ModelEvents.Kills, true },
        { 2, (int)(ModelEvents.Kills | ModelEvents.Disks), false },
        { 3, (int)ModelEvents.None, false },
        { 3, (int)(ModelEvents.Faults | ModelEvents.Disks), true },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void NormalForm_GoesOnAsTheStateDoes(int nodes, int events, bool shortTimes)
    {
        foreach (var (state, random) in States(nodes, (ModelEvents)events, shortTimes, 1))
        {
            var normal = state.Clone();
            normal.Normalise();
            GoOn(state, normal, random);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void StatesWithOneHash_GoOnAlike(int nodes, int events, bool shortTimes)
    {
        var seen = new Dictionary<UInt128, Model>();
        var pairs = 0;
        foreach (var (state, random) in States(nodes, (ModelEvents)events, shortTimes, 2))
        {
            var normal = state.Clone();
            normal.Normalise();
            if (!seen.TryAdd(normal.Hash(), state))
            {
                GoOn(state, seen[normal.Hash()].Clone(), random);
                pairs++;
            }
        }

        pairs.Should().BeGreaterThan(50);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void NormalFormOfWhatComesNext_IsThatOfWhatComesAfterTheNormalForm(int nodes, int events, bool shortTimes)
    {
        foreach (var (state, _) in States(nodes, (ModelEvents)events, shortTimes, 3))
        {
            foreach (var choice in Choices(state))
            {
                var next = state.Clone();
                next.Apply(choice);
                next.Step();
                next.Normalise(CheckRun.Clip);

                // Where terms are taken together one of the ways in which they go on is this one.
                var found = false;
                var others = "";
                var normal = state.Clone();
                normal.Normalise(CheckRun.Clip);
                var from = normal.Clone();
                for (var number = 0; !found && from.Stretch(CheckRun.Clip, number); number++)
                {
                    from.Apply(choice);
                    from.Step();
                    from.Normalise(CheckRun.Clip);
                    found = from.Hash() == next.Hash();
                    others += found ? "" : Fields(from);
                    from.CopyFrom(normal);
                }

                found.Should().BeTrue("after{0} choice {1} gives{2}and not{3}", Observe(state), choice, Fields(next), others);
            }
        }
    }

    /// <summary>States of random walks.</summary>
    private static IEnumerable<(Model State, Random Random)> States(int nodes, ModelEvents events, bool shortTimes, int seed)
    {
        for (var walk = 0; walk < Walks; walk++)
        {
            var random = new Random((seed * 1_000_000) + walk);
            var model = new Model(nodes, RoleRules.All, events, shortTimes ? ModelTimes.Short : ModelTimes.Product);
            var rounds = random.Next(Rounds);
            for (var i = 0; i < rounds; i++)
            {
                var choices = Choices(model);
                model.Apply(random.Next(2) == 0 ? choices[random.Next(choices.Length)] : Model.Nothing);
                model.Step();
            }

            yield return (model, random);
        }
    }

    private static int[] Choices(Model model)
    {
        Span<int> choices = stackalloc int[model.MostChoices];
        return choices[..model.Choices(choices)].ToArray();
    }

    private static void GoOn(Model a, Model b, Random random)
    {
        a = a.Clone();
        var before = Observe(a);
        before.Should().Be(Observe(b));
        for (var i = 0; i < Ahead; i++)
        {
            var choices = Choices(a);
            var choice = random.Next(2) == 0 ? choices[random.Next(choices.Length)] : Model.Nothing;
            a.Apply(choice);
            a.Step();
            b.Apply(choice);
            b.Step();
            Observe(b).Should().Be(Observe(a), "round {0}, {1} after {2}", i, choice, before);
            before = Observe(a);
        }
    }

    /// <summary>All that is not its default.</summary>
    private static string Fields(Model model)
    {
        var text = new StringBuilder("\n");
        for (var i = 0; i < model.Count; i++)
        {
            if (model.Core(i) is { } core)
            {
                Add(text, core.State);
                foreach (var peer in core.PeerStates)
                {
                    Add(text.Append(" | "), peer);
                }
            }

            text.AppendLine(model.Runs(i) ? "" : " does not run");
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, object state)
    {
        foreach (var field in state.GetType().GetFields())
        {
            if (field.GetValue(state) is { } value && !value.Equals(Activator.CreateInstance(field.FieldType)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{field.Name} {value} ");
            }
        }
    }

    /// <summary>What can be seen from outside: what nodes do and say.</summary>
    private static string Observe(Model model)
    {
        var text = new StringBuilder();
        var terms = Enumerable.Range(0, model.Count).Where(i => model.Core(i) is not null).Select(i => model.Core(i)!.Term).Order().Distinct().ToList();
        for (var i = 0; i < model.Count; i++)
        {
            if (model.Core(i) is not { } core)
            {
                text.Append(" dead;");
                continue;
            }

            var hello = model.Runs(i) ? core.Describe(1, model.Time) : null;
            text.Append(CultureInfo.InvariantCulture, $" {core.Role}{(core.Announces ? "*" : "")} {terms.IndexOf(core.Term)} {(model.Runs(i) ? "" : "paused")} {hello?.Role} {hello?.Readiness} {hello?.Health}");
            text.Append(CultureInfo.InvariantCulture, $" hears {string.Join(',', hello?.Heard.Select(static h => h.NodeId) ?? [])} of {string.Join(',', hello?.Masters.Select(static m => $"{m.NodeId} {m.Age}") ?? [])};");
        }

        return text.Append(model.Violation).ToString();
    }
}
