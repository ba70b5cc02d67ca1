using System.Net;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Modes;

/// <summary>What the endpoint sees of the client, and which way answers go, in every mode: the table of docs/dataplane.md.</summary>
public abstract class ModeTests
{
    private const long BulkBytes = 4_000_000;
    private const byte Ttl = 64;

    private readonly ModeLab _shared;

    private protected ModeTests(ModeLab shared) => _shared = shared;

    public static TheoryData<string> All => [.. ModeCases.All.Select(one => one.Name)];

    public static TheoryData<string> WithIcmp => [.. ModeCases.All.Where(one => one.HasIcmp).Select(one => one.Name)];

    private LabHost Client => _shared.Lab.Client;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Tcp_HasTheSourceDestinationAndWayBackOfItsMode(string name)
    {
        const int connections = 3;
        var one = ModeCases.Get(name);
        using var ways = new Ways(_shared, one, packet => packet.IsTcp && packet.HasFlags(TcpBits.Syn));

        await using var load = Load.StartHttp(
            Client,
            new LoadOptions { Target = Target(one, one.TcpPort), Connections = connections, Interval = TimeSpan.FromMilliseconds(2), Source = IPAddress.Parse(_shared.ClientOf(one)) });
        await load.WaitUntilOpenAsync();
        await load.WaitForAnswersAsync(10 * connections);
        var report = await load.StopAsync();

        report.Failed.Should().Be(0, report.ToString());
        report.ClientAddresses.Should().OnlyContain(seen => SourcesOf(one).Contains(seen));
        report.PerServer.Keys.Should().BeSubsetOf(_shared.HostsOf(one).Select(host => host.Name));
        CheckRequests(one, await ways.RequestsAsync(connections), ModeLab.ServerPort);
        await ways.CheckAnswersAsync(connections, one.TcpPort);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task BulkTransfer_ArrivesByteForByteInBothDirections(string name)
    {
        var one = ModeCases.Get(name);
        var client = new AddressSockets(Client, _shared.ClientOf(one));
        using var wire = _shared.Lab.Node.Capture("eth1", packet => packet.Outgoing && (packet.IsIpip || packet.IsTcp) && packet.Ip.Length > 3000);

        (await BulkTransfer.DownloadAsync(client, Target(one, one.TcpPort), BulkBytes)).Bytes.Should().Be(BulkBytes);
        (await BulkTransfer.UploadAsync(client, Target(one, one.TcpPort), BulkBytes)).Bytes.Should().Be(BulkBytes);

        if (_shared.HasGso)
        {
            // What leaves as one is not cut before the device.
            await wire.WaitForAsync(_ => true, "a segment of more than 3,000 bytes");
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Datagrams_AreAnsweredWholeAndFragmented(string name)
    {
        var one = ModeCases.Get(name);
        var options = new LoadOptions
        {
            Target = Target(one, one.UdpPort),
            Connections = 3,
            MaxRequests = 12,
            Interval = TimeSpan.FromMilliseconds(2),
            Source = IPAddress.Parse(_shared.ClientOf(one)),
        };
        using (var ways = new Ways(_shared, one, packet => packet.IsUdp))
        {
            await SendAsync(one, options);
            CheckRequests(one, await ways.RequestsAsync(12), ModeLab.UdpServerPort);
            await ways.CheckAnswersAsync(12, one.UdpPort);
        }

        if (one.IsTunnelled || one.IsCross)
        {
            // The client learns what fits: what it sends until then is answered "too big".
            await using var first = Load.StartUdp(Client, options with { PayloadLength = 4000, MaxRequests = 3, Timeout = TimeSpan.FromMilliseconds(300) });
            _ = await first.FinishAsync();
        }

        // Fragments between the families go through user space, at a bounded rate.
        await SendAsync(one, options with { PayloadLength = 4000, Interval = TimeSpan.FromMilliseconds(one.IsCross ? 50 : 2) });
    }

    [Theory]
    [MemberData(nameof(WithIcmp))]
    public async Task EchoRequest_ReachesAnEndpointAndItsAnswerComesFromTheVip(string name)
    {
        const ushort id = 4711;
        var one = ModeCases.Get(name);
        var payload = Packet.Counting(1000);
        using var ways = new Ways(_shared, one, packet => packet.IsIcmp && packet.Embedded is null && packet.Payload.Length == payload.Length);
        using var wire = Client.Capture("eth0", _ => false);

        wire.Send(Packet.Ip(_shared.ClientOf(one), one.Vip).IcmpEcho(id, 1, payload).WithMacs(Client.Mac("eth0"), _shared.Lab.Node.Mac("eth0")).ToFrame());

        var answer = (await ways.CheckAnswersAsync(1, 0))[0];
        answer.IcmpRest.Should().Be((uint)id << 16 | 1);
        answer.Payload.ToArray().Should().Equal(payload);
        CheckRequests(one, await ways.RequestsAsync(1), 0);
    }

    private async Task SendAsync(ModeCase one, LoadOptions options)
    {
        await using var load = Load.StartUdp(Client, options);
        var report = await load.FinishAsync();
        report.Failed.Should().Be(0, $"{options.PayloadLength}: {report}");
        report.ClientAddresses.Should().OnlyContain(seen => SourcesOf(one).Contains(seen));
    }

    private void CheckRequests(ModeCase one, IReadOnlyList<CapturedPacket> packets, int serverPort)
    {
        var addresses = one.IsDirect ? [one.Vip] : _shared.AddressesOf(one);
        foreach (var packet in packets)
        {
            packet.IsIpip.Should().Be(one.IsTunnelled, packet.ToString());
            var inner = packet.Inner ?? packet;
            SourcesOf(one).Should().Contain(inner.Source!.ToString(), packet.ToString());
            addresses.Should().Contain(inner.Destination!.ToString(), packet.ToString());
            inner.DestinationPort.Should().Be((ushort)serverPort, packet.ToString());
            inner.Ttl.Should().Be(Ttl - 1, packet.ToString());
            packet.ChecksumsValid.Should().BeTrue(packet.ToString());
            if (one.IsTunnelled)
            {
                packet.Source!.ToString().Should().Be(one.EndpointFamily == 6 ? StandardLab.NodeEndpointV6 : StandardLab.NodeEndpointV4);
                _shared.AddressesOf(one).Should().Contain(packet.Destination!.ToString());
                // Behind the router the outer header has lost one.
                packet.Ttl.Should().Be((byte)(one.Endpoints == ModeEndpoints.Routed ? Ttl - 1 : Ttl));
            }
        }
    }

    private IReadOnlyList<string> SourcesOf(ModeCase one) => one.Sources.Count > 0 ? one.Sources : [_shared.ClientOf(one)];

    private static IPEndPoint Target(ModeCase one, int port) => new(IPAddress.Parse(one.Vip), port);
}
