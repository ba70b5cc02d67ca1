using System.Net.Sockets;
using FluentAssertions;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class EndpointTests
{
    /// <summary>What the node promises without other settings: down within 6 s, back after two probes.</summary>
    private static readonly TimeSpan Detection = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task KilledServer_CausesErrorsOnlyUntilDetectedAndServesAgainWhenBack()
    {
        await using var scenario = await Scenario.StartAsync();
        var servers = await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4, change: arguments => arguments with { Monitor = true });
        var options = new LoadOptions { Target = target, Connections = 6, KeepAlive = false, Interval = TimeSpan.FromMilliseconds(20) };
        await using var load = Load.StartHttp(scenario.Lab.Client, options);
        await load.WaitForAnswersAsync(30);
        var killed = DateTimeOffset.UtcNow;

        await servers[1].KillAsync();
        await scenario.WaitForStatesAsync(Detection, "active", "inactive", "active");

        var detected = DateTimeOffset.UtcNow;
        var before = load.Report;
        await load.WaitForAnswersAsync(300);
        var after = await load.StopAsync();
        after.Errors.Should().NotBeEmpty("a third of the connections met the dead server until it was detected");
        after.Errors.Should().OnlyContain(error => error.Time >= killed && error.Time <= detected && error.Kind != ErrorKind.ConnectTimeout && error.Kind != ErrorKind.Timeout);
        after.PerServer["ep2"].Should().Be(before.PerServer["ep2"]);
        after.PerServer["ep1"].Should().BeGreaterThan(before.PerServer["ep1"]);
        after.PerServer["ep3"].Should().BeGreaterThan(before.PerServer["ep3"]);

        await LabServers.StartHttpAsync(scenario.Lab.Endpoints[1], Scenario.Port);
        await scenario.WaitForStatesAsync(Detection, "active", "active", "active");
        await using var revived = Load.StartHttp(scenario.Lab.Client, options with { MaxRequests = 60 });
        var report = await revived.FinishAsync();
        report.Failed.Should().Be(0, report.ToString());
        report.PerServer.Should().BeEquivalentTo(new Dictionary<string, long> { ["ep1"] = 20, ["ep2"] = 20, ["ep3"] = 20 });
    }

    [Fact]
    public async Task MonitorOfAUdpServiceWithoutAProbe_IsShownAsGivenAndWarnedOf()
    {
        await using var scenario = await Scenario.StartAsync();

        await scenario.AddServiceAsync(StandardLab.RoutedVipV4, "udp", change: arguments => arguments with { Monitor = true });

        await scenario.Daemon.WaitForLineAsync($"Service udp {StandardLab.RoutedVipV4}:{Scenario.Port} asks for monitoring", TimeSpan.FromSeconds(5));
        var services = await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken);
        services.Single().ServiceArguments!.Monitor.Should().BeTrue();
        await scenario.AddServiceAsync(StandardLab.RoutedVipV4, "udp", change: arguments => arguments with { Monitor = true, Name = "other" });
        scenario.Daemon.Lines.Count(line => line.Contains("asks for monitoring", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task EstablishedConnectionToAnEndpointThatVanished_IsReset()
    {
        await using var scenario = await Scenario.StartAsync();
        await LabServers.StartHttpAsync(scenario.Lab, Scenario.Port);
        var target = await scenario.AddServiceAsync(
            StandardLab.RoutedVipV4, change: arguments => arguments with { Monitor = true, ProbeTimeout = 1, ProbeRetries = 2 });
        using var connection = scenario.Lab.Client.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await connection.ConnectAsync(target, TestContext.Current.CancellationToken);
        await connection.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        var buffer = new byte[1000];
        var server = System.Text.Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer)).Split("\r\n")[^1].Split(' ')[0];
        var index = scenario.Lab.Endpoints.ToList().FindIndex(endpoint => endpoint.Name == server);
        index.Should().BeInRange(0, 2);

        scenario.Lab.Endpoints[index].SetUp("eth0", false);
        await scenario.WaitForStatesAsync(Detection, [.. Enumerable.Range(0, 3).Select(i => i == index ? "inactive" : "active")]);
        using var wire = scenario.Lab.Client.Capture("eth0", packet => !packet.Outgoing && packet.IsTcp);
        var use = async () =>
        {
            await connection.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            return await connection.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(5));
        };

        (await use.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        (await wire.WaitForAsync(packet => packet.HasFlags(TcpBits.Rst), "the reset")).Source.Should().Be(target.Address);
    }
}
