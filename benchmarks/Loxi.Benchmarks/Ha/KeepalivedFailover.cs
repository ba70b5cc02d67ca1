using System.Globalization;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <summary>keepalived (VRRPv3) at an interval.</summary>
internal sealed class KeepalivedFailover(TimeSpan interval) : IFailoverProgram
{
    private readonly Dictionary<int, KeepalivedPeer> _peers = [];

    public string Name => string.Create(CultureInfo.InvariantCulture, $"keepalived at {interval.TotalMilliseconds:f0} ms");

    public Task StartAsync(ScenarioLab lab, int node)
    {
        if (!_peers.TryGetValue(node, out var peer))
        {
            _peers[node] = peer = new(lab.Nodes[node].Host, "eth0", lab.Vip, interval);
        }

        return peer.StartAsync();
    }

    public Task KillAsync(ScenarioLab lab, int node) => _peers[node].KillAsync();
}
