using System.Diagnostics;
using System.Globalization;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Sim;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>The deterministic simulator: no seed breaks an invariant, every rule acts, and each check finds what it is for.</summary>
public sealed class SimulatorTests(ITestOutputHelper output)
{
    private const int Seeds = 10_000;
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(100);

    [Fact]
    public void TenThousandSeeds_NoInvariantIsBroken_AndEveryRuleActs()
    {
        var coverage = new Coverage();
        var watch = Stopwatch.StartNew();
        var simulated = 0L;
        var seed = 0UL;
        for (; seed < Seeds && watch.Elapsed < _most; seed++)
        {
            var scenario = Scenario.Of(seed);
            var result = Simulator.Judge(scenario, coverage: coverage, forge: Simulator.Forges(seed));
            (result.Invariant is null ? "" : $"{result.Invariant}: {result.What}; ./test.sh sim --seed {seed}").Should().BeEmpty();
            simulated += scenario.End;
        }

        output.WriteLine($"{seed} seeds, {simulated / TimeSpan.TicksPerSecond / watch.Elapsed.TotalSeconds:0} simulated seconds a second\n{coverage}");
        seed.Should().BeGreaterThanOrEqualTo(1000, "a machine on which this is not done in {0} is too slow to say anything", _most);
        coverage.Rules.Where(static r => r.Count == 0).Select(static r => r.Rule).Should().BeEmpty();
        coverage.Faults.Should().OnlyContain(static count => count > 0);
    }

    [Fact]
    public void SameSeed_GivesTheSameRun()
    {
        var first = Simulator.Run(Scenario.Of(7), record: true);
        var second = Simulator.Run(Scenario.Of(7), record: true);

        first.Story.Should().Contain("Master").And.Be(second.Story);
        first.Hash.Should().Be(second.Hash).And.NotBe(Simulator.Run(Scenario.Of(8)).Hash);
    }

    [Fact]
    public void StalledWrite_ThatEndsLongAfterTheFault_IsWhenTheClusterBeginsToSettle()
    {
        // A disk that works again leaves writes behind that end up to 3 s later; only then is the backup one that a master with a fault can resign to.
        const long ms = TimeSpan.TicksPerMillisecond;
        var scenario = Scenario.Of(2011522) with
        {
            Faults =
            [
                new Fault(34_858 * ms, FaultKind.Pause, 0, 1, 0, 7768 * ms),
                new Fault(35_871 * ms, FaultKind.DiskStalls, 0, 1, 0, 7168 * ms),
                new Fault(38_864 * ms, FaultKind.Crash, 1, 0, 0, 94 * ms),
                new Fault(39_824 * ms, FaultKind.Tracked, 1, 0, 0, 5958 * ms),
            ],
        };
        var result = Simulator.Run(scenario, record: true);

        result.Story.Should().Contain("Master -> Resign 17: Fault");
        result.What.Should().BeNull();
    }

    [Theory]
    [InlineData(2011522, "a stalled write ended long after the disk worked again")]
    [InlineData(2037675, "the terms on the backup's disk were of an earlier run, and its disk failed: it is not ready")]
    [InlineData(2080180, "its probe of the VIPs was answered once: a node that is not ready asks again after five seconds")]
    public void Seed_ThatTheChecksTookForAViolation_IsNone(int seed, string why) => Simulator.Judge(Scenario.Of((ulong)seed)).What.Should().BeNull(why);

    [Fact]
    public void Seed2083332_OneBackupOfTwoTakesTheRoleOfAMasterThatResigns()
    {
        // A node with a fault was cut off and served; back again it resigned, and two others took the role within 4 ms.
        var scenario = Scenario.Of(2083332);

        Simulator.Judge(scenario).What.Should().BeNull();
        Simulator.Judge(scenario, RoleRules.All & ~RoleRules.R13Heir).Invariant.Should().Be("I13");
    }

