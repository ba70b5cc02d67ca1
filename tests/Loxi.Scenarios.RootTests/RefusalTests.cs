using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.TestKit.Capture;
using Loxi.TestKit.Packets;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>Services whose endpoints are all down: what the client gets instead of silence, and how much of it.</summary>
public sealed class RefusalTests(HookScenarios shared) : IClassFixture<HookScenarios>
{
    private const int UdpPort = 5353;

    public static TheoryData<string, string> Cases => new()
    {
        { "tc", StandardLab.RoutedVipV4 },
        { "tc", StandardLab.OwnVipV6 },
        { "xdp", StandardLab.OwnVipV4 },
        { "xdp", StandardLab.RoutedVipV6 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task TcpWithoutActiveEndpoint_IsRefusedAtOnce(string hook, string vip)
    {
        var scenario = await GetAsync(hook);
        var target = new IPEndPoint(IPAddress.Parse(vip), Scenario.Port);
        using var socket = scenario.Lab.Client.CreateSocket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var started = Stopwatch.GetTimestamp();

        var connect = async () => await socket.ConnectAsync(target);

        (await connect.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(1), "a lost SYN would be repeated after a second");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task UdpWithoutActiveEndpoint_IsAnsweredPortUnreachableFromTheVip(string hook, string vip)
    {
        var scenario = await GetAsync(hook);
        var target = new IPEndPoint(IPAddress.Parse(vip), UdpPort);
        using var wire = scenario.Lab.Client.Capture("eth0", packet => packet.IsIcmp && !packet.Outgoing && packet.Embedded is not null);
        using var socket = scenario.Lab.Client.CreateSocket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(target);

        await socket.SendAsync("anyone?"u8.ToArray());
        var receive = async () => await socket.ReceiveAsync(new byte[100]).WaitAsync(TimeSpan.FromSeconds(5));

        (await receive.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        var error = await wire.WaitForAsync(packet => packet.Embedded!.IsUdp, "port unreachable");
        (error.IcmpType, error.IcmpCode).Should().Be(target.AddressFamily == AddressFamily.InterNetwork ? ((byte)3, (byte)3) : ((byte)1, (byte)4));
        error.Source.Should().Be(target.Address);
        error.Embedded!.Destination.Should().Be(target.Address);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task PacketAtTheEndOfItsTtl_IsAnsweredTimeExceededFromTheNode(string hook, string vip)
    {
        var scenario = await GetAsync(hook);
        var ipv6 = vip.Contains(':', StringComparison.Ordinal);
        using var wire = scenario.Lab.Client.Capture("eth0", packet => packet.IsIcmp && !packet.Outgoing && packet.Embedded is not null);

        wire.Send(FromClient(scenario.Lab, vip).WithTtl(1).Tcp(41_000, Scenario.Port).ToFrame());

        var error = await wire.WaitForAsync(packet => packet.Embedded!.SourcePort == 41_000, "time exceeded");
        (error.IcmpType, error.IcmpCode).Should().Be(ipv6 ? ((byte)3, (byte)0) : ((byte)11, (byte)0));
        scenario.Lab.Node.Ip("address show dev eth0").Should().Contain(error.Source!.ToString());
        error.Source.Should().NotBe(IPAddress.Parse(vip));
        error.ChecksumsValid.Should().BeTrue(error.ToString());
    }

    [Theory]
    [InlineData("tc")]
    [InlineData("xdp")]
    public async Task FloodOfRefusedSyns_GetsABoundedNumberOfAnswersAndIsCounted(string hook)
    {
        var scenario = await GetAsync(hook);

        await RefusalAnswers.CheckFloodAsync(scenario, "refused_no_endpoint", 5_000, port => FromClient(scenario.Lab, StandardLab.RoutedVipV4).Tcp(port, Scenario.Port));

        (await scenario.ReadMetricsAsync()).Should().MatchRegex("loxi_nat_service_refused_[^\n]*203\\.0\\.113\\.10");
    }

    private static PacketBuilder FromClient(StandardLab lab, string vip) =>
        Packet.Ip(vip.Contains(':', StringComparison.Ordinal) ? lab.ClientV6 : lab.ClientV4, vip).WithMacs(lab.Client.Mac("eth0"), lab.Node.Mac("eth0"));

    private Task<Scenario> GetAsync(string hook) => shared.GetAsync(hook, async scenario =>
    {
        foreach (var vip in TrafficScenario.Vips)
        {
            await scenario.AddServiceAsync(vip, change: arguments => arguments with { Monitor = true, ProbeTimeout = 1, ProbeRetries = 1 });
            await scenario.AddServiceAsync(vip, "udp", UdpPort, arguments => arguments with { Monitor = true, ProbeType = "tcp", ProbeTimeout = 1, ProbeRetries = 1 });
        }

        await Scenario.WaitUntilAsync(async () =>
        {
            var services = await scenario.Api.ListServicesAsync(TestContext.Current.CancellationToken);
            var active = services.Sum(service => service.Endpoints!.Count(endpoint => endpoint!.State == "active"));
            return (active == 0, $"{active} endpoints are active");
        });
    });
}
