using System.Globalization;
using System.Text;
using Loxi.TestKit.Processes;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>HAProxy in TCP mode with a thread per CPU.</summary>
internal sealed class HaproxyPeer : IPeer
{
    private LabProcess? _process;

    public string Name => "haproxy";

    public async Task StartAsync(LoadLab lab)
    {
        StringBuilder text = new(string.Create(CultureInfo.InvariantCulture, $"""
            global
             maxconn 6000
             nbthread {Environment.ProcessorCount}
            defaults
             timeout connect 5s
             timeout client 600s
             timeout server 600s

            """));
        foreach (var service in LoadService.All)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"\nlisten {service.Name}\n bind {LoadService.Vip}:{service.VipPort}\n mode tcp\n balance roundrobin\n");
            _ = text.AppendJoin("", service.Targets(":").Select((target, i) => string.Create(CultureInfo.InvariantCulture, $" server s{i} {target}\n")));
        }

        var file = Path.Combine(lab.Directory, "haproxy.cfg");
        await File.WriteAllTextAsync(file, text.ToString());
        lab.Node.Ip($"addr add {LoadService.Vip}/32 dev lo");
        _process = lab.Node.Start("haproxy", "haproxy", "-db", "-f", file);
        await lab.WaitUntilServedAsync(this);
    }

    public (string Address, int Port) Target(LoadService service) => (LoadService.Vip, service.VipPort);

    public async Task StopAsync(LoadLab lab)
    {
        if (_process is { } process)
        {
            _ = await process.StopAsync();
        }

        lab.Node.Ip($"addr del {LoadService.Vip}/32 dev lo");
    }
}