    /// <summary>R5: each node is ready for 350 of 400 ms, less than its window.</summary>
    [Theory]
    [InlineData(nameof(RoleRules.None), true)]
    [InlineData(nameof(RoleRules.R5Place), false)]
    public void NodesThatAreReadyAgainAndAgain_HaveAMaster(string without, bool soon)
    {
        const long ms = TimeSpan.TicksPerMillisecond;
        var flaps = Enumerable.Range(0, 80).SelectMany(static i => Enumerable.Range(0, 2).Select(node => new Fault((200 + (400 * i) + (200 * node)) * ms, FaultKind.Unready, node, 1 - node, 0, 50 * ms)));
        var scenario = Scenario.Of(1) with { Nodes = 2, Interval = 100 * ms, MostDelay = ms, Lateness = 0, HealAt = 50_000 * ms, End = 66_000 * ms, Witness = false, Bfd = false, Faults = [.. flaps] };
        var result = Simulator.Run(scenario, RoleRules.All & ~Enum.Parse<RoleRules>(without), record: true);

        var first = result.Story.Split('\n').First(static line => line.Contains("-> Master", StringComparison.Ordinal));
        double.Parse(first.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture).Should().Match(seconds => soon ? seconds < 3 : seconds > 32, first);
        result.What.Should().BeNull();
    }

    /// <summary>For each invariant what breaks it: a rule taken out, or a fault of the core's caller.</summary>
    public static TheoryData<string, string, string> Mutations => new()
    {
        { "I1", nameof(RoleRules.R3Yield), nameof(SimSwitches.None) },
        { "I1", nameof(RoleRules.R5), nameof(SimSwitches.None) },
        { "I2", nameof(RoleRules.R4), nameof(SimSwitches.None) },
        { "I2", nameof(RoleRules.R2Report), nameof(SimSwitches.None) },
        { "I3", nameof(RoleRules.R2Silence), nameof(SimSwitches.None) },
        { "I4", nameof(RoleRules.Floor), nameof(SimSwitches.None) },
        { "I5", nameof(RoleRules.I5Readiness), nameof(SimSwitches.None) },
        { "I6", nameof(RoleRules.R6), nameof(SimSwitches.None) },
        { "I6", nameof(RoleRules.R1Gates), nameof(SimSwitches.None) },
        { "I11", nameof(RoleRules.Reserve), nameof(SimSwitches.None) },
        { "I11", nameof(RoleRules.None), nameof(SimSwitches.LostWrites) },
        { "I12", nameof(RoleRules.None), nameof(SimSwitches.NoKeys) },
        { "I13", nameof(RoleRules.None), nameof(SimSwitches.NoRanks) },
        { "I14", nameof(RoleRules.None), nameof(SimSwitches.WallClock) },
        { "R13", nameof(RoleRules.R13), nameof(SimSwitches.None) },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Mutation_IsFound(string invariant, string without, string fault)
    {
        var rules = RoleRules.All & ~Enum.Parse<RoleRules>(without);
        var switches = Enum.Parse<SimSwitches>(fault);
        SimResult Judge(Scenario s, bool record = false) => Simulator.Judge(s, rules, switches, record: record, forge: invariant == "I12");

        var found = Enumerable.Range(0, 1000).Select(static seed => Scenario.Of((ulong)seed)).FirstOrDefault(s => Judge(s).Invariant == invariant);

        found.Should().NotBeNull();
        var small = Simulator.Shrink(found!, s => Judge(s).Invariant == invariant, most: 150);
        output.WriteLine($"{small.Describe()}\n{string.Join('\n', small.Faults)}\n{Judge(small, record: true).Story}");
        small.Faults.Length.Should().BeLessThanOrEqualTo(found!.Faults.Length);
        Judge(small).Invariant.Should().Be(invariant);
        Simulator.Run(small).Invariant.Should().BeNull("with the rule the same script breaks nothing");
    }
}
