using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.RootTests.Support;
using Loxi.Core.Failures;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Bgp.RootTests;

/// <summary>Whole speakers between namespaces.</summary>
public sealed class SpeakerTests
{
    [Fact]
    public async Task Rfc5082_PeerBehindARouter_IsNotAnsweredUntilItsHopsAreAllowed()
    {
        await using var lab = new BgpLab(routed: true);
        await using var speaker = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.A) });
        var settings = new BgpPeerSettings(BgpLab.Far4, 64_513) { Passive = true, GtsmHops = 1 };
        var configuration = new BgpConfiguration(new BgpSpeakerSettings(64_512, IPAddress.Parse("192.0.2.1"))) { Peers = [settings] };

        await speaker.ApplyAsync(configuration, cancellationToken: TestContext.Current.CancellationToken);
        (await AnswersAsync(lab)).Should().BeFalse("its packets have passed a router");
        await speaker.ApplyAsync(configuration with { Peers = [settings with { GtsmHops = 2 }] }, cancellationToken: TestContext.Current.CancellationToken);
        (await AnswersAsync(lab)).Should().BeTrue();
    }

    [Fact]
    public async Task LinkLocalPeer_ByTheNumberOfItsLinkAlone_ComesUpAndFollowsBfdOfTheLink()
    {
        await using var lab = new BgpLab();
        var failures = new Failures();
        await using var first = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.A) }, failures: failures);
        await using var second = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.B) });
        var toB = new BgpPeerSettings(new IPAddress(BgpLab.LinkB.GetAddressBytes(), Index(lab, lab.A)), 64_513) { LocalAddress = BgpLab.LinkA, Bfd = BgpBfdMode.StrictLocal };
        var toA = new BgpPeerSettings(new IPAddress(BgpLab.LinkA.GetAddressBytes(), Index(lab, lab.B)), 64_512);
        await first.ApplyAsync(A with { Peers = [toB] }, cancellationToken: Cancellation);
        await second.ApplyAsync(B with { Peers = [toA] }, cancellationToken: Cancellation);
        var key = BgpPeerKey.Of(toB);
        key.ToString().Should().Be($"fe80::2%{toB.Address.ScopeId}");
        await UntilAsync(first, static peer => peer.Held == "waits for BFD");
        first.ReadPeers().Single().Key.Should().Be(key);

        failures.Tell(new PeerReachability(BgpLab.LinkB, "eth0", ReachabilityState.Up, false));
        await UntilAsync(first, static peer => peer.State == BgpState.Established);
        failures.Tell(new PeerReachability(BgpLab.LinkB, "eth0", ReachabilityState.Down, false));

        await UntilAsync(first, static peer => peer.State != BgpState.Established);
        first.ReadPeers().Single().LastEnd.Should().BeEquivalentTo(new { Code = (byte)6, Subcode = (byte)10 });
    }

    [Fact]
    public async Task RangeOfLinkLocalAddresses_TakesThePeersOfItsLinkAlone()
    {
        await using var lab = new BgpLab();
        lab.Link("eth1", "fe80::11/64", "fe80::12/64");
        await using var first = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.A) });
        await using var second = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.B) });
        var range = new BgpPeerRange(IPNetwork.Parse("fe80::/10"), new BgpPeerSettings(BgpLab.LinkA, 64_513) { Interface = "eth0" });
        await first.ApplyAsync(A with { PeerRanges = [range] }, cancellationToken: Cancellation);
        var onLink = new BgpPeerSettings(BgpLab.LinkA, 64_512) { Interface = "eth0" };
        var onOther = new BgpPeerSettings(IPAddress.Parse("fe80::11"), 64_512) { Interface = "eth1" };

        await second.ApplyAsync(B with { Peers = [onOther] }, cancellationToken: Cancellation);
        await UntilAsync(second, static peer => peer.LastEnd is not null);
        first.ReadPeers().Should().BeEmpty("the range is of another link");
        first.ReadStatus().RefusedConnections.Should().BePositive();
        await second.ApplyAsync(B with { Peers = [onLink] }, cancellationToken: Cancellation);
        await UntilAsync(second, static peer => peer.State == BgpState.Established);

        await UntilAsync(first, static peer => peer.State == BgpState.Established);
        first.ReadPeers().Single().Should().BeEquivalentTo(new { Key = new BgpPeerKey(BgpLab.LinkB, "eth0"), IsDynamic = true });
    }

    [Fact]
    public async Task RouterAdvertisements_GoOutOnTheLinksThatAskForThem_AndMakeNobodyARouter()
    {
        await using var lab = new BgpLab();
        using var wire = lab.B.Capture("eth0", static packet => !packet.Outgoing && packet is { IsIcmp: true, IcmpType: 134 });
        await using var speaker = new BgpSpeaker(new BgpSpeakerOptions { NetworkNamespace = lab.Namespace(lab.A) });
        var settings = new BgpPeerSettings(BgpLab.LinkB, 64_513) { Interface = "eth0", Passive = true };
        await speaker.ApplyAsync(A with { Peers = [settings] }, cancellationToken: Cancellation);
        await speaker.ApplyAsync(A with { Peers = [settings with { RouterAdvertisements = true }] }, cancellationToken: Cancellation);

        var packet = await wire.WaitForAsync(static _ => true, "a router advertisement");

        (packet.Ttl, packet.Source!.IsIPv6LinkLocal, packet.ChecksumsValid).Should().Be(((byte)255, true, true), "RFC 4861 6.1.2");
        packet.IcmpRest.Should().Be(0, "hop limit, flags and lifetime");
        wire.Packets.Should().ContainSingle("it is sent when it is asked for, and again after seconds");
    }

    private static BgpConfiguration A => new(new BgpSpeakerSettings(64_512, BgpLab.A4));

    private static BgpConfiguration B => new(new BgpSpeakerSettings(64_513, BgpLab.B4));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static long Index(BgpLab lab, LabHost host) => lab.Namespace(host).Run(static () => NetworkInterface.GetAllNetworkInterfaces().Single(static link => link.Name == "eth0").GetIPProperties().GetIPv6Properties().Index);

    private static async Task UntilAsync(BgpSpeaker speaker, Func<BgpPeerReport, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!speaker.ReadPeers().Any(wanted))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Tells what a test says.</summary>
    private sealed class Failures : IFailureDetector
    {
        private Action<PeerReachability>? _listener;

        public IDisposable Subscribe(Action<PeerReachability> listener)
        {
            _listener = listener;
            return new MemoryStream();
        }

        internal void Tell(PeerReachability reachability) => _listener!(reachability);
    }

    private static async Task<bool> AnswersAsync(BgpLab lab)
    {
        using var socket = lab.B.CreateSocket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Ttl = 255;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await socket.ConnectAsync(new IPEndPoint(BgpLab.A4, 179), limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
