using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>AS numbers of four octets (RFC 6793).</summary>
public sealed class FourOctetAsTests
{
    private const uint OurWide = 4_200_000_001;
    private const uint TheirWide = 4_200_000_002;

    private static readonly System.Net.IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);
    private static readonly System.Net.IPNetwork Their = Some.Their(BgpFamily.Ipv4Unicast);

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task BothHaveLongNumbers_PathsHaveThem(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Ours = new BgpPeerSettings(lab.TheirAddress, TheirWide) { Families = lab.Ours.Families, ImportDefaultAccept = true };
        lab.Theirs = new NeighbourSettings(lab.OurAddress, OurWide) { Local = lab.TheirAddress };
        lab.TheirRouter = new RouterSettings(TheirWide, BgpLab.V4(2)) { Routes = [new PeerRoute(Their) { AsPath = [64510, 4_200_000_000] }] };
        lab.Node.Configuration = lab.Node.Configuration with { Speaker = new BgpSpeakerSettings(OurWide, BgpLab.V4(1)) };
        await lab.StartUpAsync();
        await lab.Node.AnnounceAsync(new BgpAdvertisement(Our) { Prepend = 1 });

        (await lab.Node.WaitForRouteAsync(Their)).AsPath.Should().Be("4200000002 64510 4200000000");
        (await lab.Peer.WaitForPathAsync(Our)).AsPath.Should().Be("4200000001 4200000001");
    }

    [Fact]
    public async Task BirdWithoutTheCapability_LongNumbersGoBothWaysInAs4Path()
    {
        await using var lab = new BgpLab();
        var source = lab.Peer(3, BgpDaemon.Bird);
        source.Configure(new RouterSettings(TheirWide, BgpLab.V4(3)) { Neighbours = [new NeighbourSettings(BgpLab.V4(1), 64500) { Local = BgpLab.V4(3) }], Routes = [new PeerRoute(Our)] });
        await source.StartAsync();
        var old = lab.Peer(2, BgpDaemon.Bird);
        old.Configure(new RouterSettings(64501, BgpLab.V4(2))
        {
            Neighbours = [new NeighbourSettings(BgpLab.V4(1), 64500) { Local = BgpLab.V4(2), Extra = ["enable as4 off;"] }],
            Routes = [new PeerRoute(Their) { AsPath = [64510, 4_200_000_000] }],
        });
        await old.StartAsync();
        var node = lab.Node(1, 64500, Ours(2, 64501), Ours(3, TheirWide));
        await node.StartAsync();

        (await node.WaitForEstablishedAsync(BgpLab.V4(2))).Session!.Capabilities.Should().NotContain("4-octet-as");
        (await node.WaitForRouteAsync(Their)).AsPath.Should().Be("64501 64510 4200000000");
        (await old.WaitForPathAsync(Our)).AsPath.Should().Be("64500 4200000002");
    }

    private static BgpPeerSettings Ours(int host, uint remoteAs)
        => new(BgpLab.V4(host), remoteAs) { Families = [BgpFamily.Ipv4Unicast], ImportDefaultAccept = true, ExportDefaultAccept = true };
}
