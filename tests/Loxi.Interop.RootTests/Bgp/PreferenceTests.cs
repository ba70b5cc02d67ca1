using FluentAssertions;
using Loxi.Bgp;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Two nodes announce one address, and the router has both paths: which it takes is decided by their attributes.</summary>
public sealed class PreferenceTests
{
    public static TheoryData<BgpDaemon, bool, bool> All => new(
        from daemon in Cases.Routers
        from isInternal in Cases.NoAndYes
        from mesh in Cases.NoAndYes
        select (daemon, isInternal, mesh));

    [Theory]
    [MemberData(nameof(All))]
    [Trait("Suite", Suites.Quick)]
    public async Task MasterAndBackup_RouterHoldsBothPathsAndPrefersTheMaster_AlsoAfterAChangeOfRoles(BgpDaemon kind, bool isInternal, bool mesh)
    {
        await using var lab = new TwoNodesLab(kind, isInternal: isInternal, mesh: mesh, maximumPaths: 8);
        await lab.StartUpAsync();

        await lab.First.AnnounceAsync(Master(lab));
        await lab.Second.AnnounceAsync(Backup(lab));
        await CheckAsync(lab, master: 1, backup: 3, isInternal);

        await lab.Second.AnnounceAsync(Master(lab));
        await lab.First.AnnounceAsync(Backup(lab));
        await CheckAsync(lab, master: 3, backup: 1, isInternal);

        await lab.Second.Speaker.DisposeAsync();
        await lab.Router.WaitForPathsAsync(lab.Vip, paths => paths.Count == 1 && paths[0].From!.Equals(lab.Address(1)), "only that of the node that is left");
        await lab.WaitForNextHopsAsync(1);
        lab.First.ReadPeer(lab.Address(2))!.Counters.Established.Should().Be(1, "a change of roles touches no session");
    }

    // What a node announces of its services, by session type in one advertisement: LOCAL_PREF goes to its own AS only, prepended is for others only.
    private static BgpAdvertisement Master(TwoNodesLab lab) => new(lab.Vip) { Med = 10, LocalPreference = 5000 };

    private static BgpAdvertisement Backup(TwoNodesLab lab) => new(lab.Vip) { Med = 20, LocalPreference = 100, Prepend = 1 };

    private static async Task CheckAsync(TwoNodesLab lab, int master, int backup, bool isInternal)
    {
        var paths = await lab.Router.WaitForPathsAsync(
            lab.Vip,
            found => found is [{ IsBest: true, Med: 10 } best, { IsBest: false, Med: 20 } other] && best.From!.Equals(lab.Address(master)) && other.From!.Equals(lab.Address(backup)),
            $"node {master} before node {backup}");
        if (isInternal)
        {
            paths.Select(static path => (path.LocalPreference, path.AsPath)).Should().Equal((5000u, ""), (100u, ""));
        }
        else
        {
            paths.Select(static path => path.AsPath).Should().Equal("64500", "64500 64500");
        }

        await lab.WaitForNextHopsAsync(master);
    }
}
