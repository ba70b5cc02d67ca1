using System.Diagnostics;
using FluentAssertions;
using Loxi.Ha.Sync.Engine;
using Loxi.Sim.Sync;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>Tables kept alike under faults: I7 to I10, I12 for former runs, I15.</summary>
public sealed class SyncSimulatorTests(ITestOutputHelper output)
{
    [Fact]
    public void Seeds_NoInvariantIsBroken()
    {
        var watch = Stopwatch.StartNew();
        var faults = 0;
        const int seeds = 100;
        for (var seed = 0UL; seed < seeds; seed++)
        {
            var scenario = SyncScenario.Of(seed);
            faults += scenario.Faults.Length;
            if (SyncSimulator.Run(scenario).Violation is not null)
            {
                Assert.Fail(SyncSimulator.Report(seed));
            }
        }

        output.WriteLine($"{seeds} seeds, {faults} faults, {watch.Elapsed.TotalMilliseconds / seeds:0.0} ms each");
    }

    [Theory]
    [InlineData(nameof(SyncRules.Newer), "I8")]
    [InlineData(nameof(SyncRules.Tombstones), "I9")]
    [InlineData(nameof(SyncRules.Digests), "I10")]
    [InlineData(nameof(SyncRules.Veto), "I7")]
    [InlineData(nameof(SyncRules.Incarnation), "I12")]
    public void RuleTakenOut_Violated(string rule, string invariant)
    {
        var rules = SyncRules.All & ~Enum.Parse<SyncRules>(rule);
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 0UL; seed < 400 && !found.ContainsKey(invariant); seed++)
        {
            if (SyncSimulator.Run(SyncScenario.Of(seed), rules).Violation is { } violation)
            {
                var name = violation.Split(':')[0];
                found[name] = found.GetValueOrDefault(name) + 1;
            }
        }

        output.WriteLine(string.Join(", ", found.Select(static f => $"{f.Key} {f.Value}")));
        found.Should().ContainKey(invariant);
    }

    [Fact]
    public void SameSeed_SameRun()
    {
        var scenario = SyncScenario.Of(7);

        SyncSimulator.Run(scenario).Should().Be(SyncSimulator.Run(scenario));
    }

    [Fact]
    public void WithoutFaults_NothingIsResent()
    {
        for (var seed = 0UL; seed < 40; seed++)
        {
            var scenario = SyncScenario.Of(seed) with { Faults = [], AllServe = false, Backlog = 4096 };
            var (violation, _, resent) = SyncSimulator.Run(scenario);

            violation.Should().BeNull();
            resent.Should().Be(0, $"seed {seed}");
        }
    }
}
