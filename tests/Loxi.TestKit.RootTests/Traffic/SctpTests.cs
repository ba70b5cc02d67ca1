using System.Net;
using FluentAssertions;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.TestKit.RootTests.Traffic;

public sealed class SctpTests
{
    [Fact]
    public async Task Associations_OneAfterTheOther_EveryMessageArrives()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });
        using var wire = lab.Client.Capture("eth0", packet => packet.IsSctp);
        var target = new IPEndPoint(IPAddress.Parse(StandardLab.EndpointV4(0)), 5000);
        await using var server = await SctpServer.StartAsync(lab.Endpoints[0], target.Address, target.Port);

        await SctpClient.SendAsync(lab.Client, IPAddress.Parse(lab.ClientV4), target, messages: 20, length: 1000);
        (await server.ReceiveAsync()).Should().Be(new SctpTransfer(20, 20_000));
        await SctpClient.SendAsync(lab.Client, IPAddress.Parse(lab.ClientV4), target, messages: 5, length: 100);
        (await server.ReceiveAsync()).Should().Be(new SctpTransfer(5, 500));

        wire.Packets.Should().OnlyContain(packet => packet.TransportChecksumValid == true);
        wire.Packets.Count(packet => packet.Chunks.Any(chunk => chunk.Type == SctpChunkType.Init)).Should().Be(2);
        wire.Packets.Count(packet => packet.Chunks.Any(chunk => chunk.Type == SctpChunkType.ShutdownComplete)).Should().Be(2);
    }

    [Fact]
    public async Task NoServer_ClientDoesNotEndWell()
    {
        await using var lab = await StandardLab.CreateAsync(new() { Endpoints = 1 });

        var send = () => SctpClient.SendAsync(lab.Client, IPAddress.Parse(lab.ClientV4), new IPEndPoint(IPAddress.Parse(StandardLab.EndpointV4(0)), 5000), timeout: TimeSpan.FromSeconds(3));

        (await send.Should().ThrowAsync<Exception>()).Which.Should().Match(e => e is LabException || e is TimeoutException);
    }
}
