using System.Globalization;
using System.Net;
using Loxi.Bgp;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>FRR's bgpd, with zebra for the kernel.</summary>
internal sealed partial class FrrBgp(LabHost host) : BgpPeer
{
    private readonly FrrPeer _frr = new(host);
    private int _routeMaps;

    public override RoutingPeer Daemon => _frr;

    public override Task StartAsync() => _frr.StartAsync();

    public override async Task RestartAsync()
    {
        await _frr.KillAsync();
        await _frr.StartAsync();
    }

    public override void SetAdministrativelyDown(IPAddress neighbour, bool down, string text = "")
        => Configure(down ? $"neighbor {neighbour} shutdown{(text.Length > 0 ? " message " : "")}{text}" : $"no neighbor {neighbour} shutdown");

    public override void RequestRefresh(IPAddress neighbour) => _frr.Ask($"clear bgp {neighbour} soft in");

    /// <summary>Commands of vtysh below <c>router bgp</c>.</summary>
    public void Configure(params string[] lines) => _frr.Ask(["configure terminal", $"router bgp {Settings.As}", .. lines]);

    protected override IReadOnlyList<string> CeaseWords(byte subcode) => ["%NOTIFICATION: received", Invariant($" 6/{subcode} ")];

    protected override void Write() => _frr.Configure("bgpd", string.Join('\n', Lines()) + "\n");

    protected override void AnnounceNow(PeerRoute route)
    {
        // A map of another name is in force at once; one that changes waits for a timer.
        var map = NewRouteMap();
        _frr.Ask(["configure terminal", .. RouteMap(route, map), "exit", $"router bgp {Settings.As}", $"address-family {Words(route.Family)}", $"network {route.Prefix} route-map {map}"]);
    }

    protected override void WithdrawNow(PeerRoute route) => Configure($"address-family {Words(route.Family)}", $"no network {route.Prefix}");

    private static string Words(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? "ipv4 unicast" : "ipv6 unicast";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private string NewRouteMap() => Invariant($"route-{++_routeMaps}");
}
