using System.Diagnostics;
using FluentAssertions;
using Loxi.Ha.Roles;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

public sealed class CheckerTests(ITestOutputHelper output)
{
    [Fact]
    public void TwoNodes_AnyFaults_NoInvariantIsBroken() => Check(new Checker(() => new Model(2, RoleRules.All), 200, 4_000_000), () => new Model(2, RoleRules.All));

    [Fact]
    public void ThreeNodes_Depth_NoInvariantIsBroken() => Check(new Checker(() => new Model(3, RoleRules.All), 14, 300_000), () => new Model(3, RoleRules.All));

    private void Check(Checker checker, Func<Model> start)
    {
        var watch = Stopwatch.StartNew();
        checker.Run();
        output.WriteLine($"{checker.States} states, depth {checker.Depth}, {checker.Transitions} transitions, {(checker.Exhausted ? "all" : "not all")}, {checker.Transitions / watch.Elapsed.TotalSeconds:0} a second");
        var story = checker.Violation is { } trace ? checker.What + "\n" + Checker.Play(start, trace) : "";
        story.Should().BeEmpty();
    }
}
