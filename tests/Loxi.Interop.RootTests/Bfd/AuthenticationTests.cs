using FluentAssertions;
using Loxi.Bfd;
using Xunit;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>RFC 5880 6.7 with BIRD, which has all of it; FRR 8.4 has none.</summary>
public sealed class AuthenticationTests
{
    public static TheoryData<BfdAuthenticationType> Kinds =>
    [
        BfdAuthenticationType.SimplePassword,
        BfdAuthenticationType.KeyedMd5,
        BfdAuthenticationType.MeticulousKeyedMd5,
        BfdAuthenticationType.KeyedSha1,
        BfdAuthenticationType.MeticulousKeyedSha1,
    ];

    [Fact]
    [Trait("Suite", Suites.Quick)]
    public Task Bird_StrongestKind_ComesUp() => Bird_RightKey_ComesUpAndStaysUp(BfdAuthenticationType.MeticulousKeyedSha1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bird_RightKey_ComesUpAndStaysUp(BfdAuthenticationType kind)
    {
        await using var lab = Lab(PeerKind.Bird, kind, (7, "correct horse"), kind, (7, "correct horse"));
        await lab.StartUpAsync();

        await lab.Speaker.ReceiveMoreAsync(10);

        lab.Changes.Seen.Select(static c => c.Transition.To).Should().NotContain(BfdState.Down);
        (await lab.Speaker.OnlyAsync()).Status.History[^1].Authenticated.Should().BeTrue();
        lab.Peer.Read()!.State.Should().Be(BfdState.Up);
        lab.Wire.Packets.Should().OnlyContain(static p => p.KeyId == 7);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Bird_OtherSecret_StaysDownOnBothSides(BfdAuthenticationType kind) =>
        StaysDownAsync(PeerKind.Bird, kind, (7, "correct horse"), kind, (7, "correct horsf"), BfdDiscardReason.AuthenticationDigest);

    [Fact]
    public Task Bird_OtherKeyId_StaysDownOnBothSides() =>
        StaysDownAsync(PeerKind.Bird, BfdAuthenticationType.KeyedSha1, (7, "one"), BfdAuthenticationType.KeyedSha1, (8, "one"), BfdDiscardReason.AuthenticationKeyId);

    [Fact]
    public Task Bird_OtherKind_StaysDownOnBothSides() =>
        StaysDownAsync(PeerKind.Bird, BfdAuthenticationType.KeyedSha1, (7, "one"), BfdAuthenticationType.MeticulousKeyedSha1, (7, "one"), BfdDiscardReason.AuthenticationType);

    [Theory]
    [InlineData(PeerKind.Bird)]
    [InlineData(PeerKind.Frr)]
    public Task OnlyOurs_StaysDownOnBothSides(PeerKind peer) =>
        StaysDownAsync(peer, BfdAuthenticationType.KeyedMd5, (7, "one"), BfdAuthenticationType.None, null, BfdDiscardReason.AuthenticationMissing);

    [Fact]
    public Task OnlyBirds_StaysDownOnBothSides() =>
        StaysDownAsync(PeerKind.Bird, BfdAuthenticationType.None, null, BfdAuthenticationType.KeyedMd5, (7, "one"), BfdDiscardReason.AuthenticationUnexpected);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Bird_KeyRollOver_WithoutAFlap(BfdAuthenticationType kind)
    {
        var (first, second) = ((Id: 1, Text: "the old one"), (Id: 2, Text: "the new one"));
        await using var lab = Lab(PeerKind.Bird, kind, first, kind, first);
        await lab.StartUpAsync();
        var before = lab.Peer.Read();
        var changes = lab.Changes.Seen.Count;

        // Both take the new one, then both send with it, then nobody takes the old one.
        await lab.ApplyAsync(s => s with { Authentication = Keys(kind, first, second) });
        lab.ChangePeer(s => s with { Keys = [first, second] });
        await lab.ApplyAsync(s => s with { Authentication = Keys(kind, second, first) });
        await lab.Wire.WaitForAsync(static p => p.IsOurs && p.KeyId == 2, "ours with the new key", 5);
        lab.Wire.Theirs.Should().OnlyContain(static p => p.KeyId == 1);
        lab.ChangePeer(s => s with { Keys = [second, first] });
        await lab.Wire.WaitForAsync(static p => !p.IsOurs && p.KeyId == 2, "theirs with the new key", 5);
        await lab.ApplyAsync(s => s with { Authentication = Keys(kind, second) });
        lab.ChangePeer(s => s with { Keys = [second] });
        await lab.Speaker.ReceiveMoreAsync(10);

        lab.Changes.Seen.Should().HaveCount(changes);
        lab.Peer.Read().Should().Be(before);
        var report = await lab.Speaker.OnlyAsync();
        report.Status.Discards.Should().OnlyContain(static count => count == 0);
    }

    [Theory]
    [InlineData(BfdAuthenticationType.KeyedMd5)]
    [InlineData(BfdAuthenticationType.MeticulousKeyedSha1)]
    public async Task Rfc5880_Section6_8_1_EitherSideRestarted_ItsNewSequenceIsTakenAfterTwoDetectionTimes(BfdAuthenticationType kind)
    {
        await using var lab = Lab(PeerKind.Bird, kind, (7, "correct horse"), kind, (7, "correct horse"));
        await lab.StartUpAsync();

        await lab.Peer.Daemon.KillAsync();
        await lab.Peer.Daemon.StartAsync();
        await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up);
        await lab.WaitForBothAsync();

        await lab.RestartSpeakerAsync();
        await lab.WaitForBothAsync();
    }

    /// <summary>The key is the session's on every route: IPv6, link-local addresses, several hops.</summary>
    [Theory]
    [InlineData(Route.IPv6, BfdAuthenticationType.KeyedMd5)]
    [InlineData(Route.IPv6, BfdAuthenticationType.MeticulousKeyedSha1)]
    [InlineData(Route.LinkLocal, BfdAuthenticationType.MeticulousKeyedSha1)]
    [InlineData(Route.MultihopIPv4, BfdAuthenticationType.SimplePassword)]
    [InlineData(Route.MultihopIPv4, BfdAuthenticationType.MeticulousKeyedSha1)]
    [InlineData(Route.MultihopIPv6, BfdAuthenticationType.MeticulousKeyedSha1)]
    public async Task Bird_OtherRoutes_ComeUpWithTheKeyAndNotWithAnother(Route route, BfdAuthenticationType kind)
    {
        await using var lab = Lab(PeerKind.Bird, kind, (7, "correct horse"), kind, (7, "correct horse"), route);
        await lab.StartUpAsync();
        await lab.Speaker.ReceiveMoreAsync(3);
        lab.Wire.Packets.Should().OnlyContain(static p => p.KeyId == 7);
        lab.Changes.Seen[^1].Transition.Authenticated.Should().BeTrue();

        await lab.ApplyAsync(s => s with { Authentication = Keys(kind, (7, "correct horsf")) });

        await lab.Changes.WaitForAsync(static c => c.Transition.From == BfdState.Up);
    }

    private static async Task StaysDownAsync(PeerKind peer, BfdAuthenticationType ours, (int, string)? ourKey, BfdAuthenticationType theirs, (int, string)? theirKey, BfdDiscardReason reason)
    {
        await using var lab = Lab(peer, ours, ourKey, theirs, theirKey);
        await lab.StartAsync();

        var report = await lab.Speaker.WaitUntilAsync((BfdSessionReport r) => r.Status.Discards[(int)reason] >= 3, $"three packets discarded: {reason}");
        await lab.Wire.WaitForAsync(static p => p.IsOurs, "ours", 3);

        report.Status.State.Should().Be(BfdState.Down);
        report.Status.ReceivedPackets.Should().Be(0);
        report.Status.RemoteDiscriminator.Should().Be(0, "RFC 5880 6.8.6: a discarded packet leaves nothing");
        lab.Changes.Seen.Should().BeEmpty();
        lab.Wire.Ours.Should().OnlyContain(static p => p.Control.State == BfdState.Down);
        // FRR 8.4 takes a packet with an authentication section for one without.
        lab.Peer.Read()!.State.Should().Be(peer == PeerKind.Frr ? BfdState.Init : BfdState.Down);
    }

    private static InteropLab Lab(PeerKind peer, BfdAuthenticationType ours, (int Id, string Text)? ourKey, BfdAuthenticationType theirs, (int Id, string Text)? theirKey, Route route = Route.IPv4)
    {
        var lab = new InteropLab(peer, route);
        lab.Ours = lab.Ours with { Authentication = ourKey is { } key ? Keys(ours, key) : null };
        lab.Theirs = lab.Theirs with { Authentication = theirs, Keys = theirKey is { } other ? [other] : [] };
        return lab;
    }

    private static BfdAuthentication Keys(BfdAuthenticationType kind, params (int Id, string Text)[] keys) =>
        new(kind, [.. keys.Select(static key => BfdKey.FromText(key.Id, key.Text))]);
}
