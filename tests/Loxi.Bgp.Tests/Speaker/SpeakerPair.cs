using System.Net;
using System.Threading.Channels;
using FluentAssertions;
using Loxi.Core.Routes;

namespace Loxi.Bgp.Tests.Speaker;

/// <summary>Two speakers on loopback addresses of this test alone, each in an AS of its own.</summary>
internal sealed class SpeakerPair : IAsyncDisposable
{
    internal const uint AsA = 64_496;
    internal const uint AsB = 64_497;
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    internal static readonly IPAddress NextHop = IPAddress.Parse("192.0.2.9");
    private const int Port = 11_790;
    private static int _last;

    internal SpeakerPair(IRouteInstaller? installerOfB = null)
    {
        var number = Interlocked.Increment(ref _last);
        AddressA = IPAddress.Parse($"127.1.{number}.1");
        AddressB = IPAddress.Parse($"127.1.{number}.2");
        A = new BgpSpeaker();
        B = new BgpSpeaker(installer: installerOfB);
        ChangesOfA = Watch(A);
        ChangesOfB = Watch(B);
        ConfigurationA = Configure(AddressA, AsA, AddressB, AsB);
        ConfigurationB = Configure(AddressB, AsB, AddressA, AsA);
    }

    internal IPAddress AddressA { get; }

    internal IPAddress AddressB { get; }

    internal BgpSpeaker A { get; }

    internal BgpSpeaker B { get; }

    internal BgpConfiguration ConfigurationA { get; set; }

    internal BgpConfiguration ConfigurationB { get; set; }

    internal ChannelReader<BgpPeerChange> ChangesOfA { get; }

    internal ChannelReader<BgpPeerChange> ChangesOfB { get; }

    internal BgpPeerReport PeerOfA => A.ReadPeers().Should().ContainSingle().Subject;

    internal BgpPeerReport PeerOfB => B.ReadPeers().Should().ContainSingle().Subject;

    /// <summary>With a next hop: the sessions' own is a loopback address, which nobody takes for one.</summary>
    internal static BgpAdvertisement Vip(int number) => new(IPNetwork.Parse($"203.0.113.{number}/32")) { Med = 10, NextHop = NextHop };

    /// <summary>Applies both configurations and waits until both sides are Established.</summary>
    internal async Task StartAsync()
    {
        await A.ApplyAsync(ConfigurationA);
        await B.ApplyAsync(ConfigurationB);
        await UntilAsync(ChangesOfA, BgpState.Established);
        await UntilAsync(ChangesOfB, BgpState.Established);
    }

    internal static async Task UntilAsync(ChannelReader<BgpPeerChange> changes, BgpState state)
    {
        using var patience = new CancellationTokenSource(Patience);
        while ((await changes.ReadAsync(patience.Token)).To != state)
        {
        }
    }

    /// <summary>Waits for what nobody tells.</summary>
    internal static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(Patience);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>The prefixes that B has of A when there are as many as that; learned routes are read until then.</summary>
    internal async Task<BgpRoute[]> RoutesOfBAsync(int count)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var routes = B.ReadRoutes(new BgpRouteQuery(BgpRouteKind.Received)).Routes;
            if (routes.Length == count)
            {
                return [.. routes];
            }

            TimeProvider.System.GetElapsedTime(start).Should().BeLessThan(Patience, "{0} routes of {1} have come", routes.Length, count);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await A.DisposeAsync();
        await B.DisposeAsync();
    }

    private static ChannelReader<BgpPeerChange> Watch(BgpSpeaker speaker)
    {
        var changes = Channel.CreateUnbounded<BgpPeerChange>();
        _ = speaker.Subscribe(change => changes.Writer.TryWrite(change));
        return changes.Reader;
    }

    private static BgpConfiguration Configure(IPAddress own, uint ownAs, IPAddress peer, uint peerAs) => new(new BgpSpeakerSettings(ownAs, own) { ListenPort = Port, ListenAddresses = [own] })
    {
        Peers = [new BgpPeerSettings(peer, peerAs) { LocalAddress = own, RemotePort = Port, ImportDefaultAccept = true, ConnectRetryTime = TimeSpan.FromMilliseconds(100) }],
    };
}
