using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>The address that kube-loxilb posts with a role (<c>--setRoles=ADDRESS</c>) is who the endpoints of full-NAT services see, and it moves with the role.</summary>
public sealed class RoleVipTests
{
    private const string Source = "192.168.80.201";
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task VipOfThePost_IsTheClientThatEndpointsSee_AlsoAfterAFailoverAndAReturn()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FlatL2, ServiceMode = 2, RoleVip = Source });
        await lab.StartAsync();
        await using var connects = NewConnectionProber.Start(lab.Client, lab.Web);
        var first = await WaitForAsync(lab.Nodes, "MASTER");
        await AssertServedAsync(lab, connects, first);

        // Datagrams go on through the failover: whoever carries them, endpoints see the same client.
        await using var carriers = CarrierProber.Start(lab.Client, new() { Target = lab.Datagrams });
        await lab.KillNodeAsync(first.Index);
        var second = await WaitForAsync([lab.Nodes[1 - first.Index]], "MASTER");
        await AssertServedAsync(lab, connects, second);

        await lab.ReturnNodeAsync(first.Index);
        await WaitForAsync([first], "BACKUP");
        await AssertServedAsync(lab, connects, second);
        HasSource(first).Should().BeFalse("a backup has no address of the group");
        var carried = carriers.Read();
        carried.Changes.Select(static change => change.To).Should().Equal(Source);
        carried.Spans.Last(static span => span.Owners is not null).Owners.Should().Equal(Source);
        lab.Controller!.Refusals.Should().BeEmpty();
    }

    private static async Task AssertServedAsync(ScenarioLab lab, NewConnectionProber connects, ScenarioNode master)
    {
        var begin = LabClock.Now;
        await Scenario.WaitUntilAsync(() => Task.FromResult((connects.IsSteady(begin, Steady), $"{lab.Web} is not served:\n{master.Daemon.Tail()}")), Patience);
        HasSource(master).Should().BeTrue(master.Daemon.Tail());
        await using (var load = Load.StartHttp(lab.Client, new() { Target = lab.Web, Connections = 3, KeepAlive = false, MaxRequests = 30, Interval = TimeSpan.Zero }))
        {
            AssertSeen(await load.FinishAsync());
        }

        await using (var load = Load.StartUdp(lab.Client, new() { Target = lab.Datagrams, Connections = 3, MaxRequests = 30, Interval = TimeSpan.FromMilliseconds(5) }))
        {
            AssertSeen(await load.FinishAsync());
        }
    }

    private static void AssertSeen(LoadReport report)
    {
        report.Failed.Should().Be(0, report.ToString());
        report.PerServer.Should().HaveCountGreaterThan(1);
        report.ClientAddresses.Should().Equal(Source);
    }

    private static async Task<ScenarioNode> WaitForAsync(IReadOnlyList<ScenarioNode> nodes, string role)
    {
        ScenarioNode? found = null;
        await Scenario.WaitUntilAsync(
            async () =>
            {
                var roles = await Task.WhenAll(nodes.Select(static node => node.ReadRoleAsync(TestContext.Current.CancellationToken)));
                found = Array.IndexOf(roles, role) is >= 0 and var index ? nodes[index] : null;
                return (found is not null, $"roles: {string.Join(", ", roles.Select(static one => one ?? "no answer"))}");
            },
            Patience);
        return found!;
    }

    private static bool HasSource(ScenarioNode node) => node.Host.Ip("address show dev eth0").Contains($"inet {Source}/32 ", StringComparison.Ordinal);
}
