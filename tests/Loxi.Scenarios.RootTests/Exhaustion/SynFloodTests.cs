using System.Net;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Exhaustion;

/// <summary>Who only knocks takes a quarter of the table and no place of anybody who is in.</summary>
public sealed class SynFloodTests
{
    private const int Most = 1024;
    private const int Quota = Most / 4;
    private const int Rounds = 20;
    private const int Syns = Quota + 44;

    [Theory]
    [InlineData("tc", StandardLab.RoutedVipV4, "198.51.100.66")]
    [InlineData("xdp", StandardLab.OwnVipV6, "2001:db8:100::66")]
    public async Task FloodBeyondTheQuota_DisturbsNoConnectionAndKeepsNobodyOut(string hook, string vip, string attacker)
    {
        await using var scenario = await Scenario.StartAsync(null, hook, "--max-connections", $"{Most}");
        var lab = scenario.Lab;
        await using var servers = new ServersOfAll(lab);
        var target = await scenario.AddServiceAsync(vip);
        // SYN-ACKs reach the client, which does not have this address and says nothing.
        lab.Node.AddNeighbour("eth0", attacker, lab.Client.Mac("eth0"));
        using var wire = lab.Client.Capture("eth0", _ => false);
        await using var kept = Load.StartHttp(lab.Client, new LoadOptions { Target = target, Connections = 20, Interval = TimeSpan.FromMilliseconds(20), Reconnect = false });
        await kept.WaitUntilOpenAsync();

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Syns; i++)
            {
                wire.Send(Packet.Ip(attacker, vip).WithMacs(lab.Client.Mac("eth0"), lab.Node.Mac("eth0")).Tcp((ushort)(10_000 + round * Syns + i), Scenario.Port).ToFrame());
            }

            using var connection = await HeldConnection.OpenAsync(lab.Client, target);
            await connection.AskAsync();
        }

        var flood = new ConnectionFilter { Client = IPNetwork.Parse($"{attacker}/{IPAddress.Parse(attacker).GetAddressBytes().Length * 8}") };
        await Scenario.WaitUntilAsync(async () =>
        {
            var left = await scenario.Api.CountConnectionsAsync(flood, TestContext.Current.CancellationToken);
            var evicted = (long)await scenario.ReadReasonAsync("embryo_evicted");
            return (left <= Quota && left + evicted == Rounds * Syns, $"{left} of the flood are in the table and {evicted} went, of {Rounds * Syns}");
        });
        (await scenario.ReadReasonAsync("refused_table_full")).Should().Be(0);
        await kept.WaitForAnswersAsync(100);
        var report = await kept.StopAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.Progress.Connected.Should().Be(20);
    }
}
