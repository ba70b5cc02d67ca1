using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Sim;
using Xunit;

namespace Loxi.Ha.Tests.Simulation;

/// <summary>R2a: a master whose HELLOs are lost by chance is asked before it is given up.</summary>
public sealed class LossTests(ITestOutputHelper output)
{
    private const int Minutes = 200;

    [Theory]
    [InlineData(1, 50)]
    [InlineData(1, 200)]
    [InlineData(2, 200)]
    public void Loss_OfTwoNodes_FewFalseSilencesWithTheRule(int paths, int perMille)
    {
        var with = FalseSilences(RoleRules.All, paths, perMille);
        var without = FalseSilences(RoleRules.All & ~RoleRules.R2aProbe, paths, perMille);

        output.WriteLine($"{paths} path(s), {perMille / 10.0} % loss: {with / (double)Minutes:0.000} false silences a minute, without R2a {without / (double)Minutes:0.000}");
        if (paths == 1 && perMille == 200)
        {
            without.Should().BeGreaterThan(Minutes);
            with.Should().BeLessThan(Minutes / 10);
        }
        else
        {
            // F11: no change of roles.
            with.Should().BeLessThan(Minutes / 100);
        }
    }

    [Fact]
    public void R2a_TakenOut_TheRoleFlapsOnALinkThatOnlyLoses()
    {
        var seed = Enumerable.Range(0, 100).Select(static s => (ulong)s)
            .First(static s => Simulator.Run(Lossy(s, 1, 200)).Promotions == 1 && Simulator.Run(Lossy(s, 1, 200), RoleRules.All & ~RoleRules.R2aProbe).Promotions > 1);
        var scenario = Lossy(seed, 1, 200);

        var story = Simulator.Run(scenario, RoleRules.All & ~RoleRules.R2aProbe, record: true).Story;
        output.WriteLine($"seed {seed}\n{string.Join('\n', story.Split('\n').Take(20))}");
        story.Should().Contain("Backup -> Master 2: MasterSilent", "the backup takes the role of a master that nothing has happened to");
        Simulator.Run(scenario, record: true).Story.Should().NotContain("MasterSilent");
    }

    /// <summary>How often the backup takes a role that nobody has left, in <see cref="Minutes"/> runs of a minute.</summary>
    private static int FalseSilences(RoleRules rules, int paths, int perMille)
    {
        var count = 0;
        for (ulong seed = 0; seed < Minutes; seed++)
        {
            count += Simulator.Run(Lossy(seed, paths, perMille), rules).Promotions - 1;
        }

        return count;
    }

    private static Scenario Lossy(ulong seed, int paths, int perMille)
    {
        const long interval = 100 * TimeSpan.TicksPerMillisecond;
        return new Scenario
        {
            Seed = seed,
            Nodes = 2,
            Paths = paths,
            Interval = interval,
            HealAt = 700 * interval,
            End = 900 * interval,
            Faults = [new Fault(100 * interval, FaultKind.Loss, 0, 1, perMille, 600 * interval)],
        };
    }
}
