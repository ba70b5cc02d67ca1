using System.Net;
using FluentAssertions;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Traffic;

public sealed class LoadTests
{
    private static readonly IPEndPoint s_web = new(IPAddress.Parse(StandardLab.EndpointV4(0)), 80);

    [Fact]
    public async Task ThousandConnections_EveryRequestAnswered_AndADeadServerIsCounted()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        var server = await LabServers.StartHttpAsync(lab.Endpoints[0], 80);
        await using var load = Load.StartHttp(lab.Client, new() { Target = s_web, Connections = 1000, Interval = TimeSpan.FromSeconds(1) });

        await load.WaitUntilOpenAsync();
        await load.WaitForAnswersAsync(2000);
        load.Report.Failed.Should().Be(0, load.Report.ToString());

        await server.KillAsync();
        await load.WaitForAsync(progress => progress is { Open: 0, Failed: >= 1000 }, "all connections lost");
        var report = await load.StopAsync();
        report.FailedByKind.Keys.Should().BeSubsetOf([ErrorKind.Reset, ErrorKind.Closed, ErrorKind.Refused]);
        (report.Answered + report.Failed).Should().Be(report.Requests, "each request is counted once: {0}", report);
    }

    [Fact]
    public async Task NewConnectionPerRequest_ConnectsEachTime()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = HttpServer.Start(lab.Endpoints[0], new() { Name = "a", Ports = [80, 81] });
        var report = await Load.StartHttp(lab.Client, new() { Target = s_web, Connections = 5, KeepAlive = false, MaxRequests = 200, Interval = TimeSpan.Zero }).FinishAsync();

        report.PerServer.Should().BeEquivalentTo(new Dictionary<string, long> { ["a"] = 200 }, report.ToString());
        server.Accepted.Should().Be(200);
        report.P50.Should().BePositive().And.BeLessThanOrEqualTo(report.P99);
        report.P99.Should().BeLessThanOrEqualTo(report.Max);
    }

    [Fact]
    public async Task Udp_AnswersAreCountedAndLossIsATimeout()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = UdpEchoServer.Start(lab.Endpoints[0], new() { Name = "u", Ports = [53] });
        var target = new IPEndPoint(IPAddress.Parse(StandardLab.EndpointV6(0)), 53);
        var options = new LoadOptions { Target = target, Connections = 4, MaxRequests = 40, Interval = TimeSpan.Zero, Timeout = TimeSpan.FromMilliseconds(200) };

        var report = await Load.StartUdp(lab.Client, options).FinishAsync();
        report.PerServer.Should().BeEquivalentTo(new Dictionary<string, long> { ["u"] = 40 }, report.ToString());
        report.ClientAddresses.Should().Equal(lab.ClientV6);

        lab.Endpoints[0].Ip("-6 route replace blackhole default");
        report = await Load.StartUdp(lab.Client, options with { MaxRequests = 4 }).FinishAsync();
        report.FailedByKind.Should().BeEquivalentTo(new Dictionary<ErrorKind, long> { [ErrorKind.Timeout] = 4 }, report.ToString());
    }

    [Fact]
    public async Task Bulk_BothDirections_ContentIsVerified()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = HttpServer.Start(lab.Endpoints[0], new() { Name = "b", Ports = [80] });

        var down = await BulkTransfer.DownloadAsync(lab.Client, s_web, 20_000_001);
        var up = await BulkTransfer.UploadAsync(lab.Client, s_web, 20_000_001);

        (down.Server, up.Server).Should().Be(("b", "b"));
        (down.MegabitsPerSecond > 1 && up.MegabitsPerSecond > 1).Should().BeTrue("{0} {1}", down, up);
    }

    [Fact]
    public async Task LoadProgram_PrintsItsCountsAsJson()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = HttpServer.Start(lab.Endpoints[0], new() { Name = "j", Ports = [80] });

        var output = lab.Client.Exec(LabPrograms.Lab, "http-load", "--target", s_web.ToString(), "--connections", "3", "--requests", "30", "--interval", "0");

        using var json = System.Text.Json.JsonDocument.Parse(output);
        json.RootElement.GetProperty("answered").GetInt64().Should().Be(30);
        json.RootElement.GetProperty("perServer").GetProperty("j").GetInt64().Should().Be(30);
    }
}
