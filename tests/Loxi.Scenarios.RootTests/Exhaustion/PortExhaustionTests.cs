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

/// <summary>All source ports towards an endpoint are in use: who comes then is told so, nobody else notices, and ports that are given back are given again.</summary>
public sealed class PortExhaustionTests
{
    /// <summary>Ports of a slice of 1,024, and the first one of the second slice.</summary>
    private const int Ports = 63;
    private const int FirstPort = 1024 + Ports;
    private const int UdpPort = 5353;
    private const string Exhausted = "refused_ports_exhausted";

    private static readonly string[] SecondSlice = ["--self", "1", "--port-slices", "1024"];

    [Theory]
    [InlineData("tc", NatMode.OneArm, StandardLab.NodeEndpointV4)]
    [InlineData("xdp", NatMode.FullNat, StandardLab.RoutedVipV4)]
    public async Task TcpWithoutAPort_IsRefusedUntilOneIsGivenBack(string hook, NatMode mode, string source)
    {
        const int givenBack = 5;
        await using var scenario = await Scenario.StartAsync(null, hook, SecondSlice);
        await using var server = HttpServer.Start(scenario.Lab.Endpoints[0], new ServerOptions { Name = "ep1", Ports = [Scenario.Port] });
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV4, change: arguments => arguments with { Mode = (long)mode }, endpoints: 1);
        using var untranslated = new Untranslated(scenario.Lab, target.Address, sourceToo: true);

        var held = (await HeldConnection.OpenAsync(scenario.Lab.Client, target, Ports)).ToList();
        held.Select(connection => connection.Source.Port).Order().Should().Equal(Enumerable.Range(FirstPort, Ports));
        held.Should().OnlyContain(connection => connection.Source.Address.ToString() == source);

        await CheckRefusedAsync(scenario, target);
        (await scenario.ReadReasonAsync(Exhausted)).Should().Be(1);
        await RefusalAnswers.CheckFloodAsync(scenario, Exhausted, 3_000, port => Packet.Ip(scenario.Lab.ClientV4, StandardLab.RoutedVipV4).Tcp(port, Scenario.Port));
        server.Open.Should().Be(Ports);
        await CheckGoOnAsync(held);

        var freed = held[..givenBack].Select(connection => connection.Source.Port).ToList();
        held[..givenBack].ForEach(connection => connection.Abort());
        held.RemoveRange(0, givenBack);
        await Scenario.WaitUntilAsync(() => Task.FromResult((server.Open == Ports - givenBack, $"{server.Open} connections are open at the server")));
        // A client's own port is no search.
        held.Add(await HeldConnection.OpenAsync(new BoundSockets(scenario.Lab.Client, freed[0]), target));
        held[^1].Source.Port.Should().Be(freed[0]);
        while (held.Count < Ports)
        {
            held.Add(await OpenAfterSearchAsync(scenario, target));
        }

        await CheckRefusedAsync(scenario, target);
        held.Select(connection => connection.Source.Port).Order().Should().Equal(Enumerable.Range(FirstPort, Ports));
        await CheckGoOnAsync(held);
        untranslated.Check();
        held.ForEach(connection => connection.Dispose());
    }

    [Theory]
    [InlineData("tc", NatMode.FullNat)]
    [InlineData("xdp", NatMode.OneArm)]
    public async Task DatagramWithoutAPort_IsAnsweredProhibitedUntilOneIsGivenBack(string hook, NatMode mode)
    {
        await using var scenario = await Scenario.StartAsync(null, hook, SecondSlice);
        await using var server = UdpEchoServer.Start(scenario.Lab.Endpoints[0], new ServerOptions { Name = "ep1", Ports = [UdpPort] });
        var target = await scenario.AddServiceAsync(StandardLab.RoutedVipV6, "udp", UdpPort, arguments => arguments with { Mode = (long)mode }, endpoints: 1);
        using var untranslated = new Untranslated(scenario.Lab, target.Address, sourceToo: true);
        using var wire = scenario.Lab.Client.Capture("eth0", packet => packet.IsIcmp && !packet.Outgoing && packet.Embedded is not null);
        await using var load = Load.StartUdp(scenario.Lab.Client, new LoadOptions { Target = target, Connections = Ports, Interval = TimeSpan.FromMilliseconds(200) });
        await load.WaitForAnswersAsync(2 * Ports);

        using var more = scenario.Lab.Client.CreateSocket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        more.Connect(target);
        await more.SendAsync("anyone?"u8.ToArray());

        var error = await wire.WaitForAsync(packet => packet.Embedded!.SourcePort == ((IPEndPoint)more.LocalEndPoint!).Port, "administratively prohibited");
        (error.IcmpType, error.IcmpCode).Should().Be(((byte)1, (byte)1));
        error.Source.Should().Be(target.Address);
        (await scenario.ReadReasonAsync(Exhausted)).Should().Be(1);
        await load.WaitForAnswersAsync(2 * Ports);
        var report = await load.StopAsync();
        report.Failed.Should().Be(0, report.ToString());

        (await scenario.Api.DeleteConnectionsAsync(new ConnectionFilter { Vip = target.Address }, TestContext.Current.CancellationToken)).Should().Be(Ports);
        await using var again = Load.StartUdp(new BoundSockets(scenario.Lab.Client, FirstPort), new LoadOptions { Target = target, Connections = 1, MaxRequests = 1 });
        (await again.FinishAsync()).Failed.Should().Be(0);
        (await scenario.ReadReasonAsync(Exhausted)).Should().Be(1);
        untranslated.Check();
    }

    private static async Task CheckGoOnAsync(IEnumerable<HeldConnection> held)
    {
        foreach (var connection in held)
        {
            (await connection.AskAsync()).Should().Be((connection.Server, connection.Source));
        }
    }

    private static async Task CheckRefusedAsync(Scenario scenario, IPEndPoint target)
    {
        using var wire = scenario.Lab.Client.Capture("eth0", packet => packet.HasFlags(TcpBits.Rst) && !packet.Outgoing);
        var open = async () => await HeldConnection.OpenAsync(scenario.Lab.Client, target);
        (await open.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
        (await wire.WaitForAsync(_ => true, "the RST")).Source.Should().Be(target.Address);
    }

    /// <summary>After a search in vain the next one may be 250 ms away, and nothing tells when: who comes before is refused.</summary>
    private static async Task<HeldConnection> OpenAfterSearchAsync(Scenario scenario, IPEndPoint target)
    {
        HeldConnection? opened = null;
        await Scenario.WaitUntilAsync(
            async () =>
            {
                try
                {
                    opened = await HeldConnection.OpenAsync(scenario.Lab.Client, target);
                    return (true, "");
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
                {
                    return (false, "a port that is free was not found");
                }
            },
            TimeSpan.FromSeconds(1));
        return opened!;
    }
}
