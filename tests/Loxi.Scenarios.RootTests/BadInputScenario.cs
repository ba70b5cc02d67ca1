using System.Net;
using Loxi.TestKit.Processes;
using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>A node that serves one service, and names for another instance on the same host.</summary>
public sealed class BadInputScenario : IAsyncLifetime
{
    private readonly List<HttpServer> _servers = [];

    internal Scenario Scenario { get; private set; } = null!;

    internal IPEndPoint Target { get; private set; } = null!;

    internal string OtherInstance => Scenario.Lab.Node.Instance + "-b";

    internal string OtherState => Path.Combine(Scenario.Lab.Lab.StateDirectory, "other");

    internal string OtherPins => $"/sys/fs/bpf/loxi/{OtherInstance}";

    internal LabProcess LaunchOther(params string[] more) => Scenario.Lab.Node.Start(
        "other",
        LabPrograms.Node,
        ["--instance", OtherInstance, "--state-dir", OtherState, .. more.Contains("--pin-dir") ? [] : new[] { "--pin-dir", OtherPins }, "--max-connections", "1024", .. more]);

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.StartAsync();
        _servers.AddRange(Scenario.Lab.Endpoints.Select(endpoint => HttpServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [Scenario.Port] })));
        Target = await Scenario.AddServiceAsync(StandardLab.RoutedVipV4);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (Scenario is not null)
        {
            if (Directory.Exists(OtherPins))
            {
                Directory.Delete(OtherPins, recursive: true);
            }

            await Scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
