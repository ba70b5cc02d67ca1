using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>F15 and I14: the wall clock of either node goes an hour ahead and an hour back, at once and by running fast and slow, and nothing changes.</summary>
[Trait("Suite", Suites.Matrix)]
public sealed class WallClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F15_WallClockSteppedAndSlewed_ChangesNothing(ScenarioKind kind)
    {
        FakeWallClock[] clocks = [];
        await using var lab = await ScenarioLab.CreateAsync(new()
        {
            Kind = kind,
            PeerLink = true,
            ControllerRoles = false,
            // As docs/ha.md shows it: what is under test is the clock, not how busy the machine is.
            NodeFlags = static index => [.. ScenarioLab.PeerFlags(index), "--ha-priority=10"],
            NodeEnvironment = index => clocks[index].Environment,
        });
        clocks = [.. lab.Nodes.Select(node => FakeWallClock.Create(node.Host))];
        await lab.StartAsync();
        await lab.WaitForPathsAsync();

        var idle = default(KeptReport);
        var result = await ScenarioRun.RunAsync(lab, new()
        {
            FaultName = "wall clocks are set",
            Before = TimeSpan.FromSeconds(1),
            After = TimeSpan.FromSeconds(45),
            AfterReturn = TimeSpan.FromSeconds(2),
            Connections = 40,
            // Connections that say nothing meanwhile: their entries must not be over.
            Fault = async (lab, _) =>
            {
                await using var silent = await KeptConnections.OpenAsync(lab.Client, lab.Echo, 20, TimeSpan.FromSeconds(40));
                var begin = LabClock.Now;
                foreach (var node in lab.Nodes)
                {
                    await SetAsync(node, clocks[node.Index]);
                }

                idle = await silent.CountAsync(begin, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30));
            },
            End = static (_, _) => Task.CompletedTask,
        });

        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        result.Transitions.Should().Be(0);
        result.Shared.Should().Be(TimeSpan.Zero);
        result.NewConnections.Silent.Should().Be(TimeSpan.Zero);
        result.Kept.Share.Should().Be(1, result.Kept.ToString());
        idle!.Share.Should().Be(1, idle.ToString());
        result.TransferEnd.Should().BeNull();
        result.Datagrams.Changes.Should().OnlyContain(change => change.To == result.Victim);
        result.Announcements.Should().NotContain(one => one.Mac == lab.Nodes.Single(node => node.Name == result.Survivor).Mac);
    }

    /// <summary>Sets the clock of a node in all ways, and sees each time that the node has it.</summary>
    private static async Task SetAsync(ScenarioNode node, FakeWallClock clock)
    {
        var real = await node.ReadSinceAsync();
        foreach (var offset in new[] { Hour, TimeSpan.Zero, -Hour, Hour, TimeSpan.Zero })
        {
            clock.Step(offset);
            await Task.Delay(Between);
            (await node.ReadSinceAsync()).Should().BeCloseTo(real + offset, Tolerance, $"the process has the time that it was given, and its role; it said:\n{node.Daemon.Tail()}");
        }

        // An hour in six seconds; then it hardly moves.
        clock.Slew(600);
        await Task.Delay(TimeSpan.FromSeconds(6));
        clock.Slew(0.05);
        var ahead = await node.ReadSinceAsync();
        ahead.Should().BeAfter(real + (Hour / 2));
        await Task.Delay(Between);
        (await node.ReadSinceAsync()).Should().BeBefore(ahead - (Between / 2));
        clock.Step(TimeSpan.Zero);
    }
}
