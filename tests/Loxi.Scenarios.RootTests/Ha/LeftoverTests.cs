using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests.Ha;

/// <summary>What a node that has a VIP leaves on its link: nothing when it stops, and after a crash nothing once it is purged or starts anew.</summary>
public sealed class LeftoverTests
{
    private const string Vip = "192.0.2.100";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VipOfAMaster_IsOnItsLink_AndNothingIsLeft()
    {
        await using var lab = Lab.Create();
        var (host, other) = (lab.AddHost("llb"), lab.AddHost("other"));
        lab.Connect(host, "eth0", other, "eth0");
        host.AddAddress("eth0", "192.0.2.1/24");
        other.AddAddress("eth0", "192.0.2.2/24");
        using var node = new Node(host);
        await node.StartAsync();
        await node.Api.CreateOrReplaceServiceAsync(
            new LoadbalanceEntry
            {
                ServiceArguments = new LoadbalanceArguments { ExternalIP = Vip, Port = 80, Protocol = "tcp", Mode = 1 },
                Endpoints = [new LoadbalanceEndpoint { EndpointIP = "192.0.2.2", TargetPort = 8080, Weight = 1 }],
            },
            Cancellation);
        HasVip(host).Should().BeFalse("no role was ever posted: addresses are the operator's");

        await PostAsync(node, "MASTER");
        await WaitForVipAsync(node, isThere: true);
        (await node.Api.GetHaAsync(Cancellation)).Groups.Single().Should().BeEquivalentTo(new { Role = "master", Cause = "posted" });
        node.Cli("get ha -o wide").Should().MatchRegex($"(?m)^{Vip} +llb-inst0 +placed +eth0");

        // Killed: the address stays, silent behind closed gates, until somebody clears up.
        await node.Daemon.KillAsync();
        HasVip(host).Should().BeTrue();
        (await node.Launch("--purge=now").Completion).Should().Be(0, node.Daemon.Tail());
        HasVip(host).Should().BeFalse();

        // Started again it waits for a post; stepped down it has nothing; stopped neither.
        await node.StartAsync();
        await PostAsync(node, "MASTER");
        await WaitForVipAsync(node, isThere: true);
        await PostAsync(node, "BACKUP");
        await WaitForVipAsync(node, isThere: false);
        await PostAsync(node, "MASTER");
        await WaitForVipAsync(node, isThere: true);
        (await node.Daemon.StopAsync()).Should().Be(0, node.Daemon.Tail());
        HasVip(host).Should().BeFalse();
    }

    private static Task PostAsync(Node node, string state) => node.Api.SetClusterStateAsync(new ClusterState { Instance = "default", State = state, Vip = "0.0.0.0" }, Cancellation);

    private static Task WaitForVipAsync(Node node, bool isThere) => Scenario.WaitUntilAsync(() => Task.FromResult((HasVip(node.Host) == isThere, node.Daemon.Tail())));

    private static bool HasVip(LabHost host) => host.Ip("address show dev eth0").Contains($"inet {Vip}/32 ", StringComparison.Ordinal);
}
