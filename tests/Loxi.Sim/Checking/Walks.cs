using Loxi.Ha.Roles;

namespace Loxi.Sim.Checking;

/// <summary>Random walks of a <see cref="Model"/>: deeper than what can be visited in full. Each ends with quiet rounds.</summary>
internal static class Walks
{
    /// <summary>How many rounds a walk has before it is quiet.</summary>
    public const int Length = 24;

    /// <summary>Walks number <paramref name="from"/> to <paramref name="from"/> + <paramref name="count"/> - 1.</summary>
    /// <returns>The first that ends badly; <see langword="null"/> when none does.</returns>
    public static (ulong Walk, string What, List<int> Trace)? Run(int nodes, ulong from, ulong count, RoleRules rules = RoleRules.All)
    {
        var start = Start(nodes, rules);
        var model = start.Clone();
        Span<int> choices = stackalloc int[model.MostChoices];
        var trace = new List<int>();
        for (var walk = from; walk < from + count; walk++)
        {
            var random = SimRandom.For(walk, (ulong)nodes);
            model.CopyFrom(start);
            trace.Clear();
            for (var i = 0; i < Length + model.Quiet; i++)
            {
                var choice = Model.Nothing;
                if (i < Length && random.Below(2) == 0)
                {
                    choice = choices[random.Below(model.Choices(choices))];
                }

                trace.Add(choice);
                model.Apply(choice);
                model.Step();
            }

            if ((model.Violation ?? Judge.Good(model)) is { } what)
            {
                return (walk, what, trace);
            }
        }

        return null;
    }

    public static Model Start(int nodes, RoleRules rules = RoleRules.All) => new(nodes, rules, ModelEvents.Faults);
}
