using System.Net;
using Loxi.Bgp;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Two of our speakers, on hosts 1 and 3, and a router on host 2 that both announce to.</summary>
internal sealed class TwoNodesLab : IAsyncDisposable
{
    private const uint NodesAs = 64500;
    private const int RouterHost = 2;

    private readonly BgpLab _lab = new();

    public TwoNodesLab(BgpDaemon kind, BgpFamily family = BgpFamily.Ipv4Unicast, bool isInternal = false, bool mesh = false, int maximumPaths = 1)
    {
        Family = family;
        var routerAs = isInternal ? NodesAs : 64501;
        Router = _lab.Peer(RouterHost, kind);
        Router.Configure(new RouterSettings(routerAs, BgpLab.V4(RouterHost))
        {
            Neighbours = [Neighbour(1), Neighbour(3)],
            MaximumPaths = maximumPaths,
        });
        First = Node(1, 3);
        Second = Node(3, 1);

        NeighbourSettings Neighbour(int node) => new(Address(node), NodesAs) { Local = Address(RouterHost) };

        OurRouter Node(int number, int other)
        {
            var router = Peer(RouterHost, routerAs);
            return _lab.Node(number, NodesAs, mesh ? [router, Peer(other, NodesAs)] : [router]);
        }

        BgpPeerSettings Peer(int host, uint remoteAs) => new(Address(host), remoteAs) { Families = [family], ImportDefaultAccept = true, HoldTime = TimeSpan.FromSeconds(9) };
    }

    public BgpFamily Family { get; }

    public BgpPeer Router { get; }

    public OurRouter First { get; }

    public OurRouter Second { get; }

    /// <summary>The address that both announce.</summary>
    public IPNetwork Vip => Some.Our(Family);

    public IPAddress Address(int host) => Family == BgpFamily.Ipv4Unicast ? BgpLab.V4(host) : BgpLab.V6(host);

    public async Task StartUpAsync()
    {
        await Router.StartAsync();
        await First.StartAsync();
        await Second.StartAsync();
        foreach (var node in new[] { First, Second })
        {
            foreach (var peer in node.Configuration.Peers)
            {
                await node.WaitForEstablishedAsync(peer.Address);
            }
        }

        await Router.WaitForEstablishedAsync(Address(1));
        await Router.WaitForEstablishedAsync(Address(3));
    }

    /// <summary>Waits until the router's kernel sends the address to these hosts and to no other; FRR sends to their link-local addresses where it can.</summary>
    public Task WaitForNextHopsAsync(params int[] hosts) => Router.WaitUntilAsync(
        () => Router.ReadKernelRoutes().Where(route => route.Prefix == Vip).SelectMany(static route => route.Gateways).ToList(),
        gateways => gateways.Count == hosts.Length && hosts.All(host => gateways.Exists(gateway => gateway.Equals(Address(host)) || gateway.Equals(BgpLab.LinkLocal(host)))),
        $"kernel route {Vip} via hosts {string.Join(", ", hosts)}",
        static gateways => string.Join(' ', gateways));

    public ValueTask DisposeAsync() => _lab.DisposeAsync();
}
