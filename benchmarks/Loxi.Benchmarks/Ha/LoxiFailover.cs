using System.Globalization;
using Loxi.TestKit.Scenarios;

namespace Loxi.Benchmarks.Ha;

/// <summary>Two loxid that decide by themselves, at an interval x 3, over the segment and a link of their own. It comes back with the addresses and programs that the killed process left in the kernel.</summary>
internal sealed class LoxiFailover(TimeSpan interval) : IFailoverProgram
{
    private readonly HashSet<int> _known = [];

    public string Name => string.Create(CultureInfo.InvariantCulture, $"loxi at {interval.TotalMilliseconds:f0} ms x 3");

    public async Task StartAsync(ScenarioLab lab, int node)
    {
        await lab.Nodes[node].StartAsync([.. ScenarioLab.PeerFlags(node), string.Create(CultureInfo.InvariantCulture, $"--ha-interval={interval.TotalMilliseconds:f0}")]);
        if (_known.Add(node))
        {
            await lab.Nodes[node].PostAsync("config/loadbalancer", new
            {
                serviceArguments = new { externalIP = lab.Vip.ToString(), port = 80, protocol = "tcp", mode = 1, name = "web:llb-inst0" },
                endpoints = new[] { new { endpointIP = "192.168.80.11", targetPort = 8080, weight = 1 } },
            });
        }
    }

    public Task KillAsync(ScenarioLab lab, int node) => lab.Nodes[node].Daemon.KillAsync();
}
