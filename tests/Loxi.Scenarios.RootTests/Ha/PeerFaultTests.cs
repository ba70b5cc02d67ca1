using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>
/// Faults of the matrix where the nodes decide themselves, 100 ms x 3, in scenarios 1 and 2, without synchronisation of connections: old ones get a RST. The bounds
/// are those of the matrix and half a second for a busy machine.
/// </summary>
[Trait("Suite", Suites.Matrix)]
public sealed class PeerFaultTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(2);
    private static readonly ScenarioRunOptions Short = new() { Before = TimeSpan.FromSeconds(1), After = TimeSpan.FromSeconds(6), AfterReturn = TimeSpan.FromSeconds(6), Connections = 40 };

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F01_NodeDies(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short);

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.Announced.Should().BeLessThan(TimeSpan.FromSeconds(0.4) + Slack);
        result.Kept.Should().Match<KeptReport>(static kept => kept.Reset == kept.Opened);
        result.Transitions.Should().BeLessThanOrEqualTo(3, "the survivor's, and the first roles of the one that comes back");
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F02_ControlKilled(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "control dies",
            Fault = static (lab, victim) => lab.KillControlAsync(victim),
            End = static (lab, victim) => lab.StartNodeAsync(victim),
        });

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.Announced.Should().BeLessThan(TimeSpan.FromSeconds(0.4) + Slack);
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F03_Paused(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "control pauses",
            Fault = Do(static (lab, victim) => lab.Nodes[victim].Pause()),
            End = Do(static (lab, victim) => lab.Nodes[victim].Continue()),
        });

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.Transitions.Should().Be(2);
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F05_ServiceLinkDown_TheNodeResigns_OrTheRouterGoesTheOtherWay(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Short with
        {
            FaultName = "service link down",
            Fault = Do(static (lab, victim) => lab.SetServiceLink(victim, false)),
            End = Do(static (lab, victim) => lab.SetServiceLink(victim, true)),
        });

        AssertMoved(result, lnew: kind == ScenarioKind.FlatL2 ? 1 : 0.4, shared: 0.1, withRole: kind == ScenarioKind.FlatL2);
        result.Transitions.Should().Be(kind == ScenarioKind.FlatL2 ? 2 : 0);
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2, false, true)]
    [InlineData(ScenarioKind.FlatL2, true, true)]
    [InlineData(ScenarioKind.FlatL2, false, false)]
    [InlineData(ScenarioKind.FlatL2, true, false)]
    [InlineData(ScenarioKind.ActiveBackupBgp, true, false)]
    public async Task F07F08_OneDirectionIsCut_OneMasterInTheEnd(ScenarioKind kind, bool masterIsDeaf, bool secondPath)
    {
        var result = await RunAsync(
            kind,
            Short with
            {
                FaultName = "one way cut",
                Fault = Do((lab, victim) =>
                {
                    var (from, to) = masterIsDeaf ? (1 - victim, victim) : (victim, 1 - victim);
                    lab.Cut(lab.Nodes[from].Name, lab.Nodes[to].Name);
                }),
                End = Do(static (lab, _) => lab.Heal()),
            },
            secondPath);

        result.NewConnections.LongestSilence.Should().BeLessThan(TimeSpan.FromSeconds(0.9) + Slack);
        result.Shared.Should().BeLessThan(TimeSpan.FromSeconds(0.7) + Slack);
        result.Roles.GroupBy(static change => change.Node).Select(static node => node.Last().Role).Should().BeEquivalentTo("MASTER", "BACKUP");
        if (secondPath)
        {
            result.Transitions.Should().Be(0);
            result.NewConnections.Silent.Should().Be(TimeSpan.Zero);
            result.Kept.Share.Should().Be(1, result.Kept.ToString());
        }
        else
        {
            result.Transitions.Should().BeLessThanOrEqualTo(4, "two for the cut, two at most for its end");
        }
    }

    [Fact]
    public async Task F10_CutFromTheRouterOnly_TheRouterGoesTheOtherWay()
    {
        var result = await RunAsync(ScenarioKind.ActiveBackupBgp, Short with
        {
            FaultName = "cut from the router",
            Fault = Do(static (lab, victim) => lab.CutFromClients(victim)),
            End = Do(static (lab, _) => lab.Heal()),
        });

        AssertMoved(result, lnew: 0.4, shared: 0.1, withRole: false);
    }

    [Fact]
    public async Task F22_ThirdHostClaimsTheVip_TheMasterDefendsItAndStays()
    {
        var result = await RunAsync(ScenarioKind.FlatL2, Short with
        {
            FaultName = "third host claims the VIP",
            Fault = Do(static (lab, _) => lab.ClaimVip()),
            End = Do(static (lab, _) => lab.StopClaim()),
        });

        result.Transitions.Should().Be(0);
        result.Announcements.Should().Contain(static one => one.Moment > TimeSpan.Zero);
        var defences = result.Announcements.Where(one => one.Moment < result.EndMoment).GroupBy(static one => one.Mac).Select(static group => group.Count()).ToList();
        defences.Should().HaveCount(2, "the claimant and the defender").And.OnlyContain(static count => count <= 16, "at most one defence a second, each in both forms");
    }

    [Fact]
    public async Task F17_BothStartAtOnce_OneMaster()
    {
        await using var lab = await ScenarioLab.CreateAsync(Peers(ScenarioKind.FlatL2, secondPath: true));
        await lab.StartAsync();
        using var announcements = AnnouncementCapture.Start(lab.Probe, "eth0");
        for (var round = 0; round < 3; round++)
        {
            var started = LabClock.Now;
            await Task.WhenAll(lab.Nodes.Select(node => lab.KillControlAsync(node.Index)));
            await using var roles = RoleWatch.Start(lab.Nodes);
            await Task.WhenAll(lab.Nodes.Select(node => lab.StartNodeAsync(node.Index)));
            // On a busy machine the start of one keeps it silent for longer than the other waits: what counts is how it ends.
            await Scenario.WaitUntilAsync(
                () => Task.FromResult((
                    lab.Nodes.Select(node => roles.Of(node.Name) is [.., var last] ? last.Role : null).Order(StringComparer.Ordinal).SequenceEqual(["BACKUP", "MASTER"])
                        && LabClock.Now - roles.Changes.Max(static change => change.Moment) > Steady,
                    string.Join('\n', roles.Changes))),
                TimeSpan.FromSeconds(30));
            var master = lab.Nodes.Single(node => roles.Of(node.Name)[^1].Role == "MASTER");
            var decided = roles.Changes.Max(static change => change.Moment);
            announcements.All.Where(one => one.Moment >= decided + (Steady / 2)).Should().NotContain(
                one => one.Mac != master.Mac,
                $"{master.Name} ({master.Mac}) is master since {decided.TotalSeconds:f3}\n{string.Join('\n', roles.Changes)}\n{string.Join('\n', announcements.All.Where(one => one.Moment >= started))}\n{string.Join('\n', lab.Nodes.Select(static node => $"{node.Name}:\n{node.Daemon.Tail()}"))}");
            announcements.Of(master.Mac, started).Should().NotBeEmpty();
        }
    }

    private static Func<ScenarioLab, int, Task> Do(Action<ScenarioLab, int> action) => (lab, victim) =>
    {
        action(lab, victim);
        return Task.CompletedTask;
    };

    /// <summary>The other node serves, at the latest after <paramref name="lnew"/> seconds. Without a role when the nodes hear each other all the while: the backup's way is one too.</summary>
    private static void AssertMoved(ScenarioResult result, double lnew, double shared, bool withRole = true)
    {
        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(lnew) + Slack);
        result.NewConnections.Spans[^1].Owners.Should().NotBeEmpty("the other node serves");
        result.Datagrams.Changes[^1].To.Should().Be(result.Survivor);
        result.Roles.Last(change => change.Node == result.Survivor).Role.Should().Be(withRole ? "MASTER" : "BACKUP");
        result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be(withRole ? "BACKUP" : "MASTER", "who comes back does not take the role back");
        result.Shared.Should().BeLessThan(TimeSpan.FromSeconds(shared));
        result.NewConnectionsAtReturn.LongestSilence.Should().BeLessThan(Slack);
    }

    private static ScenarioOptions Peers(ScenarioKind kind, bool secondPath) => new()
    {
        Kind = kind,
        PeerLink = secondPath,
        ControllerRoles = false,
        NodeFlags = index => secondPath ? ScenarioLab.PeerFlags(index) : [$"--self={index}", $"--cluster={ScenarioLab.NodeAddress(1 - index)}"],
    };

    private static async Task<ScenarioResult> RunAsync(ScenarioKind kind, ScenarioRunOptions options, bool secondPath = true)
    {
        await using var lab = await ScenarioLab.CreateAsync(Peers(kind, secondPath));
        await lab.StartAsync();
        if (lab.Router is { } router)
        {
            await Scenario.WaitUntilAsync(
                () =>
                {
                    var paths = router.Ask($"show bgp ipv4 unicast {lab.Vip}/32");
                    return Task.FromResult((lab.Nodes.All(node => paths.Contains($"{node.Address} ", StringComparison.Ordinal)), paths));
                },
                TimeSpan.FromSeconds(40));
        }

        var result = await ScenarioRun.RunAsync(lab, options);
        TestContext.Current.TestOutputHelper?.WriteLine(result.ToString());
        return result;
    }
}
