using System.Net;
using FluentAssertions;
using Loxi.Bgp.Policy;
using Loxi.Bgp.Tests.Speaker;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Tests.Wire;
using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <summary>A speaker, a plain socket as the peer that sends anything, and another one as the witness, on loopback addresses of this lab alone.</summary>
internal sealed class LiveLab : IAsyncDisposable
{
    internal const uint OwnAs = 64_500;
    internal const ushort PeerAs = 64_496;
    internal const ushort WitnessAs = 64_497;
    internal const string Route4 = "198.51.100.0/24";
    internal const string Route6Text = "2001:db8:1::/48";
    internal const string Sentinel = "203.0.113.0/24";
    private const int Port = 11_791;
    private static int _last;

    private readonly List<IDisposable> _peers = [];
    private readonly string _network;

    private LiveLab(TimeProvider? time)
    {
        var number = Interlocked.Increment(ref _last);
        _network = $"127.{64 + (number / 250)}.{number % 250}";
        Speaker = new BgpSpeaker(time: time);
        Key = new BgpPeerKey(IPAddress.Parse(PeerAddress));
    }

    internal BgpSpeaker Speaker { get; }

    internal BgpPeerKey Key { get; }

    internal string PeerAddress => _network + ".2";

    internal IPAddress OwnAddress => IPAddress.Parse(_network + ".1");

    internal IPAddress OtherOwnAddress => IPAddress.Parse(_network + ".9");

    internal string StrangerAddress => _network + ".77";

    internal IPEndPoint EndPoint => new(OwnAddress, Port);

    internal Witness Witness { get; private set; } = null!;

    internal BgpPeerReport Report => Speaker.ReadPeers().Single(peer => peer.Key == Key);

    /// <summary>Whether the session is up. A peer of a range is not known before its connection is.</summary>
    internal bool IsEstablished => Speaker.ReadPeers().Any(peer => peer.Key == Key && peer.State == BgpState.Established);

    private BgpPeerReport WitnessReport => Speaker.ReadPeers().Single(peer => peer.Key != Key);

    /// <summary>The speaker listens, and the witness is up.</summary>
    internal static async Task<LiveLab> StartAsync(Func<BgpPeerSettings, BgpPeerSettings>? settings = null, TimeProvider? time = null, uint peerAs = PeerAs, byte[]? witnessOpen = null, Func<BgpPeerSettings, BgpPeerSettings>? witness = null, bool hasRestarted = false, bool isRange = false)
    {
        var lab = new LiveLab(time);
        var peer = new BgpPeerSettings(lab.Key.Address, peerAs) { Passive = true, LocalAddress = lab.OwnAddress, ImportDefaultAccept = true };
        var other = new BgpPeerSettings(IPAddress.Parse(lab._network + ".3"), WitnessAs) { Passive = true, LocalAddress = lab.OwnAddress, ExportPolicies = ["all"] };
        if (hasRestarted)
        {
            lab.Speaker.AnnounceRestart(BgpFamily.Ipv4Unicast, BgpFamily.Ipv6Unicast);
        }

        peer = settings?.Invoke(peer) ?? peer;
        other = witness?.Invoke(other) ?? other;
        await lab.Speaker.ApplyAsync(new BgpConfiguration(new BgpSpeakerSettings(OwnAs, IPAddress.Parse("192.0.2.254")) { ListenPort = Port, ListenAddresses = [lab.OwnAddress, lab.OtherOwnAddress] })
        {
            // IPv6 routes have no next hop of ours on an IPv4 loopback session.
            Policies = new BgpPolicies
            {
                Policies = [new BgpPolicy("all", [new BgpPolicyStatement("1") { Actions = new BgpPolicyActions { Disposition = BgpRouteDisposition.Accept, NextHop = new BgpNextHopAction(BgpNextHopMethod.Unchanged) } }])],
            },
            Peers = isRange ? [other] : [peer, other],
            PeerRanges = isRange ? [new BgpPeerRange(new IPNetwork(lab.Key.Address, 32), peer)] : [],
        });
        var raw = await RawPeer.ConnectAsync(lab._network + ".3", lab.EndPoint);
        lab.Witness = new Witness(raw);
        lab._peers.Add(raw);
        await raw.SendAsync(witnessOpen ?? LiveCase.OpenOf(WitnessAs), Messages.Keepalive);
        await UntilAsync(() => lab.WitnessReport.State == BgpState.Established);
        return lab;
    }

    /// <summary>A connection of the peer, or of another address.</summary>
    internal async Task<RawPeer> ConnectAsync(string? from = null)
    {
        var peer = await RawPeer.ConnectAsync(from ?? PeerAddress, EndPoint);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>A session that is up; the witness has the routes.</summary>
    internal async Task<RawPeer> EstablishAsync(byte[]? open = null)
    {
        var peer = await ConnectAsync();
        await peer.SendAsync(open ?? LiveCase.OpenOf(PeerAs), Messages.Keepalive);
        await peer.SendAsync(Announce(WireCase.Replaced(Attribute(Optional, 4, Number(77)), WireCase.External)));
        await Witness.UntilHasAsync(Route4);
        return peer;
    }

    /// <summary>The witness has never lost its session.</summary>
    internal void WitnessIsUntouched()
    {
        var report = WitnessReport;
        report.State.Should().Be(BgpState.Established, "other sessions are not concerned");
        report.Counters.Established.Should().Be(1);
        report.Counters.NotificationsSent.Should().Be(0);
    }

    internal BgpRoute? Find(BgpRouteKind kind, string prefix)
        => Speaker.ReadRoutes(new BgpRouteQuery(kind) { Peer = Key }).Routes.SingleOrDefault(route => route.Prefix == IPNetwork.Parse(prefix));

    /// <summary>Waits for what nobody tells.</summary>
    internal static Task UntilAsync(Func<bool> condition) => SpeakerPair.UntilAsync(condition);

    public async ValueTask DisposeAsync()
    {
        _peers.ForEach(static peer => peer.Dispose());
        await Speaker.DisposeAsync();
    }
}
