using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
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
