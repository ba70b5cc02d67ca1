using Loxi.TestKit.Topology;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>No balancer: the node routes to the endpoints themselves.</summary>
internal sealed class DirectPeer : IPeer
{
    public string Name => "direct";

    public Task StartAsync(LoadLab lab) => Task.CompletedTask;

    public (string Address, int Port) Target(LoadService service) => (StandardLab.EndpointV4(0), service.EndpointPort);

    public Task StopAsync(LoadLab lab) => Task.CompletedTask;
}
