using System.Globalization;
using System.Net;
using FluentAssertions;
using Loxi.Bgp;
using Loxi.TestKit.Processes;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Our process is killed: it can say nothing to anybody, and its kernel resets the connection.</summary>
public sealed class KilledProcessTests
{
    private const int HoldTime = 90;

    private static readonly IPNetwork Our = Some.Our(BgpFamily.Ipv4Unicast);

    // A busy machine; without the reset it would be the hold time.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    public static TheoryData<BgpDaemon> Peers => new(Cases.Daemons);

    [Theory]
    [MemberData(nameof(Peers))]
    [Trait("Suite", Suites.Quick)]
    public async Task WithoutGracefulRestart_ItsRoutesGoWithTheConnection_AndComeBackWithIt(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        var process = await StartAsync(lab);
        await lab.Peer.WaitForPathAsync(Our);

        var start = TimeProvider.System.GetTimestamp();
        await process.KillAsync();
        await lab.Peer.WaitForNoPathAsync(Our);
        TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(Soon);

        await StartAsync(lab);
        await lab.Peer.WaitForPathAsync(Our);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task WithGracefulRestart_ItsRoutesStay_AndAreFreshAfterItsStart(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Theirs = lab.Theirs with { RestartTime = 60 };
        var process = await StartAsync(lab, "--restart-time", "60");
        await lab.Peer.WaitForPathAsync(Our);

        await process.KillAsync();
        await lab.Peer.WaitForDownAsync(lab.OurAddress);
        (await lab.Peer.WaitForPathAsync(Our)).IsStale.Should().BeTrue();

        await StartAsync(lab, "--restart-time", "60");
        await lab.Peer.WaitForEstablishedAsync(lab.OurAddress);
        await lab.Peer.WaitForPathsAsync(Our, static paths => paths is [{ IsStale: false }], "fresh");
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task WithGracefulRestart_ItDoesNotComeBack_ItsRoutesGoAfterItsRestartTime(BgpDaemon kind)
    {
        await using var lab = new PairLab(kind);
        lab.Theirs = lab.Theirs with { RestartTime = 60 };
        var process = await StartAsync(lab, "--restart-time", "3");
        await lab.Peer.WaitForPathAsync(Our);

        await process.KillAsync();
        await lab.Peer.WaitForDownAsync(lab.OurAddress);
        lab.Peer.ReadPaths(Our).Should().ContainSingle();
        await lab.Peer.WaitForNoPathAsync(Our);
    }

    private static async Task<LabProcess> StartAsync(PairLab lab, params string[] more)
    {
        if (lab.Peer.Daemon.Running.Count == 0)
        {
            lab.Peer.Configure(lab.TheirRouter with { Neighbours = [lab.Theirs] });
            await lab.Peer.StartAsync();
        }

        var process = lab.Host(1).Start("bgp", LabPrograms.Lab,
        [
            "bgp", "--as", $"{PairLab.OurAs}", "--router-id", $"{lab.OurAddress}", "--peer", $"{lab.TheirAddress},{PairLab.TheirAs}", "--announce", $"{Our}",
            "--hold-time", HoldTime.ToString(CultureInfo.InvariantCulture), .. more,
        ]);
        await process.WaitForLineAsync("^ready$");
        return process;
    }
}
