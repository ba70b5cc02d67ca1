using System.Diagnostics;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Sim.Checking;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>The model checker: every event to a bound, random walks beyond it, and what happens without a rule.</summary>
public sealed class CheckerTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(2, 200, 300_000, int.MaxValue)]
    [InlineData(3, 200, 250_000, int.MaxValue)]
    [InlineData(3, 14, int.MaxValue, 4)]
    public void EveryEventToTheBound_NoInvariantIsBroken(int nodes, int depth, int most, int faults)
    {
        var checker = new Checker(() => new Model(nodes, RoleRules.All), depth, most, faults);
        var watch = Stopwatch.StartNew();
        checker.Run();

        output.WriteLine($"{nodes} nodes: {checker.States} states, depth {checker.Depth}, {checker.Transitions} transitions, {(checker.Exhausted ? "all" : "not all")}, {checker.Transitions / watch.Elapsed.TotalSeconds:0} a second");
        Story(checker, () => new Model(nodes, RoleRules.All)).Should().BeEmpty();
    }

    [Theory]
    [InlineData(2, 200_000)]
    [InlineData(3, 100_000)]
    public void RandomWalks_NoInvariantIsBroken(int nodes, int count)
    {
        var watch = Stopwatch.StartNew();
        var bad = Walks.Run(nodes, 0, (ulong)count);

        output.WriteLine($"{nodes} nodes: {count / watch.Elapsed.TotalSeconds:0} walks a second");
        (bad is { } b ? $"walk {b.Walk}: {b.What}\n{Checker.Play(() => Walks.Start(nodes), b.Trace)}" : "").Should().BeEmpty();
    }

    [Fact]
    public void RandomWalks_WithoutARule_FindIt() => Walks.Run(2, 0, 1000, RoleRules.All & ~RoleRules.R4).Should().NotBeNull();

    public static TheoryData<string, int, int, bool> Mutations => new()
    {
        { nameof(RoleRules.R2Report), 3, 3, false },
        { nameof(RoleRules.R3Yield), 2, 9, false },
        { nameof(RoleRules.R4), 2, 8, false },
        { nameof(RoleRules.R5), 2, 3, false },
        { nameof(RoleRules.R6), 2, 6, false },
        { nameof(RoleRules.R13), 2, 2, true },
        { nameof(RoleRules.Floor), 2, 3, false },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void RuleTakenOut_Violated_AndNotWithIt(string rule, int nodes, int depth, bool faults)
    {
        var rules = RoleRules.All & ~Enum.Parse<RoleRules>(rule);
        Model Start(RoleRules r) => new Model(nodes, r, faults).Settled();
        var without = new Checker(() => Start(rules), depth, 400_000);
        without.Run();
        output.WriteLine($"{rule}: {without.States} states: {Story(without, () => Start(rules))}");
        without.Violation.Should().NotBeNull();

        var with = new Checker(() => Start(RoleRules.All), depth, 400_000);
        with.Run();
        Story(with, () => Start(RoleRules.All)).Should().BeEmpty();
    }

    private static string Story(Checker checker, Func<Model> start) => checker.Violation is { } trace ? checker.What + "\n" + Checker.Play(start, trace) : "";
}
