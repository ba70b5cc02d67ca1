using System.Net;
using System.Text.Json;
using FluentAssertions;
using Loxi.TestKit.Availability;
using Loxi.TestKit.Scenarios;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Sync;

/// <summary>Two nodes keep the clients of a service with persist selection alike: who has no connection comes to its endpoint at the other node too.</summary>
public sealed class PersistenceTests
{
    private const int Clients = 24;
    private const int Persist = 3;
    private const int FullNat = 2;
    private const int Attach = 1;
    private static readonly IPEndPoint Service = new(IPAddress.Parse("192.168.80.200"), 81);

    [Fact]
    public async Task ClientsWithoutAConnection_ComeToTheirEndpointAfterAFailover()
    {
        await using var lab = await ScenarioLab.CreateAsync(new() { Kind = ScenarioKind.FastFailoverSync, ServiceMode = FullNat, ControllerRoles = false });
        await lab.StartAsync();
        lab.Client.AddAddress("eth0", [.. Enumerable.Range(0, Clients).Select(static i => $"{Client(i)}/24")]);
        await Task.WhenAll(lab.Nodes.Select(static node => node.PostAsync("config/loadbalancer", Entry(null, 11, 12))));
        var first = await HomesAsync(lab);
        await Task.WhenAll(lab.Nodes.Select(static node => node.PostAsync("config/loadbalancer", Entry(Attach, 13))));
        var homes = await HomesAsync(lab);
        homes.Should().Equal(first, "who has an endpoint stays there when another one comes");

        var serving = await ServingAsync(lab);
        await UntilAsync(async () => await EntriesAsync(lab.Nodes[1 - serving]) >= Clients, "the clients are known to the other node");
        await lab.KillNodeAsync(serving);
        await UntilAsync(async () => await lab.Nodes[1 - serving].ReadRoleAsync(TestContext.Current.CancellationToken) == "MASTER", "the other node serves");

        var after = await HomesAsync(lab);

        after.Should().Equal(homes, "of the 24 a third would come to the new endpoint at a node that knows nothing of them");
    }

    private static string Client(int index) => $"192.168.80.{101 + index}";

    private static object Entry(int? operation, params int[] endpoints) => new
    {
        serviceArguments = new { externalIP = Service.Address.ToString(), port = Service.Port, protocol = "tcp", mode = FullNat, sel = Persist, oper = operation ?? 0 },
        endpoints = endpoints.Select(static last => new { endpointIP = $"192.168.80.{last}", targetPort = 8080, weight = 1 }).ToArray(),
    };

    private static async Task<int> ServingAsync(ScenarioLab lab)
    {
        foreach (var node in lab.Nodes)
        {
            if (await node.ReadRoleAsync(TestContext.Current.CancellationToken) == "MASTER")
            {
                return node.Index;
            }
        }

        throw new InvalidOperationException("no node is MASTER");
    }

    private static async Task<int> EntriesAsync(ScenarioNode node)
    {
        var (status, text) = await node.SendAsync(HttpMethod.Get, "/loxi/v1/ha");
        status.Should().Be(HttpStatusCode.OK, text);
        using var answer = JsonDocument.Parse(text);
        return answer.RootElement.GetProperty("sync").GetProperty("entries").GetInt32();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, string what)
    {
        for (var began = LabClock.Now; !await isSo();)
        {
            (LabClock.Now - began).Should().BeLessThan(TimeSpan.FromSeconds(20), what);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The server that answers each client, by a connection of its own.</summary>
    private static async Task<List<string>> HomesAsync(ScenarioLab lab)
    {
        var homes = new List<string>();
        for (var client = 0; client < Clients; client++)
        {
            await using var load = Load.StartHttp(
                lab.Client,
                new LoadOptions { Target = Service, Connections = 1, KeepAlive = false, MaxRequests = 1, Interval = TimeSpan.Zero, Source = IPAddress.Parse(Client(client)) });
            var report = await load.FinishAsync();
            homes.Add(report.PerServer.Should().ContainSingle(report.ToString()).Subject.Key);
        }

        return homes;
    }
}
