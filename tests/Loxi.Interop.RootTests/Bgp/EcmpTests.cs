using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Two nodes announce one address with equal attributes: the router's kernel sends to both.</summary>
public sealed class EcmpTests
{
    public static TheoryData<BgpDaemon, BgpFamily, bool> All => new(
        from daemon in Cases.Routers
        from family in Enum.GetValues<BgpFamily>()
        from isInternal in Cases.NoAndYes
        select (daemon, family, isInternal));

    [Theory]
    [MemberData(nameof(All))]
    public Task BothNodes_AreNextHopsOfOneRoute_AndTheOneThatIsLeftIsTheOnly(BgpDaemon kind, BgpFamily family, bool isInternal) => CheckAsync(kind, family, isInternal);

    [Theory]
    [InlineData(BgpDaemon.Frr)]
    [InlineData(BgpDaemon.Bird)]
    [Trait("Suite", Suites.Quick)]
    public Task OverIPv4ToAnotherAs_TheSame(BgpDaemon kind) => CheckAsync(kind, BgpFamily.Ipv4Unicast, false);

    private static async Task CheckAsync(BgpDaemon kind, BgpFamily family, bool isInternal)
    {
        await using var lab = new TwoNodesLab(kind, family, isInternal, maximumPaths: 8);
        await lab.StartUpAsync();
        await lab.First.AnnounceAsync(new BgpAdvertisement(lab.Vip));
        await lab.Second.AnnounceAsync(new BgpAdvertisement(lab.Vip));
        await lab.WaitForNextHopsAsync(1, 3);

        await lab.First.AnnounceAsync();
        await lab.WaitForNextHopsAsync(3);
        await lab.First.AnnounceAsync(new BgpAdvertisement(lab.Vip));
        await lab.WaitForNextHopsAsync(1, 3);

        await lab.Second.Speaker.DisposeAsync();
        await lab.WaitForNextHopsAsync(1);
        var first = lab.First.ReadPeer(lab.Address(2))!;
        first.Counters.Established.Should().Be(1, "its session is nobody else's; it ended by {0}", first.LastEnd);
    }
}
