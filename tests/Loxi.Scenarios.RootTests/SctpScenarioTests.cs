using System.Net;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>SCTP associations of real stacks, whose ports change on the way and with them the checksum.</summary>
public sealed class SctpScenarioTests(HookScenarios shared) : IClassFixture<HookScenarios>
{
    private const int ServicePort = 6000;
    private const int ServerPort = 5000;

    public static TheoryData<string, string, long, string> Modes => new()
    {
        { "tc", "203.0.113.31", 0, "198.51.100.10" },
        { "tc", "203.0.113.32", 1, StandardLab.NodeEndpointV4 },
        { "tc", "203.0.113.33", 2, "203.0.113.33" },
        { "xdp", "203.0.113.31", 0, "198.51.100.10" },
        { "xdp", "203.0.113.33", 2, "203.0.113.33" },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Association_ItsMessagesArriveWithWholeChecksumsAndItEnds(string hook, string vip, long mode, string source)
    {
        var scenario = await shared.GetAsync(hook, _ => Task.CompletedTask);
        var (client, endpoint) = (scenario.Lab.Client, scenario.Lab.Endpoints[0]);
        await scenario.AddAsync(new LoadbalanceArguments { ExternalIP = vip, Port = ServicePort, Protocol = "sctp", Mode = mode }, ServerPort, StandardLab.EndpointV4(0));
        await using var server = await SctpServer.StartAsync(endpoint, IPAddress.Parse(StandardLab.EndpointV4(0)), ServerPort);
        using var atEndpoint = endpoint.Capture("eth0", packet => packet.IsSctp && !packet.Outgoing);
        using var atClient = client.Capture("eth0", packet => packet.IsSctp && !packet.Outgoing);

        foreach (var (messages, length) in new[] { (50, 1000), (5, 20_000) })
        {
            await SctpClient.SendAsync(client, IPAddress.Parse(scenario.Lab.ClientV4), new IPEndPoint(IPAddress.Parse(vip), ServicePort), messages, length);
            (await server.ReceiveAsync()).Should().Be(new SctpTransfer(messages, messages * length));
        }

        await atClient.WaitForAsync(Has(SctpChunkType.ShutdownAck), 2, "the end of both associations");
        await atEndpoint.WaitForAsync(Has(SctpChunkType.ShutdownComplete), 2, "the end of both associations");
        atEndpoint.Packets.Should().OnlyContain(packet => packet.TransportChecksumValid == true && packet.Source!.ToString() == source && packet.DestinationPort == ServerPort);
        atClient.Packets.Should().OnlyContain(packet => packet.TransportChecksumValid == true && packet.Source!.ToString() == vip && packet.SourcePort == ServicePort);
        (await scenario.Api.ListConnectionsAsync(cancellationToken: TestContext.Current.CancellationToken)).Connections
            .Where(connection => connection!.ExternalIP == vip).Should().HaveCount(2).And.OnlyContain(connection => connection!.Protocol == "sctp" && connection.State == "shut-complete");
    }

    private static Func<CapturedPacket, bool> Has(SctpChunkType type) => packet => packet.Chunks.Any(chunk => chunk.Type == type);
}
