using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Bgp.Transport;
using Loxi.Linux;
using Xunit;

namespace Loxi.Bgp.Tests.Speaker;

public sealed class BgpSpeakerTests
{
    [Fact]
    public async Task Announcements_ArriveWithTheirAttributes()
    {
        await using var pair = new SpeakerPair();
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1) with { Med = 20, Prepend = 2, LocalPreference = 5000, Communities = [0x0001_0002], LargeCommunities = [new(1, 2, 3)] }], TestContext.Current.CancellationToken);
        await pair.StartAsync();

        var route = (await pair.RoutesOfBAsync(1)).Single();

        route.Should().BeEquivalentTo(new
        {
            Prefix = IPNetwork.Parse("203.0.113.1/32"),
            Peer = new BgpPeerKey(pair.AddressA),
            SpeakerPair.NextHop,
            AsPath = $"{SpeakerPair.AsA} {SpeakerPair.AsA} {SpeakerPair.AsA}",
            Med = 20u,
            LocalPreference = (uint?)null,
            Communities = ImmutableArray.Create(0x0001_0002u),
            LargeCommunities = ImmutableArray.Create(new BgpLargeCommunity(1, 2, 3)),
            Rejection = (string?)null,
        });
    }

    [Fact]
    public async Task ChangeOfAnnouncements_TouchesNoSession()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1), SpeakerPair.Vip(2)], TestContext.Current.CancellationToken);
        await pair.RoutesOfBAsync(2);

        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(2) with { Med = 30 }], TestContext.Current.CancellationToken);

        (await pair.RoutesOfBAsync(1)).Single().Prefix.Should().Be(SpeakerPair.Vip(2).Prefix);
        pair.ChangesOfA.TryRead(out _).Should().BeFalse();
        pair.PeerOfA.Counters.Established.Should().Be(1);
    }

    [Fact]
    public async Task Flush_EndsWhenThePeerHasBeenSentEverything()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();
        await pair.A.SetAdvertisementsAsync([.. Enumerable.Range(1, 200).Select(SpeakerPair.Vip)], TestContext.Current.CancellationToken);

        (await pair.A.FlushAsync(SpeakerPair.Patience)).Should().BeTrue();

        pair.PeerOfA.Families.Single(static f => f.Family == BgpFamily.Ipv4Unicast).Should().BeEquivalentTo(new { Advertised = 200, Pending = 0 });
        await pair.RoutesOfBAsync(200);
    }

    [Fact]
    public async Task SameConfigurationAgain_DoesNothing()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();

        await pair.A.ApplyAsync(pair.ConfigurationA with { Peers = [.. pair.ConfigurationA.Peers] }, cancellationToken: TestContext.Current.CancellationToken);

        pair.ChangesOfA.TryRead(out _).Should().BeFalse();
        pair.PeerOfA.State.Should().Be(BgpState.Established);
    }

    [Fact]
    public async Task ChangeOfDescriptionOrPolicy_KeepsTheSession()
    {
        await using var pair = new SpeakerPair();
        await pair.A.SetAdvertisementsAsync([SpeakerPair.Vip(1)], TestContext.Current.CancellationToken);
        await pair.StartAsync();
        await pair.RoutesOfBAsync(1);

        await pair.B.ApplyAsync(pair.ConfigurationB with { Peers = [pair.ConfigurationB.Peers[0] with { Description = "router", ImportDefaultAccept = false }] }, cancellationToken: TestContext.Current.CancellationToken);

        await pair.RoutesOfBAsync(0);
        pair.B.ReadRoutes(new BgpRouteQuery(BgpRouteKind.Rejected)).Routes.Should().ContainSingle().Which.Rejection.Should().Be("default-reject");
        pair.PeerOfB.Counters.Established.Should().Be(1);
    }

    [Fact]
    public async Task RemovedPeer_IsToldPeerDeconfigured()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();

        await pair.A.ApplyAsync(pair.ConfigurationA with { Peers = [] }, cancellationToken: TestContext.Current.CancellationToken);

        await SpeakerPair.UntilAsync(pair.ChangesOfB, BgpState.Idle);
        pair.PeerOfB.LastEnd.Should().BeEquivalentTo(new { IsRemote = true, Code = (byte?)6, Subcode = (byte?)3, State = BgpState.Established });
        pair.A.ReadPeers().Should().BeEmpty();
    }

    [Fact]
    public async Task Stop_TellsThePeerWhy()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();

        await pair.A.StopAsync("maintenance");

        await SpeakerPair.UntilAsync(pair.ChangesOfB, BgpState.Idle);
        var end = pair.PeerOfB.LastEnd!;
        end.Should().BeEquivalentTo(new { Code = (byte?)6, Subcode = (byte?)2 });
        end.Text.Should().Contain("maintenance");
    }

    [Fact]
    public async Task NoConfiguration_EndsEverySession()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();

        await pair.A.ApplyAsync(null, cancellationToken: TestContext.Current.CancellationToken);

        await SpeakerPair.UntilAsync(pair.ChangesOfB, BgpState.Idle);
        pair.A.ReadStatus().IsConfigured.Should().BeFalse();
        using var client = new TcpClient();
        var connect = () => client.ConnectAsync(pair.AddressA, pair.ConfigurationA.Speaker.ListenPort, TestContext.Current.CancellationToken).AsTask();
        (await connect.Should().ThrowAsync<SocketException>()).Which.SocketErrorCode.Should().Be(SocketError.ConnectionRefused);
    }

    [Fact]
    public async Task PortInUse_IsAProblem_AndNothingChanges()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();
        using var other = new TcpListener(pair.AddressA, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var changed = pair.ConfigurationA with { Speaker = pair.ConfigurationA.Speaker with { ListenPort = taken }, Peers = [] };

        var apply = () => pair.A.ApplyAsync(changed);

        (await apply.Should().ThrowAsync<InvalidBgpConfigurationException>()).Which.Problems.Should().ContainSingle().Which.Field.Should().Be("speaker.listenPort");
        pair.PeerOfA.State.Should().Be(BgpState.Established);
    }

    [Fact]
    public async Task WrongSettings_AreFoundAllAtOnce()
    {
        await using var speaker = new BgpSpeaker();
        BgpConfiguration wrong = new(new BgpSpeakerSettings(0, IPAddress.Any))
        {
            Peers = [new BgpPeerSettings(IPAddress.Parse("192.0.2.1"), 23456) { HoldTime = TimeSpan.FromSeconds(2), ImportPolicies = ["absent"] }],
        };

        var apply = () => speaker.ApplyAsync(wrong);

        (await apply.Should().ThrowAsync<InvalidBgpConfigurationException>()).Which.Problems.Select(static p => p.Field).Should()
            .BeEquivalentTo("speaker.localAs", "speaker.routerId", "peers[0].remoteAs", "peers[0].holdTime", "peers[0].importPolicies");
        speaker.ReadStatus().IsConfigured.Should().BeFalse();
    }

    [Fact]
    public async Task WrongAnnouncements_AreFoundAllAtOnce_AndNoneIsTaken()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();

        var set = () => pair.A.SetAdvertisementsAsync(
        [
            SpeakerPair.Vip(1), SpeakerPair.Vip(1), SpeakerPair.Vip(2) with { Prepend = 11 }, new BgpAdvertisement(IPNetwork.Parse("224.0.0.1/32")),
            SpeakerPair.Vip(3) with { NextHop = IPAddress.IPv6Loopback },
        ]);

        (await set.Should().ThrowAsync<InvalidBgpConfigurationException>()).Which.Problems.Select(static p => p.Field).Should()
            .Equal("advertisements[1].prefix", "advertisements[2].prepend", "advertisements[3].prefix", "advertisements[4].nextHop");
        pair.A.ReadStatus().Advertisements.Should().Be(0);
    }

    [Fact]
    public async Task Ranges_TakePeersThatAreNotListed_UpToTheirLimit()
    {
        await using var pair = new SpeakerPair();
        var template = pair.ConfigurationA.Peers[0] with { Address = IPAddress.Any };
        pair.ConfigurationA = pair.ConfigurationA with { Peers = [], PeerRanges = [new BgpPeerRange(new IPNetwork(pair.AddressB, 32), template) { Limit = 1 }] };

        await pair.StartAsync();

        pair.PeerOfA.Should().BeEquivalentTo(new { Key = new BgpPeerKey(pair.AddressB), IsDynamic = true, State = BgpState.Established });
        await pair.B.ApplyAsync(null, cancellationToken: TestContext.Current.CancellationToken);
        // It is forgotten when the pause after so short a session is over.
        await SpeakerPair.UntilAsync(pair.ChangesOfA, BgpState.Idle);
        await SpeakerPair.UntilAsync(pair.ChangesOfA, BgpState.Active);
        await SpeakerPair.UntilAsync(() => pair.A.ReadPeers().IsEmpty);
    }

    [Fact]
    public async Task Ranges_TheLongestThatHoldsAnAddressCounts()
    {
        await using var pair = new SpeakerPair();
        var template = pair.ConfigurationA.Peers[0] with { Address = IPAddress.Any };
        pair.ConfigurationA = pair.ConfigurationA with
        {
            Peers = [],
            PeerRanges = [new BgpPeerRange(IPNetwork.Parse("127.0.0.0/8"), template with { Description = "all" }), new BgpPeerRange(new IPNetwork(pair.AddressB, 32), template with { Description = "one" })],
        };

        await pair.StartAsync();

        pair.PeerOfA.Settings.Description.Should().Be("one");
        pair.PeerOfA.Range!.Network.PrefixLength.Should().Be(32);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ListenAddresses_ChangeBetweenAllAndSome_AtTheSamePort_WithoutTouchingASession(bool isAllFirst)
    {
        await using var pair = new SpeakerPair();
        pair.ConfigurationA = pair.ConfigurationA with { Peers = [pair.ConfigurationA.Peers[0] with { Passive = true, RemotePort = 1 }] };
        // Other tests have listeners of their own at the usual port.
        var port = FreePort();
        var one = pair.ConfigurationA with { Speaker = pair.ConfigurationA.Speaker with { ListenPort = port } };
        var all = one with { Speaker = one.Speaker with { ListenAddresses = [] } };
        var (first, second) = isAllFirst ? (all, one) : (one, all);
        pair.ConfigurationA = first;
        pair.ConfigurationB = pair.ConfigurationB with { Peers = [pair.ConfigurationB.Peers[0] with { RemotePort = port }] };
        await pair.StartAsync();

        await pair.A.ApplyAsync(second, cancellationToken: TestContext.Current.CancellationToken);

        (await ConnectsAsync(pair.AddressA, port)).Should().BeTrue();
        (await ConnectsAsync(IPAddress.Parse("127.1.255.254"), port)).Should().Be(!isAllFirst);
        pair.PeerOfA.Should().BeEquivalentTo(new { State = BgpState.Established, Counters = new { Established = 1 } });
        await pair.A.ApplyAsync(first, cancellationToken: TestContext.Current.CancellationToken);
        (await ConnectsAsync(IPAddress.Parse("127.1.255.254"), port)).Should().Be(isAllFirst);

        // Another program finds the port in use.
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Invoking(s => s.Bind(new IPEndPoint(pair.AddressA, port))).Should().Throw<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.AddressAlreadyInUse);
    }

    [Theory]
    [InlineData(98, "speaker.listenPort: value '179', expected an address and port that can be listened on: listen for BGP on '192.0.2.1:179': Address already in use (errno 98)")]
    [InlineData(99, "speaker.listenAddresses[1]: value '192.0.2.1', expected an address of this host: listen for BGP on '192.0.2.1:179': Cannot assign requested address (errno 99)")]
    [InlineData(13, "speaker.listenPort: value '179', expected a port that this program may listen on: listen for BGP on '192.0.2.1:179': Permission denied (errno 13); ports below 1024 (sysctl net.ipv4.ip_unprivileged_port_start) need the capability CAP_NET_BIND_SERVICE")]
    public void AddressAndPortThatCannotBeListenedOn_AreNamedWithTheReason(int error, string problem)
    {
        var own = IPAddress.Parse("192.0.2.1");
        var speaker = new BgpSpeakerSettings(1, own) { ListenAddresses = [IPAddress.Loopback, own] };

        BgpSpeaker.ListenProblem(speaker, new IPEndPoint(own, 179), new LinuxException("listen for BGP on", error, "192.0.2.1:179")).ToString().Should().Be(problem);
    }

    [Fact]
    public async Task AddressOfAnotherHost_IsRefused_AndWhatWasThereStays()
    {
        await using var pair = new SpeakerPair();
        await pair.StartAsync();
        var elsewhere = pair.ConfigurationA with { Speaker = pair.ConfigurationA.Speaker with { ListenAddresses = [pair.AddressA, IPAddress.Parse("192.0.2.77")] } };

        (await pair.A.Awaiting(a => a.ApplyAsync(elsewhere)).Should().ThrowAsync<InvalidBgpConfigurationException>()).Which.Problems.Should().ContainSingle().Which.Field.Should().Be("speaker.listenAddresses[1]");

        pair.PeerOfA.Should().BeEquivalentTo(new { State = BgpState.Established, Counters = new { Established = 1 } });
    }

    [Fact]
    public async Task TcpAo_WhereTheKernelHasNone_IsRefusedForEachPeerAndRange_AndWhatWasThereStays()
    {
        if (TcpAuthenticationOption.Probe() is not { } missing)
        {
            Assert.Skip("this kernel has TCP-AO");
            return;
        }

        await using var pair = new SpeakerPair();
        await pair.StartAsync();
        var peer = pair.ConfigurationA.Peers[0];
        var key = new BgpTcpAoKey(7, "geheim");
        var desired = pair.ConfigurationA with { Peers = [peer, peer with { Address = IPAddress.Parse("192.0.2.2"), LocalAddress = null, TcpAo = key }], PeerRanges = [new BgpPeerRange(IPNetwork.Parse("192.0.2.0/24"), peer with { LocalAddress = null, TcpAo = key })] };

        var problems = (await pair.A.Awaiting(a => a.ApplyAsync(desired)).Should().ThrowAsync<InvalidBgpConfigurationException>()).Which.Problems;

        problems.Select(static p => p.ToString()).Should().Equal($"peers[1].tcpAo: value 'key 7 HmacSha1', expected none: {missing}", $"peerRanges[0].tcpAo: value 'key 7 HmacSha1', expected none: {missing}");
        pair.PeerOfA.Should().BeEquivalentTo(new { State = BgpState.Established, Counters = new { Established = 1 } });
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<bool> ConnectsAsync(IPAddress address, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            // A stranger is taken and reset.
            return e.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    [Fact]
    public async Task ChangeOfARange_KeepsTheSessionsOfItsPeers()
    {
        await using var pair = new SpeakerPair();
        var template = pair.ConfigurationA.Peers[0] with { Address = IPAddress.Any };
        BgpPeerRange range = new(new IPNetwork(pair.AddressB, 32), template);
        pair.ConfigurationA = pair.ConfigurationA with { Peers = [], PeerRanges = [range] };
        await pair.B.SetAdvertisementsAsync([SpeakerPair.Vip(1)], TestContext.Current.CancellationToken);
        await pair.StartAsync();
        await SpeakerPair.UntilAsync(() => pair.PeerOfA.Families[0].Accepted == 1);

        await pair.A.ApplyAsync(
            pair.ConfigurationA with { PeerRanges = [range with { Limit = 2, Settings = template with { Description = "rack 1", ImportDefaultAccept = false } }] },
            cancellationToken: TestContext.Current.CancellationToken);

        await SpeakerPair.UntilAsync(() => pair.PeerOfA.Families[0].Accepted == 0);
        pair.PeerOfA.Should().BeEquivalentTo(new { State = BgpState.Established, Settings = new { Description = "rack 1" } });
        pair.PeerOfA.Counters.Established.Should().Be(1);
    }

    [Fact]
    public async Task DefaultRoute_CanBeAnnounced()
    {
        await using var pair = new SpeakerPair();
        await pair.A.SetAdvertisementsAsync([new BgpAdvertisement(IPNetwork.Parse("0.0.0.0/0")) { NextHop = SpeakerPair.NextHop }], TestContext.Current.CancellationToken);
        await pair.StartAsync();

        (await pair.RoutesOfBAsync(1)).Single().Prefix.PrefixLength.Should().Be(0);
    }

    [Fact]
    public async Task RefusedConfiguration_LeavesTheKeysThatAreInForce()
    {
        await using var pair = new SpeakerPair();
        const string Key = "the key in force";
        pair.ConfigurationA = pair.ConfigurationA with { Peers = [pair.ConfigurationA.Peers[0] with { Md5Password = Key, Passive = true }] };
        pair.ConfigurationB = pair.ConfigurationB with { Peers = [pair.ConfigurationB.Peers[0] with { Md5Password = Key }] };
        using var taken = new TcpListener(pair.AddressA, 0);
        taken.Start();
        await pair.A.ApplyAsync(pair.ConfigurationA, cancellationToken: TestContext.Current.CancellationToken);
        var other = pair.ConfigurationA with
        {
            Speaker = pair.ConfigurationA.Speaker with { ListenPort = ((IPEndPoint)taken.LocalEndpoint).Port },
            Peers = [pair.ConfigurationA.Peers[0] with { Md5Password = "another" }],
        };
        var apply = () => pair.A.ApplyAsync(other);
        await apply.Should().ThrowAsync<InvalidBgpConfigurationException>();

        await pair.StartAsync();

        pair.PeerOfA.State.Should().Be(BgpState.Established);
    }

    [Fact]
    public async Task Strangers_AreRefusedAndCounted()
    {
        await using var pair = new SpeakerPair();
        await pair.A.ApplyAsync(pair.ConfigurationA, cancellationToken: TestContext.Current.CancellationToken);
        using var client = new TcpClient(new IPEndPoint(IPAddress.Loopback, 0));

        // Reset, before or after the client knows that it is connected.
        var talk = async () =>
        {
            await client.ConnectAsync(pair.AddressA, pair.ConfigurationA.Speaker.ListenPort, TestContext.Current.CancellationToken);
            return await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);
        };

        (await talk.Should().ThrowAsync<Exception>()).Which.Should().Match(static e => e is SocketException || e is IOException);
        pair.A.ReadStatus().RefusedConnections.Should().Be(1);
    }

    [Fact]
    public async Task BfdDown_EndsTheSession_AdministrativeDownDoesNot()
    {
        await using var pair = new SpeakerPair();
        pair.ConfigurationA = pair.ConfigurationA with { Peers = [pair.ConfigurationA.Peers[0] with { Bfd = BgpBfdMode.Follow }] };
        var key = new BgpPeerKey(pair.AddressB);
        pair.A.SetBfdState(key, BgpBfdState.Up, isControlPlaneIndependent: false);
        await pair.StartAsync();

        pair.A.SetBfdState(key, BgpBfdState.Unknown, isControlPlaneIndependent: false);
        pair.PeerOfA.State.Should().Be(BgpState.Established);
        pair.A.SetBfdState(key, BgpBfdState.Up, isControlPlaneIndependent: false);
        pair.A.SetBfdState(key, BgpBfdState.Down, isControlPlaneIndependent: false);

        await SpeakerPair.UntilAsync(pair.ChangesOfB, BgpState.Idle);
        pair.PeerOfB.LastEnd.Should().BeEquivalentTo(new { IsRemote = true, Code = (byte?)6, Subcode = (byte?)10 });
    }

    [Fact]
    public async Task Pages_HaveEveryRouteOnce()
    {
        await using var pair = new SpeakerPair();
        await pair.A.SetAdvertisementsAsync([.. Enumerable.Range(1, 25).Select(SpeakerPair.Vip), new BgpAdvertisement(IPNetwork.Parse("2001:db8::1/128")) { NextHop = IPAddress.Parse("2001:db8::9") }], TestContext.Current.CancellationToken);
        await pair.StartAsync();
        await pair.RoutesOfBAsync(26);

        List<IPNetwork> seen = [];
        BgpRouteQuery query = new(BgpRouteKind.Best) { Limit = 5 };
        do
        {
            var page = pair.B.ReadRoutes(query);
            page.Routes.Length.Should().BeLessThanOrEqualTo(5);
            seen.AddRange(page.Routes.Select(static r => r.Prefix));
            query = query with { After = page.Next };
        }
        while (query.After is not null);

        seen.Should().HaveCount(26).And.OnlyHaveUniqueItems();
        var read = () => pair.B.ReadRoutes(query with { After = "nonsense" });
        read.Should().Throw<FormatException>();
    }
}
