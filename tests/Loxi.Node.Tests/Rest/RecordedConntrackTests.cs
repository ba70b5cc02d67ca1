using System.Net;
using System.Text.Json.Nodes;
using FluentAssertions;
using Loxi.Core.Services;
using Loxi.Node.Rest;
using Xunit;

namespace Loxi.Node.Tests.Rest;

public sealed class RecordedConntrackTests
{
    [Fact]
    public async Task DestinationNatConnections_LikeThoseRecorded_ReadLikeLoxilbs()
    {
        await using var server = await RestServer.StartAsync();
        var answers = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recordings", "loxilb-get-answers.json"), TestContext.Current.CancellationToken))!;
        var recorded = answers["config/conntrack/all"]!["ctAttr"]!.AsArray();
        var forward = recorded.Where(static e => ((string)e!["conntrackAct"]!).StartsWith("dnat-", StringComparison.Ordinal)).ToList();
        forward.Should().NotBeEmpty();
        var pairs = 0;
        foreach (var entry in forward)
        {
            // loxilb reports one reverse direction of this run as sdsr; the others are the other half of the connection.
            var back = recorded.FirstOrDefault(e => ((string)e!["conntrackAct"]!).StartsWith("snat-", StringComparison.Ordinal) && (int)e["destinationPort"]! == (int)entry!["sourcePort"]!);
            if (back is null)
            {
                continue;
            }

            pairs++;
            server.Node.Connections.Clear();
            server.Node.Connections.Add(new NodeConnection
            {
                Protocol = ServiceProtocol.Tcp,
                Client = IPAddress.Parse((string)entry!["sourceIP"]!),
                ClientPort = (ushort)(int)entry["sourcePort"]!,
                Vip = IPAddress.Parse((string)entry["destinationIP"]!),
                VipPort = (ushort)(int)entry["destinationPort"]!,
                Endpoint = IPAddress.Parse((string)back["sourceIP"]!),
                EndpointPort = (ushort)(int)back["sourcePort"]!,
                RewrittenClientPort = (ushort)(int)entry["sourcePort"]!,
                State = (string)entry["conntrackState"]!,
                Service = (string)entry["servName"]!,
                PacketsToEndpoint = (ulong)(int)entry["packets"]!,
                BytesToEndpoint = (ulong)(int)entry["bytes"]!,
            });

            var own = (await server.SendAsync("GET", "/netlox/v1/config/conntrack/all")).Json!["ctAttr"]!.AsArray();

            own.Should().HaveCount(2);
            JsonNode.DeepEquals(own[0], entry).Should().BeTrue("{0} should be {1}", own[0], entry);
            JsonNode.DeepEquals(own[1], back).Should().BeTrue("{0} should be {1}", own[1], back);
        }

        pairs.Should().BeGreaterThanOrEqualTo(2);
    }
}
