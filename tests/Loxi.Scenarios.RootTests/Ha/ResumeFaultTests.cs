using System.Globalization;
using FluentAssertions;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>F02 of the matrix in the profile of those who want a restart to keep the role: the control process is killed, and started again while its gates are open, or not.</summary>
[Trait("Suite", Suites.Matrix)]
public sealed class ResumeFaultTests
{
    /// <summary>The profile is 700 ms x 3. A program that is not native may take four seconds to start beside other tests.</summary>
    private static readonly int Interval = Environment.GetEnvironmentVariable("LOXID") is null ? 2000 : 700;

    [Fact]
    public async Task F02_Hold_ControlKilledAndStartedAgain_NothingMoves()
    {
        string[] told = [];
        var result = await RunAsync(Faults.NodeDies with
        {
            FaultName = "control restarts",
            Fault = static async (lab, victim) =>
            {
                await lab.KillControlAsync(victim);
                await lab.StartNodeAsync(victim);
            },
            End = (lab, victim) =>
            {
                told = [.. lab.Nodes[victim].Daemon.Lines.Where(static line => line.Contains(" went from ", StringComparison.Ordinal))];
                return Task.CompletedTask;
            },
        });

        told.Should().ContainSingle().Which.Should().Contain("to Master: Resumed");
        // The REST API of a node that starts answers before roles are known: what it told of its role says whether it lost it.
        result.Roles.Where(change => change.Node == result.Survivor && change.Moment >= result.FaultMoment).Should().BeEmpty();
        result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be("MASTER");
        result.NewConnections.Silent.Should().Be(TimeSpan.Zero);
        result.Owners!.Changes.Should().HaveCountLessThanOrEqualTo(1, "the victim's alone");
        result.Shared.Should().Be(TimeSpan.Zero);
        result.Kept.Share.Should().Be(1, result.Kept.ToString());
        result.TransferEnd.Should().BeNull();
    }

    [Fact]
    public async Task F02_Hold_ControlKilled_TheOtherServes()
    {
        var result = await RunAsync(Faults.ControlDies with { After = TimeSpan.FromSeconds(10) });

        result.Announced.Should().BeLessThan(TimeSpan.FromMilliseconds((3 * Interval) + 500) + TimeSpan.FromSeconds(0.5), "the matrix has 2.6 s with 700 ms, on a machine with nothing else to do")
            .And.BeGreaterThan(TimeSpan.FromMilliseconds(2 * Interval));
        result.Shared.Should().BeLessThan(TimeSpan.FromMilliseconds(Interval + 100), "the gates close a dead-man time after the death, the other one has counted since the last HELLO");
        result.MasterChanges.Should().Be(2);
        result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be("BACKUP");
    }

    private static Task<ScenarioResult> RunAsync(ScenarioRunOptions fault) => Faults.RunAsync(
        new()
        {
            Kind = ScenarioKind.FlatL2,
            PeerLink = true,
            ControllerRoles = false,
            NodeFlags = static index => [.. ScenarioLab.PeerFlags(index), string.Create(CultureInfo.InvariantCulture, $"--ha-interval={Interval}")],
        },
        fault);
}
