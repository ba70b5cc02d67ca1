using System.Diagnostics;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Sim.Checking;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>The model checker: every event to a bound, random walks beyond it, and what happens without a rule.</summary>
public sealed class CheckerTests(ITestOutputHelper output)
{
    [Fact]
    public void TwoNodes_InAllStatesThatThereAre_NoInvariantIsBroken()
    {
        var checker = Check(2, ModelEvents.None, ModelTimes.Short, depth: int.MaxValue, clip: CheckRun.Clip);

        checker.Exhausted.Should().BeTrue();
    }

    [Theory]
    [InlineData(2, 0, 10, int.MaxValue)]
    [InlineData(3, 0, 14, 4)]
    [InlineData(2, (int)(ModelEvents.Faults | ModelEvents.Disks), 60, 4)]
    [InlineData(2, (int)(ModelEvents.Kills | ModelEvents.Disks), 60, 4)]
    public void EveryEventToTheBound_NoInvariantIsBroken(int nodes, int events, int depth, int faults) => Check(nodes, (ModelEvents)events, ModelTimes.Product, depth, faults);

    [Theory]
    [InlineData(2, 200_000)]
    [InlineData(3, 100_000)]
    public void RandomWalks_NoInvariantIsBroken(int nodes, int count)
    {
        var watch = Stopwatch.StartNew();
        var bad = Walks.Run(nodes, 0, (ulong)count);

        output.WriteLine($"{nodes} nodes: {count / watch.Elapsed.TotalSeconds:0} walks a second");
        (bad is { } b ? $"walk {b.Walk}: {b.What}\n{Picture.Of(() => Walks.Start(nodes), b.Trace)}" : "").Should().BeEmpty();
    }

    [Fact]
    public void RandomWalks_WithoutARule_FindIt() => Walks.Run(2, 0, 1000, RoleRules.All & ~RoleRules.R4).Should().NotBeNull();

    public static TheoryData<string, int, int, int> Mutations => new()
    {
        { nameof(RoleRules.R2Report), 3, 3, 0 },
        { nameof(RoleRules.R3Yield), 2, 9, 0 },
        { nameof(RoleRules.R4), 2, 8, 0 },
        { nameof(RoleRules.R5), 2, 3, 0 },
        { nameof(RoleRules.R6), 2, 6, 0 },
        { nameof(RoleRules.R13), 2, 2, (int)ModelEvents.Faults },
        { nameof(RoleRules.Floor), 2, 3, 0 },
        { nameof(RoleRules.R2NoDisk), 2, 6, (int)ModelEvents.Disks },
        { nameof(RoleRules.R1Gates), 2, 6, (int)ModelEvents.Kills },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void RuleTakenOut_Violated_AndNotWithIt(string rule, int nodes, int depth, int events)
    {
        var rules = RoleRules.All & ~Enum.Parse<RoleRules>(rule);
        Model Start(RoleRules r) => new Model(nodes, r, (ModelEvents)events).Settled();
        var without = new Checker(() => Start(rules), depth, 400_000);
        without.Run();
        output.WriteLine($"{rule}: {without.States} states: {Story(without, () => Start(rules))}");
        without.Violation.Should().NotBeNull();

        var with = new Checker(() => Start(RoleRules.All), depth, 400_000);
        with.Run();
        Story(with, () => Start(RoleRules.All)).Should().BeEmpty();
    }

    private Checker Check(int nodes, ModelEvents events, ModelTimes times, int depth, int faults = int.MaxValue, int clip = int.MaxValue)
    {
        Model Start() => new(nodes, RoleRules.All, events, times);
        var checker = new Checker(Start, depth, int.MaxValue, faults, clip);
        var watch = Stopwatch.StartNew();
        checker.Run();

        output.WriteLine($"{nodes} nodes: {checker.States} states, depth {checker.Depth}, {checker.Transitions} transitions, {(checker.Exhausted ? "complete" : "not complete")}, {checker.Transitions / watch.Elapsed.TotalSeconds:0} a second");
        (checker.Violation is { } trace ? checker.What + "\n" + Picture.Of(Start, trace, clip) : "").Should().BeEmpty();
        return checker;
    }

    private static string Story(Checker checker, Func<Model> start) => checker.Violation is { } trace ? checker.What + "\n" + Picture.Of(start, trace) : "";
}
