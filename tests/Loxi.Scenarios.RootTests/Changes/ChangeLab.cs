using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Api.Wire;
using Loxi.Core.Services;
using Loxi.Scenarios.RootTests.Modes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests.Changes;

/// <summary>A service under load from several clients, each with a connection that it keeps and new ones all the time, while its endpoints change.</summary>
internal sealed class ChangeLab : IAsyncDisposable
{
    public const int Clients = 12;
    public const long Attach = 1;
    public const long Detach = 2;

    private readonly List<HttpServer> _servers = [];
    private readonly SelectionPolicy _selection;

    private ChangeLab(Scenario scenario, SelectionPolicy selection)
    {
        Scenario = scenario;
        _selection = selection;
    }

    public Scenario Scenario { get; }

    public StandardLab Lab => Scenario.Lab;

    public IPEndPoint Target { get; } = new(IPAddress.Parse(StandardLab.RoutedVipV4), Scenario.Port);

    /// <summary>The servers of ep1, ep2, ep3.</summary>
    public IReadOnlyList<HttpServer> Servers => _servers;

    /// <summary>Of each client the connection that it keeps; it is not opened again.</summary>
    public IReadOnlyList<Load> Kept { get; private set; } = [];

    /// <summary>Of each client connections of one request.</summary>
    public IReadOnlyList<Load> News { get; private set; } = [];

    public static async Task<ChangeLab> StartAsync(string hook, SelectionPolicy selection, params int[] endpoints)
    {
        var lab = new ChangeLab(await Scenario.StartAsync(hook: hook), selection);
        try
        {
            lab.Lab.Client.AddAddress("eth0", [.. Enumerable.Range(0, 2 * Clients).Select(client => $"{ClientAddress(client)}/24")]);
            lab._servers.AddRange(lab.Lab.Endpoints.Select(host => HttpServer.Start(host, new ServerOptions { Name = host.Name, Ports = [Scenario.Port] })));
            await lab.PostAsync(0, [.. endpoints.Select(endpoint => Endpoint(endpoint))]);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The first twelve have the load; as many more are new ones.</summary>
    public static string ClientAddress(int client) => string.Create(CultureInfo.InvariantCulture, $"198.51.100.{20 + client}");

    public static LoadbalanceEndpoint Endpoint(int index, long weight = 1, string? state = null)
        => new() { EndpointIP = StandardLab.EndpointV4(index), TargetPort = Scenario.Port, Weight = weight, State = state };

    public Task PostAsync(long operation, params LoadbalanceEndpoint[] endpoints) => Scenario.Api.CreateOrReplaceServiceAsync(new LoadbalanceEntry
    {
        ServiceArguments = new LoadbalanceArguments
        {
            ExternalIP = StandardLab.RoutedVipV4,
            Port = Scenario.Port,
            Protocol = "tcp",
            Selection = (long)_selection,
            Operation = operation,
        },
        Endpoints = endpoints,
    });

    public async Task StartLoadAsync()
    {
        Kept = [.. Start(new LoadOptions { Target = Target, Connections = 1, Interval = TimeSpan.FromMilliseconds(20), Reconnect = false })];
        await Task.WhenAll(Kept.Select(load => load.WaitForAnswersAsync(1)));
        News = [.. Start(new LoadOptions { Target = Target, Connections = 1, KeepAlive = false, Interval = TimeSpan.FromMilliseconds(50) })];
        await Task.WhenAll(News.Select(load => load.WaitForAnswersAsync(3)));
    }

    /// <summary>The server of each client's kept connection, of which there is one.</summary>
    public IReadOnlyList<string> KeptServers() => [.. Kept.Select(load => load.Report.PerServer.Keys.Should().ContainSingle().Subject)];

    /// <summary>Further answers to each of these loads.</summary>
    public static Task GoOnAsync(IEnumerable<Load> loads) => Task.WhenAll(loads.Select(load => load.WaitForAnswersAsync(5)));

    public static async Task<IReadOnlyList<LoadReport>> StopAsync(IEnumerable<Load> loads) => await Task.WhenAll(loads.Select(load => load.StopAsync()));

    /// <summary>Ends the loads, of which nothing may have failed.</summary>
    public static async Task<IReadOnlyList<LoadReport>> StopWholeAsync(IEnumerable<Load> loads)
    {
        var reports = await StopAsync(loads);
        reports.Should().OnlyContain(report => report.Failed == 0);
        return reports;
    }

    /// <summary>Who serves so many connections of a client, one after the other.</summary>
    public async Task<IReadOnlyDictionary<string, long>> ServedAsync(int connections, int client = Clients)
    {
        await using var load = Load.StartHttp(
            Lab.Client,
            new LoadOptions
            {
                Target = Target,
                Connections = 1,
                KeepAlive = false,
                MaxRequests = connections,
                Interval = TimeSpan.Zero,
                Source = IPAddress.Parse(ClientAddress(client)),
            });
        var report = await load.FinishAsync();
        report.Failed.Should().Be(0, report.ToString());
        return report.PerServer;
    }

    public ISocketSource Client(int client) => new AddressSockets(Lab.Client, ClientAddress(client));

    public async ValueTask DisposeAsync()
    {
        foreach (var load in (Load[])[.. Kept, .. News])
        {
            await load.DisposeAsync();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await Scenario.DisposeAsync();
    }

    private IEnumerable<Load> Start(LoadOptions options) => Enumerable.Range(0, Clients)
        .Select(client => Load.StartHttp(Lab.Client, options with { Source = IPAddress.Parse(ClientAddress(client)) }));
}
