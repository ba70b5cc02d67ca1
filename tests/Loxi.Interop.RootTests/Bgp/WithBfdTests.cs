using FluentAssertions;
using Loxi.Bfd;
using Loxi.Bgp;
using Loxi.Linux.Namespaces;
using Loxi.TestKit.Peers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Loxi.Bfd and Loxi.Bgp in one container, and nothing but that between them.</summary>
public sealed class WithBfdTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Its path is lost, its carrier is not: with a hold time of 90 s only BFD can tell.</summary>
    [Fact]
    [Trait("Suite", Suites.Quick)]
    public async Task BothInAContainer_TheSessionGoesWithBfd_AndComesBackWithIt()
    {
        await using var lab = new BgpLab();
        var peer = new FrrPeer(lab.Host(2));
        peer.Configure("bgpd", "router bgp 64501\n bgp router-id 192.0.2.2\n no bgp ebgp-requires-policy\n neighbor 192.0.2.1 remote-as 64500\n neighbor 192.0.2.1 timers connect 1\n neighbor 192.0.2.1 bfd 5 200 200\nexit\n");
        peer.Configure("bfdd", "bfd\nexit\n");
        await peer.StartAsync();
        using var where = NetworkNamespace.OpenPath(lab.Host(1).NamespacePath);
        var services = new ServiceCollection();
        services.AddLoxiBfd().StartWithHost(new BfdSessionSettings(BgpLab.V4(2)) { DesiredMinTxInterval = TimeSpan.FromMilliseconds(200), RequiredMinRxInterval = TimeSpan.FromMilliseconds(200), DetectMult = 5 });
        services.AddLoxiBgp(new BgpSpeakerOptions { NetworkNamespace = where }).StartWithHost(new BgpConfiguration(new BgpSpeakerSettings(64500, BgpLab.V4(1)))
        {
            Peers = [new BgpPeerSettings(BgpLab.V4(2), 64501) { Bfd = BgpBfdMode.StrictLocal, HoldTime = TimeSpan.FromSeconds(90), ConnectRetryTime = TimeSpan.FromMilliseconds(200), ConnectRetryLimit = TimeSpan.FromSeconds(1) }],
        });
        await using var provider = services.BuildServiceProvider();
        // What BFD opens is in the namespace of the thread that opens it.
        lab.Host(1).Run(() => Task.WhenAll(provider.GetServices<IHostedService>().Select(static service => service.StartAsync(default))).Wait(TimeSpan.FromSeconds(10), Cancellation)).Should().BeTrue();
        var speaker = provider.GetRequiredService<BgpSpeaker>();
        // FRR makes its BFD session anew once it knows its own address, and may end the first BGP session by that.
        await UntilAsync(static report => report is { State: BgpState.Established, InState.TotalSeconds: >= 3 });

        lab.Unplug(2);
        await UntilAsync(static report => report.State != BgpState.Established);
        speaker.ReadPeers().Single().LastEnd.Should().BeEquivalentTo(new { Code = (byte)6, Subcode = (byte)10, IsRemote = false });

        lab.Plug(2);
        await UntilAsync(static report => report is { State: BgpState.Established, Counters.Established: >= 2 });
        foreach (var service in provider.GetServices<IHostedService>())
        {
            await service.StopAsync(Cancellation);
        }

        async Task UntilAsync(Func<BgpPeerReport, bool> wanted)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!wanted(speaker.ReadPeers().Single()))
            {
                if (limit.IsCancellationRequested)
                {
                    var sessions = await provider.GetRequiredService<BfdSpeaker>().ReadSessionsAsync();
                    throw new TimeoutException($"{speaker.ReadPeers().Single()}\n{string.Join('\n', sessions)}\n{peer.Ask("show bgp summary", "show bfd peers")}");
                }

                await timer.WaitForNextTickAsync(Cancellation);
            }
        }
    }
}
