using System.Net;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Node.Composition;
using Loxi.Node.Rest;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class RecordedConntrackTests
{
    [Theory]
    [InlineData("dnat-", "snat-", NatMode.Default, 2)]
    [InlineData("fdnat-", "fsnat-", NatMode.OneArm, 2)]
    public async Task Connections_LikeThoseRecorded_ReadLikeLoxilbs(string forward, string reverse, NatMode mode, int least)
    {
        await using var server = await RestServer.StartAsync();
        var recorded = await RecordedAsync();
        var pairs = 0;
        foreach (var entry in recorded.Where(e => ActionOf(e).StartsWith(forward, StringComparison.Ordinal)))
        {
            // loxilb reports one reverse direction of this run as sdsr; the others are the other half of the connection.
            var back = recorded.FirstOrDefault(e => ActionOf(e).StartsWith(reverse, StringComparison.Ordinal) && (int)e["destinationPort"]! == (int)entry["sourcePort"]!);
            if (back is null)
            {
                continue;
            }

            pairs++;
            server.Node.Connections.Clear();
            server.Node.Connections.Add(Connection(entry, mode) with
            {
                Source = IPAddress.Parse((string)back["destinationIP"]!),
                Endpoint = IPAddress.Parse((string)back["sourceIP"]!),
                EndpointPort = (ushort)(int)back["sourcePort"]!,
                PacketsToClient = (ulong)(int)(back["packets"] ?? 0),
                BytesToClient = (ulong)(int)(back["bytes"] ?? 0),
            });

            var own = (await server.SendAsync("GET", "/netlox/v1/config/conntrack/all")).Json!["ctAttr"]!.AsArray();

            own.Should().HaveCount(2);
            JsonNode.DeepEquals(own[0], entry).Should().BeTrue("{0} should be {1}", own[0], entry);
            JsonNode.DeepEquals(own[1], back).Should().BeTrue("{0} should be {1}", own[1], back);
        }

        pairs.Should().BeGreaterThanOrEqualTo(least);
    }

    [Fact]
    public async Task DirectServerReturn_LikeThatRecorded_HasTheWayToTheEndpointAlone()
    {
        await using var server = await RestServer.StartAsync();
        var recorded = (await RecordedAsync()).Where(static e => ActionOf(e).StartsWith("ddsr-", StringComparison.Ordinal)).ToList();
        recorded.Should().HaveCountGreaterThan(1);
        foreach (var entry in recorded)
        {
            server.Node.Connections.Clear();
            server.Node.Connections.Add(Connection(entry, NatMode.Dsr) with { Endpoint = IPAddress.Parse(ActionOf(entry).Split('-', ':')[1]), EndpointPort = (ushort)(int)entry["destinationPort"]! });

            var own = (await server.SendAsync("GET", "/netlox/v1/config/conntrack/all")).Json!["ctAttr"]!.AsArray();

            own.Should().ContainSingle();
            JsonNode.DeepEquals(own[0], entry).Should().BeTrue("{0} should be {1}", own[0], entry);
        }
    }

    [Fact]
    public async Task Connection_OfLoxisOwnPath_HasModeAndSource()
    {
        await using var server = await RestServer.StartAsync();
        var entry = (await RecordedAsync())[0];
        server.Node.Connections.Add(Connection(entry, NatMode.FullNat) with { Source = IPAddress.Parse("192.0.2.7"), RewrittenClientPort = 2000 });

        var shown = (await server.Client.ListConnectionsAsync(cancellationToken: TestContext.Current.CancellationToken)).Connections.Should().ContainSingle().Subject;

        (shown.Mode, shown.SourceIP, shown.RewrittenClientPort).Should().Be(("fullnat", "192.0.2.7", 2000));
    }

    [Theory]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Init, "init")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.InitAck, "init-ack")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Cookie, "cookie-echo")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Established, "est")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Shutdown, "shut")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Closing, "shut-complete")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.Reset, "abort")]
    [InlineData(ServiceProtocol.Sctp, ConnectionState.None, "closed")]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Closing, "fini")]
    [InlineData(ServiceProtocol.Tcp, ConnectionState.Reset, "closed-wait")]
    [InlineData(ServiceProtocol.Udp, ConnectionState.OneWay, "udp-uni")]
    [InlineData(ServiceProtocol.Icmp, ConnectionState.TwoWay, "bidir")]
    public void States_HaveLoxilbsNames(ServiceProtocol protocol, ConnectionState state, string name) => NodeConnections.NameOf(protocol, state).Should().Be(name);

    private static string ActionOf(JsonNode entry) => (string)entry["conntrackAct"]!;

    private static async Task<List<JsonNode>> RecordedAsync()
    {
        var answers = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", "loxilb-get-answers.json"), TestContext.Current.CancellationToken))!;
        return [.. answers["config/conntrack/all"]!["ctAttr"]!.AsArray().Select(static e => e!)];
    }

    private static NodeConnection Connection(JsonNode entry, NatMode mode) => new()
    {
        Protocol = ServiceProtocol.Tcp,
        Client = IPAddress.Parse((string)entry["sourceIP"]!),
        ClientPort = (ushort)(int)entry["sourcePort"]!,
        Vip = IPAddress.Parse((string)entry["destinationIP"]!),
        VipPort = (ushort)(int)entry["destinationPort"]!,
        Endpoint = IPAddress.Parse("192.0.2.1"),
        EndpointPort = 80,
        Mode = mode,
        Source = IPAddress.Parse((string)entry["sourceIP"]!),
        RewrittenClientPort = (ushort)(int)entry["sourcePort"]!,
        State = (string)entry["conntrackState"]!,
        Service = (string)entry["servName"]!,
        PacketsToEndpoint = (ulong)(int)(entry["packets"] ?? 0),
        BytesToEndpoint = (ulong)(int)(entry["bytes"] ?? 0),
    };
}
