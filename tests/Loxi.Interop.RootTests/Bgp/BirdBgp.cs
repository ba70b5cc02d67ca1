using System.Globalization;
using System.Net;
using Loxi.Bgp;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>BIRD, with its kernel protocols.</summary>
internal sealed partial class BirdBgp(LabHost host) : BgpPeer
{
    private readonly BirdPeer _bird = new(host);

    public override RoutingPeer Daemon => _bird;

    public override Task StartAsync() => _bird.StartAsync();

    public override async Task RestartAsync()
    {
        await _bird.KillAsync();
        _bird.IsRestart = true;
        await _bird.StartAsync();
        _bird.IsRestart = false;
    }

    public override void SetAdministrativelyDown(IPAddress neighbour, bool down, string text = "")
        => _bird.Ask([down ? "disable" : "enable", Protocol(neighbour), .. down && text.Length > 0 ? [$"\"{text}\""] : Array.Empty<string>()]);

    public override void RequestRefresh(IPAddress neighbour) => _bird.Ask("reload", "in", Protocol(neighbour));

    protected override IReadOnlyList<string> CeaseWords(byte subcode) =>
    [
        "Received: ",
        subcode switch
        {
            2 => "Administrative shutdown",
            3 => "Peer de-configured",
            4 => "Administrative reset",
            _ => Invariant($"6.{subcode}"),
        },
    ];

    protected override void AnnounceNow(PeerRoute route) => _bird.Reload();

    protected override void WithdrawNow(PeerRoute route) => _bird.Reload();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Words(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? "ipv4" : "ipv6";

    private static string Protocol(int index) => Invariant($"bgp{index + 1}");

    private string Protocol(IPAddress neighbour)
    {
        var index = Settings.Neighbours.Select(static n => n.Address).ToList().IndexOf(neighbour);
        return index >= 0 ? Protocol(index) : throw new ArgumentException($"BIRD has no neighbour {neighbour}", nameof(neighbour));
    }
}
