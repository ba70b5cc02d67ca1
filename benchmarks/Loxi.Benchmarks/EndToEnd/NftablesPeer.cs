using System.Globalization;
using System.Text;

namespace Loxi.Benchmarks.EndToEnd;

/// <summary>Destination NAT of the kernel, one endpoint after the other.</summary>
internal sealed class NftablesPeer : IPeer
{
    private const string Table = "loxi_bench";

    public string Name => "nftables";

    public Task StartAsync(LoadLab lab)
    {
        StringBuilder rules = new($"table ip {Table} {{ chain pre {{ type nat hook prerouting priority -100; policy accept;\n");
        foreach (var service in LoadService.All)
        {
            var targets = service.Targets(" . ").Select((target, i) => string.Create(CultureInfo.InvariantCulture, $"{i} : {target}"));
            var destination = service.Endpoints == 1
                ? service.Targets(":").Single()
                : string.Create(CultureInfo.InvariantCulture, $"numgen inc mod {service.Endpoints} map {{ {string.Join(", ", targets)} }}");
            _ = rules.Append(CultureInfo.InvariantCulture, $"ip daddr {LoadService.Vip} tcp dport {service.VipPort} dnat to {destination}\n");
        }

        var file = Path.Combine(lab.Directory, "nftables");
        File.WriteAllText(file, rules.Append("}\n}\n").ToString());
        lab.Node.Exec("nft", "-f", file);
        // The kernel keeps closed connections for two minutes: without this its table fills during the connection rounds.
        foreach (var state in new[] { "time_wait", "close", "last_ack" })
        {
            lab.Node.Sysctl($"net.netfilter.nf_conntrack_tcp_timeout_{state}", "1");
        }

        return Task.CompletedTask;
    }

    public (string Address, int Port) Target(LoadService service) => (LoadService.Vip, service.VipPort);

    public Task StopAsync(LoadLab lab)
    {
        lab.Node.Exec("nft", "delete", "table", "ip", Table);
        lab.Node.Exec("conntrack", "-F");
        return Task.CompletedTask;
    }
}
