using FluentAssertions;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>
/// Faults of the matrix in scenarios 2 and 3 with a controller that gives roles. The bounds leave half a second to a busy machine; in F07 and F08 nothing may change.
/// A master that could not be reached and comes back is one until the controller tells it otherwise: that is kube-loxilb's design, and here the bound is its health check.
/// </summary>
[Trait("Suite", Suites.Matrix)]
public sealed class FaultTests
{
    private static readonly ScenarioRunOptions Short = new() { Before = TimeSpan.FromSeconds(1), After = TimeSpan.FromSeconds(6), AfterReturn = TimeSpan.FromSeconds(5), Connections = 40 };

    /// <summary>The health check's period and limit, and half a second.</summary>
    private static readonly TimeSpan UntilTheController = TimeSpan.FromSeconds(3.5);

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F02_ControlKilled_TheRouterHearsItAtOnce(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "control dies",
            Fault = static (lab, victim) => lab.KillControlAsync(victim),
            End = static (lab, victim) => lab.StartNodeAsync(victim),
        });

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        AssertMoved(result);
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F03_Paused_TheOtherServesAndWhoWakesIsBackup(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "control pauses",
            Fault = static (lab, victim) =>
            {
                lab.Nodes[victim].Pause();
                return Task.CompletedTask;
            },
            End = static (lab, victim) =>
            {
                lab.Nodes[victim].Continue();
                return Task.CompletedTask;
            },
        });

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        result.NewConnectionsAtReturn.LongestSilence.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        result.Transitions.Should().BeLessThanOrEqualTo(2);
        AssertMoved(result, UntilTheController);
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F05_ServiceLinkDown_TheRouterGoesTheOtherWay(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "service link down",
            Fault = static (lab, victim) =>
            {
                lab.SetServiceLink(victim, false);
                return Task.CompletedTask;
            },
            End = static (lab, victim) =>
            {
                lab.SetServiceLink(victim, true);
                return Task.CompletedTask;
            },
        });

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        AssertMoved(result, UntilTheController);
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp, false)]
    [InlineData(ScenarioKind.ActiveBackupBgp, true)]
    [InlineData(ScenarioKind.ActiveActiveBgp, true)]
    public async Task F07F08_OneDirectionBetweenTheNodesIsCut_NothingChanges(ScenarioKind kind, bool victimIsDeaf)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "one way cut",
            Fault = (lab, victim) =>
            {
                var (from, to) = victimIsDeaf ? (1 - victim, victim) : (victim, 1 - victim);
                lab.Cut(lab.Nodes[from].Name, lab.Nodes[to].Name);
                return Task.CompletedTask;
            },
            End = static (lab, _) =>
            {
                lab.Heal();
                return Task.CompletedTask;
            },
        });

        result.Transitions.Should().Be(0);
        result.NewConnections.Silent.Should().Be(TimeSpan.Zero);
        result.Kept.Share.Should().Be(1, result.Kept.ToString());
        result.TransferEnd.Should().BeNull();
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F10_CutFromTheRouterOnly_TheRouterGoesTheOtherWay_AndTheControllerSeesNothing(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "cut from the router",
            Fault = static (lab, victim) =>
            {
                lab.CutFromClients(victim);
                return Task.CompletedTask;
            },
            End = static (lab, _) =>
            {
                lab.Heal();
                return Task.CompletedTask;
            },
        });

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        result.NewConnections.Spans[^1].Owners.Should().NotBeEmpty();
        result.Dead.Should().BeNull();
        result.Transitions.Should().Be(0);
    }

    private static void AssertMoved(ScenarioResult result, TimeSpan? shared = null)
    {
        result.NewConnections.Spans[^1].Owners.Should().NotBeEmpty("the other node serves");
        result.Datagrams.Changes[^1].To.Should().Be(result.Survivor);
        if (result.Kind == ScenarioKind.ActiveBackupBgp)
        {
            result.Promoted.Should().NotBeNull();
            result.Roles.Last(change => change.Node == result.Survivor).Role.Should().Be("MASTER");
            result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be("BACKUP");
            result.Shared.Should().BeLessThan(shared ?? TimeSpan.FromSeconds(0.1));
        }
    }

    private static async Task<ScenarioResult> RunAsync(ScenarioKind kind, ScenarioRunOptions options)
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = kind });
        await lab.StartAsync();
        await Scenario.WaitUntilAsync(
            () =>
            {
                var paths = lab.Router!.Ask($"show bgp ipv4 unicast {lab.Vip}/32");
                return Task.FromResult((lab.Nodes.All(node => paths.Contains($"{node.Address} ", StringComparison.Ordinal)), paths));
            },
            TimeSpan.FromSeconds(40));
        var result = await ScenarioRun.RunAsync(lab, options);
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        return result;
    }
}
