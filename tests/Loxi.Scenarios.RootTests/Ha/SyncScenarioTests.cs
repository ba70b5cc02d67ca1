using FluentAssertions;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>Scenarios 4 and 5 of loxilb's guide: nodes that keep their connections alike, real traffic, and the death of the node that serves. <c>./run.sh scenario 4</c> and <c>5</c> have 10,000 connections.</summary>
public sealed class SyncScenarioTests
{
    private const int Default = 0;
    private const int FullNat = 2;

    // So that connections which begin to live while the fault comes are there too.
    private static readonly ScenarioRunOptions Short = new()
    {
        Connections = 500,
        Before = TimeSpan.FromSeconds(1),
        Opening = TimeSpan.FromSeconds(1),
        After = TimeSpan.FromSeconds(4),
        AfterReturn = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task Scenario4_FullNat_BehindARouter() => await AssertKeptAsync(ScenarioKind.ActiveBackupSync, FullNat);

    [Fact]
    public async Task Scenario5_DefaultMode_EndpointsAnswerThroughTheGatewayThatMoves() => await AssertKeptAsync(ScenarioKind.FastFailoverSync, Default);

    private static async Task AssertKeptAsync(ScenarioKind kind, int mode)
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = kind, ServiceMode = mode, ControllerRoles = false });
        await lab.StartAsync();
        await lab.WaitForPathsAsync();

        var result = await ScenarioRun.RunAsync(lab, Short);

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        result.Tables!.Connections.Should().BeGreaterThan(500);
        result.Tables.Missing.Should().BeEmpty();
        result.Kept.Opened.Should().BeGreaterThan(500, "some came in the last second");
        result.Kept.Share.Should().BeGreaterThanOrEqualTo(0.999, result.Kept.ToString());
        result.TransferEnd.Should().BeNull();
        result.HttpReset.Should().Be(0);
        result.Detected.Should().NotBeNull();
        // The goals are 0.45 s and 0.35 s; the rest is for a busy machine.
        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(1));
        result.Datagrams.LongestSilence.Should().BeLessThan(TimeSpan.FromSeconds(1), "one-arm connections do not go on, and are opened anew");
        result.Flows!.LongestSilence.Should().BeLessThan(TimeSpan.FromSeconds(1));
        result.TablesAtEnd!.Missing.Should().BeEmpty("who returns is told everything");
        Role(result, result.Survivor).Should().Be("MASTER");
        Role(result, result.Victim).Should().Be("BACKUP", "who returns does not take the role back");
    }

    private static string? Role(ScenarioResult result, string node) => result.Roles.Last(change => change.Node == node).Role;
}
