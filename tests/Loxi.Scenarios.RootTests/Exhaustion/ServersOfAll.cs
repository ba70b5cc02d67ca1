using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;

namespace Loxi.Scenarios.RootTests.Exhaustion;

/// <summary>An HTTP server on every endpoint of a lab.</summary>
internal sealed class ServersOfAll(StandardLab lab) : IAsyncDisposable
{
    private readonly List<HttpServer> _servers = [.. lab.Endpoints.Select(host => HttpServer.Start(host, new ServerOptions { Name = host.Name, Ports = [Scenario.Port] }))];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
