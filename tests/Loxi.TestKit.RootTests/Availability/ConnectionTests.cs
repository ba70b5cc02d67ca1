using System.Net;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Availability;

/// <summary>New, kept and long connections over a link that is cut, and to a server that resets.</summary>
public sealed class ConnectionTests
{
    private const int Port = 7;
    private static readonly TimeSpan Cut = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task NewConnections_TheGapIsAsLongAsTheCut()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = Serve(lab);
        await using var prober = NewConnectionProber.Start(lab.Client, Target);
        await Segment.UntilAsync(() => prober.Read().Probes > 20, "connections");
        prober.Read().Silent.Should().Be(TimeSpan.Zero, string.Join(", ", prober.Failures));

        await CutAsync(lab, Cut);
        var healed = LabClock.Now;
        await Segment.UntilAsync(() => prober.Read().FirstAnswer(NewConnectionProber.Answered, healed) is not null, "connections again");

        prober.Read().LongestSilence.Should().BeCloseTo(Cut, TimeSpan.FromMilliseconds(300));
        prober.Failures.Should().ContainKey(ErrorKind.ConnectTimeout);
    }

    [Fact]
    public async Task NewConnections_RefusedOnesAreFailuresToo()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var prober = NewConnectionProber.Start(lab.Client, Target);

        await Segment.UntilAsync(() => prober.Failures.GetValueOrDefault(ErrorKind.Refused) > 3, "refusals");

        await Segment.UntilAsync(() => prober.Read().Probes > 3, "decided ones");
        prober.Read().Spans.Should().OnlyContain(span => span.Owners == null || span.Owners.Count == 0);
    }

    [Fact]
    public async Task KeptConnections_OutliveAShortCut()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = Serve(lab);
        await using var kept = await KeptConnections.OpenAsync(lab.Client, Target, 50);
        var moment = LabClock.Now;
        await CutAsync(lab, Cut);

        var report = await kept.CountAsync(moment, TimeSpan.FromSeconds(1));

        report.Alive.Should().Be(50, report.ToString());
        report.Share.Should().Be(1);
        report.LongestWait.Should().BeGreaterThan(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task KeptConnections_ResetAndSilentOnesAreToldApart()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = Serve(lab);
        await using var first = await KeptConnections.OpenAsync(lab.Client, Target, 30);
        server.ResetAll();
        await using var second = await KeptConnections.OpenAsync(lab.Client, Target, 20);
        var moment = LabClock.Now;
        (await second.CountAsync(moment, TimeSpan.Zero)).Alive.Should().Be(20);
        lab["switch"].SetUp(lab.Endpoints[0].Name, false);

        (await first.CountAsync(moment, TimeSpan.Zero)).Should().Match<KeptReport>(report => report.Reset == 30 && report.Alive == 0 && report.Silent == 0);
        (await second.CountAsync(LabClock.Now, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500))).Should().Match<KeptReport>(report => report.Silent == 20 && report.Share == 0);
    }

    [Fact]
    public async Task Transfer_TheGapIsAtLeastTheCutAndBytesGoOn()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        await using var server = Serve(lab);
        await using var flow = await TransferFlow.StartAsync(lab.Client, Target);
        await Segment.UntilAsync(() => flow.Bytes > 1_000_000, "bytes");
        var begin = LabClock.Now;

        await CutAsync(lab, Cut);
        var bytes = flow.Bytes;
        await Segment.UntilAsync(() => flow.Bytes > bytes + 1_000_000, "bytes again");

        flow.LongestGap.Length.Should().BeGreaterThan(Cut * 0.8).And.BeLessThan(Cut * 6);
        flow.LongestGap.From.Should().BeCloseTo(begin, TimeSpan.FromMilliseconds(300));
        flow.End.Should().BeNull();

        server.ResetAll();
        await Segment.UntilAsync(() => flow.End is not null, "the end");
        flow.End.Should().Be(ErrorKind.Reset);
    }

    private static IPEndPoint Target => new(IPAddress.Parse(StandardLab.EndpointV4(0)), Port);

    private static TcpEchoServer Serve(StandardLab lab) => TcpEchoServer.Start(lab.Endpoints[0], new() { Name = "echo", Ports = [Port] });

    private static async Task CutAsync(StandardLab lab, TimeSpan length)
    {
        lab["switch"].SetUp(lab.Endpoints[0].Name, false);
        await Task.Delay(length);
        lab["switch"].SetUp(lab.Endpoints[0].Name, true);
    }
}
