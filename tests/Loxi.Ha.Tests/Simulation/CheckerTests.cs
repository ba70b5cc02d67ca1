using System.Diagnostics;
using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

public sealed class CheckerTests(ITestOutputHelper output)
{
    [Fact]
    public void TwoNodes_EveryFaultToTheBound_NoInvariantIsBroken() => Check(new Checker(() => new Model(2, RoleRules.All), 200, 200_000), () => new Model(2, RoleRules.All));

    [Fact]
    public void ThreeNodes_EveryFaultToTheBound_NoInvariantIsBroken() => Check(new Checker(() => new Model(3, RoleRules.All), 14, 100_000), () => new Model(3, RoleRules.All));

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
        output.WriteLine($"{rule}: {without.States} states: {without.What}\n{(without.Violation is { } t ? Checker.Play(() => Start(rules), t) : "")}");
        without.Violation.Should().NotBeNull();
        var with = new Checker(() => Start(RoleRules.All), depth, 400_000);
        with.Run();
        (with.What + (with.Violation is { } w ? Checker.Play(() => Start(RoleRules.All), w) : "")).Should().BeEmpty();
    }

    private void Check(Checker checker, Func<Model> start)
    {
        var watch = Stopwatch.StartNew();
        checker.Run();
        output.WriteLine($"{checker.States} states, depth {checker.Depth}, {checker.Transitions} transitions, {(checker.Exhausted ? "all" : "not all")}, {checker.Transitions / watch.Elapsed.TotalSeconds:0} a second");
        var story = checker.Violation is { } trace ? checker.What + "\n" + Checker.Play(start, trace) : "";
        story.Should().BeEmpty();
    }
}
