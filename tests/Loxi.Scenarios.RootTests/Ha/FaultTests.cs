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
    /// <summary>The health check's period and limit, and half a second.</summary>
    private static readonly TimeSpan UntilTheController = TimeSpan.FromSeconds(3.5);

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F02_ControlKilled_TheRouterHearsItAtOnce(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.ControlDies);

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        AssertMoved(result);
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F03_Paused_TheOtherServesAndWhoWakesIsBackup(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.Paused);

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        result.NewConnectionsAtReturn.LongestSilence.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        result.MasterChanges.Should().BeLessThanOrEqualTo(2);
        AssertMoved(result, UntilTheController);
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    [InlineData(ScenarioKind.ActiveActiveBgp)]
    public async Task F05_ServiceLinkDown_TheRouterGoesTheOtherWay(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.ServiceLinkDown);

        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(0.9));
        AssertMoved(result, UntilTheController);
    }

    [Theory]
    [InlineData(ScenarioKind.ActiveBackupBgp, false)]
    [InlineData(ScenarioKind.ActiveBackupBgp, true)]
    [InlineData(ScenarioKind.ActiveActiveBgp, true)]
    public async Task F07F08_OneDirectionBetweenTheNodesIsCut_NothingChanges(ScenarioKind kind, bool victimIsDeaf)
    {
        var result = await RunAsync(kind, Faults.OneWayCut(victimIsDeaf));

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
        var result = await RunAsync(kind, Faults.CutFromRouter);

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

    private static Task<ScenarioResult> RunAsync(ScenarioKind kind, ScenarioRunOptions options) => Faults.RunAsync(new() { Kind = kind }, options);
}
