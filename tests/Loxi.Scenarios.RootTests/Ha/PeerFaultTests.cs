using System.Net.Sockets;
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

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F01_NodeDies(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.NodeDies);

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.Announced.Should().BeLessThan(TimeSpan.FromSeconds(0.4) + Slack);
        result.Kept.Should().Match<KeptReport>(static kept => kept.Reset == kept.Opened);
        result.MasterChanges.Should().Be(2, "one took the role that the other one lost");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task F01F03_ByIpv6_VipsOfBothFamiliesMove(bool paused)
    {
        ArpProber? ofV4 = null;
        var result = await Faults.RunAsync(
            new() { Kind = ScenarioKind.FlatL2, PeerLink = true, IPv6 = true, ControllerRoles = false, NodeFlags = ScenarioLab.PeerFlagsV6 },
            paused ? Faults.Paused : Faults.NodeDies,
            lab => ofV4 = ArpProber.Start(lab.Probe, "eth0", lab.SecondVip!, ScenarioLab.ProbeAddressesOf(AddressFamily.InterNetwork)));

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.Announced.Should().BeLessThan(TimeSpan.FromSeconds(0.4) + Slack);
        result.Announcements.Should().NotBeEmpty().And.OnlyContain(static one => one.Kind == AnnouncementKind.Advertisement, "unsolicited, with O=1");
        var owners = ofV4!.Read().Within(result.FaultMoment - Slack, result.EndMoment);
        owners.Changes.Should().HaveCountLessThanOrEqualTo(3, "the victim's, then the survivor's; a paused one's gates may close an interval later").And.HaveCountGreaterThan(1);
        owners.LongestSilence.Should().BeLessThan(TimeSpan.FromSeconds(0.4) + Slack);
        owners.Shared.Should().BeLessThan(TimeSpan.FromSeconds(0.1));
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F02_ControlKilled(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.ControlDies);

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.Announced.Should().BeLessThan(TimeSpan.FromSeconds(0.4) + Slack);
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F03_Paused(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.Paused);

        AssertMoved(result, lnew: 0.5, shared: 0.1);
        result.MasterChanges.Should().Be(2, "one took the role that the other one lost");
        // What was asked during the pause may be answered before the thread of roles has run, behind gates that are closed. Then it listens (R6), which may be over before anybody asks.
        string.Join(' ', result.Roles.Where(change => change.Node == result.Victim && change.Role is not null && change.Moment >= result.EndMoment).Select(static change => change.Role))
            .Should().MatchRegex("^(MASTER )?(NOT_DEFINED )?BACKUP$");
    }

    [Theory]
    [InlineData(ScenarioKind.FlatL2)]
    [InlineData(ScenarioKind.ActiveBackupBgp)]
    public async Task F05_ServiceLinkDown_TheNodeResigns_OrTheRouterGoesTheOtherWay(ScenarioKind kind)
    {
        var result = await RunAsync(kind, Faults.ServiceLinkDown);

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
        var result = await RunAsync(kind, Faults.OneWayCut(masterIsDeaf), secondPath);

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
        var result = await RunAsync(ScenarioKind.ActiveBackupBgp, Faults.CutFromRouter);

        AssertMoved(result, lnew: 0.4, shared: 0.1, withRole: false);
    }

    [Fact]
    public async Task F22_ThirdHostClaimsTheVip_TheMasterDefendsItAndStays()
    {
        var result = await RunAsync(ScenarioKind.FlatL2, Faults.Make("third host claims the VIP", static (lab, _) => lab.ClaimVip(), static (lab, _) => lab.StopClaim()));

        result.Transitions.Should().Be(0);
        result.Announcements.Should().Contain(static one => one.Moment > TimeSpan.Zero);
        var defences = result.Announcements.Where(one => one.Moment < result.EndMoment).GroupBy(static one => one.Mac).Select(static group => group.Count()).ToList();
        defences.Should().HaveCount(2, "the claimant and the defender").And.OnlyContain(static count => count <= 16, "at most one defence a second, each in both forms");
    }

    /// <summary>The other node serves, at the latest after <paramref name="lnew"/> seconds. Without a role when the nodes hear each other all the while: the backup's way is one too.</summary>
    private static void AssertMoved(ScenarioResult result, double lnew, double shared, bool withRole = true)
    {
        result.LongestGap.Should().BeLessThan(TimeSpan.FromSeconds(lnew) + Slack);
        result.NewConnections.Spans[^1].Owners.Should().NotBeEmpty("the other node serves");
        result.Datagrams.Changes[^1].To.Should().Be(result.Survivor);
        result.Roles.Last(change => change.Node == result.Survivor).Role.Should().Be(withRole ? "MASTER" : "BACKUP");
        result.Roles.Last(change => change.Node == result.Victim).Role.Should().Be(withRole ? "BACKUP" : "MASTER", "who comes back does not take the role back");
        result.Shared.Should().BeLessThan(TimeSpan.FromSeconds(shared));
        if (withRole)
        {
            result.DatagramsAtReturn.Changes.Should().OnlyContain(change => change.To == result.Survivor);
            result.Announcements.Where(one => one.Moment >= result.EndMoment).Select(static one => one.Mac).Distinct().Should().HaveCountLessThanOrEqualTo(1, "who comes back announces nothing");
        }

        result.NewConnectionsAtReturn.LongestSilence.Should().BeLessThan(Slack);
    }

    private static ScenarioOptions Peers(ScenarioKind kind, bool secondPath) => new()
    {
        Kind = kind,
        PeerLink = secondPath,
        ControllerRoles = false,
        NodeFlags = index => secondPath ? ScenarioLab.PeerFlags(index) : [$"--self={index}", $"--cluster={ScenarioLab.NodeAddress(1 - index)}"],
    };

    private static Task<ScenarioResult> RunAsync(ScenarioKind kind, ScenarioRunOptions options, bool secondPath = true) => Faults.RunAsync(Peers(kind, secondPath), options);
}
