using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Api.V1;
using Loxi.Core.Services;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Exhaustion;

/// <summary>The table has no place any more: who is in goes on, who comes is told, the other address family does not notice.</summary>
public sealed class FullConnectionTableTests
{
    private const int Most = 1024;
    private const int Ending = 24;
    private const string Full = "refused_table_full";

    [Theory]
    [InlineData("tc", NatMode.Default, StandardLab.RoutedVipV4, StandardLab.RoutedVipV6)]
    [InlineData("xdp", NatMode.OneArm, StandardLab.RoutedVipV6, StandardLab.RoutedVipV4)]
    public async Task NewConnection_IsRefusedUntilOthersHaveEndedAndThoseGoOn(string hook, NatMode mode, string vip, string other)
    {
        await using var scenario = await Scenario.StartAsync(null, hook, "--max-connections", $"{Most}");
        await using var servers = new ServersOfAll(scenario.Lab);
        var target = await scenario.AddServiceAsync(vip, change: arguments => arguments with { Mode = (long)mode });
        var otherTarget = await scenario.AddServiceAsync(other, change: arguments => arguments with { Mode = (long)mode });
        using var untranslated = new Untranslated(scenario.Lab, target.Address, mode != NatMode.Default);

        var held = (await HeldConnection.OpenAsync(scenario.Lab.Client, target, Ending)).ToList();
        await using var kept = Load.StartHttp(
            scenario.Lab.Client,
            new LoadOptions { Target = target, Connections = Most - Ending, Interval = TimeSpan.FromSeconds(3), Timeout = TimeSpan.FromSeconds(10), Reconnect = false });
        await kept.WaitUntilOpenAsync(TimeSpan.FromSeconds(30));
        (await CountAsync(scenario, target)).Should().Be(Most);

        await CheckRefusedAsync(scenario, target);
        (await scenario.ReadReasonAsync(Full)).Should().Be(1);
        var client = target.AddressFamily == AddressFamily.InterNetwork ? scenario.Lab.ClientV4 : scenario.Lab.ClientV6;
        await RefusalAnswers.CheckFloodAsync(scenario, Full, 3_000, port => Packet.Ip(client, vip).Tcp(port, Scenario.Port));
        using (await HeldConnection.OpenAsync(scenario.Lab.Client, otherTarget))
        {
            await kept.WaitForAnswersAsync(2 * Most, TimeSpan.FromSeconds(30));
        }

        held.ForEach(connection => connection.Abort());
        // A connection that was reset stays for 10 s.
        await Scenario.WaitUntilAsync(
            async () =>
            {
                var count = await CountAsync(scenario, target);
                return (count == Most - Ending, $"{count} connections are in the table");
            },
            TimeSpan.FromSeconds(20));
        held = [.. await HeldConnection.OpenAsync(scenario.Lab.Client, target, Ending)];
        await CheckRefusedAsync(scenario, target);

        held.ForEach(connection => connection.Dispose());
        (await scenario.ReadReasonAsync("embryo_evicted")).Should().Be(0);
        var report = await kept.StopAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.Progress.Connected.Should().Be(Most - Ending);
        untranslated.Check();
    }

    private static Task<long> CountAsync(Scenario scenario, IPEndPoint target)
        => scenario.Api.CountConnectionsAsync(new ConnectionFilter { Vip = target.Address }, TestContext.Current.CancellationToken);

    private static async Task CheckRefusedAsync(Scenario scenario, IPEndPoint target)
    {
        var open = async () => await HeldConnection.OpenAsync(scenario.Lab.Client, target);
        (await open.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }
}
