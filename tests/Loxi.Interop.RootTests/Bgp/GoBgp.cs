using System.Globalization;
using System.Net;
using Loxi.Bgp;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>GoBGP; without a kernel.</summary>
internal sealed partial class GoBgp(LabHost host) : BgpPeer
{
    private readonly GoBgpPeer _gobgp = new(host);

    public override RoutingPeer Daemon => _gobgp;

    public override async Task StartAsync()
    {
        await _gobgp.StartAsync();
        foreach (var route in Settings.Routes)
        {
            AnnounceNow(route);
        }
    }

    public override async Task RestartAsync()
    {
        await _gobgp.KillAsync();
        _gobgp.IsRestart = true;
        await StartAsync();
        _gobgp.IsRestart = false;
    }

    public override void SetAdministrativelyDown(IPAddress neighbour, bool down, string text = "")
        => _gobgp.Ask(["neighbor", $"{neighbour}", down ? "disable" : "enable", .. down && text.Length > 0 ? ["--reason", text] : Array.Empty<string>()]);

    public override void RequestRefresh(IPAddress neighbour) => _gobgp.Ask("neighbor", $"{neighbour}", "softresetin");

    protected override IReadOnlyList<string> CeaseWords(byte subcode) => ["received notification", "\"Code\":6,", Invariant($"\"Subcode\":{subcode},")];

    protected override void AnnounceNow(PeerRoute route) => _gobgp.Ask(["global", "rib", "add", $"{route.Prefix}", .. Words(route), "-a", Words(route.Family)]);

    protected override void WithdrawNow(PeerRoute route) => _gobgp.Ask("global", "rib", "del", $"{route.Prefix}", "-a", Words(route.Family));

    private static IEnumerable<string> Words(PeerRoute route)
    {
        IEnumerable<string> words = ["origin", "igp"];
        if (route.Med is { } med)
        {
            words = words.Append("med").Append(Invariant($"{med}"));
        }

        if (route.LocalPreference is { } preference)
        {
            words = words.Append("local-pref").Append(Invariant($"{preference}"));
        }

        if (!route.AsPath.IsEmpty)
        {
            words = words.Append("aspath").Append(string.Join(',', route.AsPath));
        }

        if (!route.Communities.IsEmpty)
        {
            words = words.Append("community").Append(string.Join(',', route.Communities.Select(CommunityText.Of)));
        }

        if (!route.ExtendedCommunities.IsEmpty)
        {
            words = words.Append("rt").Concat(route.ExtendedCommunities.Select(Target));
        }

        return route.LargeCommunities.IsEmpty ? words : words.Append("large-community").Append(string.Join(',', route.LargeCommunities));
    }

    // Four octets of an AS are two numbers with a dot (RFC 5396); its tool knows no other kind.
    private static string Target(ulong community)
    {
        var (kind, value) = CommunityText.OfExtended(community);
        var parts = value.Split(':');
        var administrator = uint.Parse(parts[0], CultureInfo.InvariantCulture);
        return kind != "rt" ? throw new ArgumentException($"gobgp cannot set the extended community {kind} {value}", nameof(community))
            : administrator <= ushort.MaxValue ? value
            : Invariant($"{administrator >> 16}.{administrator & 0xffff}:{parts[1]}");
    }

    private static string Words(BgpFamily family) => family == BgpFamily.Ipv4Unicast ? "ipv4" : "ipv6";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
