using FluentAssertions;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

public sealed class TcTrafficTests(TcTrafficScenario shared) : TrafficTests(shared), IClassFixture<TcTrafficScenario>
{
    [Theory]
    [MemberData(nameof(Vips))]
    public async Task BulkTransfer_PassesAsWholeGsoSegments(string vip)
    {
        using var wire = Lab.Node.Capture("eth1", packet => !packet.Outgoing && packet.SourcePort == TrafficScenario.HttpPort(vip) && packet.Payload.Length > 9000);

        await BulkTransfer.DownloadAsync(Lab.Client, Target(vip), 2_000_000);

        await wire.WaitForAsync(_ => true, "a segment of more than 9,000 bytes");
    }

    [Fact]
    public async Task Status_ShowsTcx() => await ShowsHookAsync("tcx");
}
