using Loxi.TestKit.Topology;
using Loxi.TestKit.Traffic;
using Xunit;

namespace Loxi.Scenarios.RootTests;

/// <summary>
/// A node on one hook with a TCP, a UDP and an ICMP service at each VIP, and servers on every endpoint; shared by the tests of
/// a class, which take nothing away.
/// </summary>
public abstract class TrafficScenario(string hook, LinkOptions links) : IAsyncLifetime
{
    internal const int UdpPort = 5353;

    internal static string[] Vips => [StandardLab.OwnVipV4, StandardLab.RoutedVipV4, StandardLab.OwnVipV6, StandardLab.RoutedVipV6];

    /// <summary>
    /// A port of its own for each VIP: a client port that two VIPs with one endpoint and port meet moves a connection to the next endpoint,
    /// and the spread would not be exact.
    /// </summary>
    internal static int HttpPort(string vip) => Scenario.Port + Array.IndexOf(Vips, vip);

    private readonly List<IAsyncDisposable> _servers = [];

    internal Scenario Scenario { get; private set; } = null!;

    internal string Hook => hook;

    internal LinkOptions Links => links;

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.StartAsync(new StandardLabOptions { Link = links }, hook);
        foreach (var endpoint in Scenario.Lab.Endpoints)
        {
            _servers.Add(HttpServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [.. Vips.Select(HttpPort)] }));
            _servers.Add(UdpEchoServer.Start(endpoint, new ServerOptions { Name = endpoint.Name, Ports = [UdpPort] }));
        }

        foreach (var vip in Vips)
        {
            await Scenario.AddServiceAsync(vip, port: HttpPort(vip));
            await Scenario.AddServiceAsync(vip, "udp", UdpPort);
            await Scenario.AddServiceAsync(vip, "icmp", 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (Scenario is not null)
        {
            await Scenario.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
